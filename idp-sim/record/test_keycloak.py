# SPDX-License-Identifier: Apache-2.0
"""A real Keycloak is recorded, and the simulator plays the recordings back: test_keycloak.py IDP_SIM CACHE

Installs the pinned Keycloak into CACHE when it is not there; exit 77 when that cannot be done.
"""
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
IDP_SIM, CACHE = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
SKIPPED = 77


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def start(home, port):
    """Keycloak with the realm `platform`; returns when it listens."""
    server = subprocess.Popen(
        [home / "bin/kc.sh", "start-dev", "--import-realm", "--http-host=127.0.0.1",
         f"--http-port={port}"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=True, env={**os.environ, "KC_BOOTSTRAP_ADMIN_USERNAME": "admin",
                                     "KC_BOOTSTRAP_ADMIN_PASSWORD": "admin",
                                     "JAVA_OPTS_APPEND": "-Xms64m -Xmx768m"})
    said = []
    for line in server.stdout:
        said.append(line)
        if "Listening on:" in line:
            return server
    sys.exit("Keycloak did not start:\n" + "".join(said[-20:]))


def record(port, out):
    """Time is real: the client whose codes last 10 s keeps it short."""
    subprocess.run(
        [IDP_SIM, "record", "--provider", "keycloak",
         "--issuer", f"http://127.0.0.1:{port}/realms/platform", "--client", "platform-cli",
         "--confidential", "platform-svc", "--short-client", "platform-cli-short",
         "--user", "alice", "--scope", "platform:read",
         "--redirect-uri", "http://127.0.0.1:9999/callback", "--walk", "--yes", "--wait", "20",
         "--out", out], check=True, timeout=300,
        env={**os.environ, "IDP_RECORD_SECRET": "svc-secret", "IDP_RECORD_PASSWORD": "alice-pw"})


def main():
    installed = subprocess.run([HERE / "install.sh", CACHE], check=False).returncode
    if installed:
        sys.exit(installed)
    with tempfile.TemporaryDirectory() as folder:
        home = pathlib.Path(folder, "keycloak")
        shutil.copytree(CACHE / "keycloak", home)
        (home / "data/import").mkdir(parents=True)
        shutil.copy(HERE / "platform-realm.json", home / "data/import")
        port = free_port()
        server = start(home, port)
        try:
            record(port, pathlib.Path(folder, "recorded"))
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.communicate()
        played = subprocess.run([IDP_SIM, "replay", pathlib.Path(folder, "recorded")],
                                capture_output=True, text=True, timeout=120, check=False)
        print(played.stdout)
        same, all_of_them = re.search(r"(\d+) of (\d+) recordings identical", played.stdout).groups()
        sys.exit(0 if same == all_of_them and int(same) >= 80 else 1)


if __name__ == "__main__":
    main()
