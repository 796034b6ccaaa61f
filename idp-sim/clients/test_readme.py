# SPDX-License-Identifier: Apache-2.0
"""The three commands of ../README.md do what they promise.

    python test_readme.py IDP_SIM_PROGRAM
"""
import os
import shlex
import subprocess
import sys
import tempfile

from simulator import Simulator

here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "..", "README.md"), encoding="utf-8") as readme:
    block = readme.read().split("```sh\n", 1)[1].split("```", 1)[0].strip().splitlines()
serve, install, use = block
assert install == "pip install msal", install

with tempfile.TemporaryDirectory() as folder:
    options = [word.replace("/tmp/idp-sim", folder) for word in shlex.split(serve)[2:]]
    with Simulator(sys.argv[1], *options) as sim:
        words = shlex.split(use.replace("/tmp/idp-sim", folder)
                            .replace("https://127.0.0.1:8483", sim.ready["tls_origin"]))
        name, value = words[0].split("=", 1)
        assert words[1] == "python3", words
        done = subprocess.run([sys.executable, *words[2:]], env={**os.environ, name: value},
                              capture_output=True, text=True, timeout=60)
        print(done.stdout, done.stderr)
        assert done.returncode == 0 and "AADSTS70011" in done.stdout
