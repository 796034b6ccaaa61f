# SPDX-License-Identifier: Apache-2.0
"""The README's three commands from nothing to "my app sees AADSTS70011"."""
import os
import subprocess
import sys

from simulator import Simulator

here = os.path.dirname(os.path.abspath(__file__))
with Simulator(sys.argv[1], "--adopt", "--fail", "AADSTS70011") as sim:
    port = sim.ready["tls_origin"].rsplit(":", 1)[1]
    done = subprocess.run(
        [sys.executable, os.path.join(here, "..", "examples", "aadsts70011.py"), port],
        env={**os.environ, "REQUESTS_CA_BUNDLE": sim.ready["ca"]}, text=True, capture_output=True)
print(done.stdout, done.stderr)
sys.exit(0 if done.stdout.startswith("invalid_scope AADSTS70011: ") else 1)
