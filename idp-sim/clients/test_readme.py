# SPDX-License-Identifier: Apache-2.0
"""The three commands of both READMEs from nothing to "my app sees AADSTS70011", as they are written.

    python test_readme.py IDP_SIM_PROGRAM

Only the ports are other ones (free ones), and pip's command is taken as done: this Python has MSAL.
"""
import os
import re
import shlex
import subprocess
import sys
import tempfile

from simulator import Simulator

here = os.path.dirname(os.path.abspath(__file__))
root = os.path.join(here, "..", "..")


def commands(path, title):
    """The lines of the first shell block under the heading."""
    with open(os.path.join(root, path), encoding="utf-8") as page:
        text = page.read()
    block = re.search(r"```sh\n(.*?)```", text[text.index(title):], re.S).group(1)
    return [line for line in block.splitlines() if line.strip()]


def play(path, title):
    lines = commands(path, title)
    assert len(lines) == 3, lines
    pip, serve, app = (next(line for line in lines if word in line)
                       for word in ("pip install msal", " serve ", "REQUESTS_CA_BUNDLE="))
    assert pip == "pip install msal", pip
    words = shlex.split(serve.rstrip(" &"))
    with tempfile.TemporaryDirectory() as folder:
        written = words[words.index("--tls-dir") + 1]
        folder = os.path.join(folder, "tls")
        words[words.index(written)] = folder
        with Simulator(sys.argv[1], *words[words.index("serve") + 1:]) as sim:
            port = sim.ready["tls_origin"].rsplit(":", 1)[1]
            line = app.replace(written, folder).replace("8483", port)
            line = line.replace("python3 ", shlex.quote(sys.executable) + " ", 1)
            if line.endswith(".py"):
                line += " " + port  # the example knows the usual one
            done = subprocess.run(["sh", "-c", line], cwd=root, text=True, capture_output=True,
                                  timeout=120)
    print(path, done.stdout, done.stderr)
    return "invalid_scope" in done.stdout and "AADSTS70011: " in done.stdout


seen = [play("README.md", "## I am a developer"), play("idp-sim/README.md", "in three commands")]
sys.exit(0 if all(seen) else 1)
