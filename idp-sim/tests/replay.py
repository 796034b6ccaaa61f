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
# What a wrong byte in the provider file looks like: the case that shows it, and its line.
WRONG = {
    "azure": [
        ("password-wrong", "Error validating credentials", "Error validating credential",
         "body.error_description: "),
        ("password-wrong", 'Expires: "-1"', 'Expires: "0"', "Expires: '-1', got '0'"),
        ("password-wrong", "x-ms-request-id:", "x-ms-id:", "x-ms-request-id: .*, got none"),
        ("v2-discovery", "GET, OPTIONS", "GET", "Access-Control-Allow-Methods: "),
        ("userinfo-invalid-token", "${client_request_id}", "${correlation_id}", "relation: "),
    ],
    "okta": [
        ("password-wrong", "The credentials provided were invalid.",
         "The credentials provided were invalid!", "body.error_description: "),
        ("password-wrong", 'CP="HONK"', 'CP="HONKS"', "p3p: "),
        ("device-authorize-success", "/activate?user_code=${user_code}",
         "/activate?user_code=BCDFGHJK", "body.verification_uri_complete: "),
    ],
    "keycloak": [
        ("password-wrong", "Invalid user credentials", "Invalid user credential",
         "body.error_description: "),
        ("authorize-login-page", "Secure;HttpOnly;SameSite=None", "Secure;SameSite=None",
         "Set-Cookie AUTH_SESSION_ID: "),
        ("authorize-login-page", "KC_RESTART=${", "KC_AGAIN=${", "Set-Cookie KC_RESTART: missing"),
        ("authorize-login-page", "Content-Language: en", "Vary: Accept", "Content-Language: missing"),
        ("refresh-success", '"session_state":"${sid', '"session_state":"${uuid', "relation: "),
    ],
}


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
        for case, before, after, line in WRONG[PROVIDER]:
            with self.subTest(case + " " + after), tempfile.TemporaryDirectory() as folder:
                self.assertIn(before, good)
                wrong = pathlib.Path(folder, PROVIDER + ".yaml")
                wrong.write_text(good.replace(before, after))
                code, text = replay("--only", case, "--provider", str(wrong))
                self.assertEqual(code, 1, text)
                self.assertRegex(text, re.compile(f"^{case}: {line}", re.M))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
