# SPDX-License-Identifier: Apache-2.0
"""idp-sim replay from outside: replay.py IDP_SIM FIXTURES PROVIDER AT_LEAST

As many recordings as before are identical, and a wrong byte in the provider file is seen.
"""
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

IDP_SIM, FIXTURES, PROVIDER, AT_LEAST = sys.argv[1:5]
WRONG = {"azure": ("Error validating credentials", "Error validating credential"),
         "okta": ("The credentials provided were invalid.", "The credentials provided were invalid!"),
         "keycloak": ("Invalid user credentials", "Invalid user credential")}


def replay(*args):
    done = subprocess.run([IDP_SIM, "replay", f"{FIXTURES}/golden/{PROVIDER}", *args],
                          capture_output=True, text=True, timeout=300)
    return done.returncode, done.stdout


class Replay(unittest.TestCase):
    def test_recordings(self):
        code, text = replay("--at-least", AT_LEAST)
        self.assertEqual(code, 0, text)
        self.assertRegex(text, r"\d+ of \d+ recordings identical")

    def test_wrong_byte(self):
        good = pathlib.Path(FIXTURES, "providers", PROVIDER + ".yaml").read_text()
        self.assertIn(WRONG[PROVIDER][0], good)
        with tempfile.TemporaryDirectory() as folder:
            wrong = pathlib.Path(folder, PROVIDER + ".yaml")
            wrong.write_text(good.replace(*WRONG[PROVIDER]))
            code, text = replay("--only", "password-wrong", "--provider", str(wrong))
        self.assertEqual(code, 1, text)
        self.assertRegex(text, re.compile("^password-wrong: body.error_description: ", re.M))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
