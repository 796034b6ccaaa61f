# SPDX-License-Identifier: Apache-2.0
"""The independent oracle: oracle.py IDP_SIM FOLDER

FOLDER holds record_keycloak.py, the program that recorded the real Keycloak, and compare.py; beside
it stand the recordings, in keycloak/. It records idp-sim instead and says what differs. SKIPPED
without the folder, which is no part of this repository: meson setup -Doracle=FOLDER.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.request

SKIPPED = 77
TENANT = "/_sim/providers/keycloak/tenants/platform"
USERS = "/_sim/providers/keycloak/users/"
PERSON = {"email": "extra@example.test", "given_name": "Frank", "family_name": "Extra"}
# What the oracle asks to be changed at the server, and how.
HOOKS = {
    "user-bob-disable": ("PATCH", USERS + "bob", {"disabled": True}),
    "user-bob-enable": ("PATCH", USERS + "bob", {"disabled": False}),
    "user-frank-create": ("PATCH", USERS + "frank", {"password": "frank-pw", **PERSON,
                                                     "email": "frank@example.test"}),
    "user-frank-logout": ("POST", "/_sim/refresh/revoke", {"provider": "keycloak", "user": "frank"}),
    "user-frank-delete": ("PATCH", USERS + "frank", {"disabled": True}),
    "user-erin-create": ("PATCH", USERS + "erin", {"password": "erin-pw", **PERSON,
                                                   "otp": "JBSWY3DPEHPK3PXP"}),
    "user-erin-delete": ("PATCH", USERS + "erin", {"disabled": True}),
    "lockout-on": ("PATCH", TENANT, {"lock_after": 3}),
    "lockout-off": ("PATCH", TENANT, {"lock_after": None}),
    "rotation-off": ("PATCH", TENANT, {"rotates": False}),
    "rotation-on": ("PATCH", TENANT, {"rotates": True}),
    "realm-disable": ("PATCH", TENANT, {"disabled": True}),
    "realm-enable": ("PATCH", TENANT, {"disabled": False}),
}


def hook(control, name):
    method, path, body = HOOKS[name]
    request = urllib.request.Request(control + path, data=json.dumps(body).encode(), method=method,
                                     headers={"Content-Type": "application/json"})
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10):
        pass


def main():
    idp_sim, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    if not (folder / "record_keycloak.py").is_file():
        print("SKIPPED: no oracle; meson configure -Doracle=FOLDER names it")
        sys.exit(SKIPPED)
    server = subprocess.Popen(
        [idp_sim, "serve", "--port", "0", "--control-port", "0", "--ready", "json",
         "--exit-on-stdin-close"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    ready = json.loads(server.stdout.readline())
    quiet = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    with tempfile.TemporaryDirectory() as got:
        subprocess.run(
            [sys.executable, folder / "record_keycloak.py", "--base", ready["origin"], "--out", got,
             "--advance", f"{idp_sim} ctl --control {ready['control']} clock advance {{}}s",
             "--hook", f"{sys.executable} {__file__} --hook {ready['control']}"],
            check=True, timeout=120, env=quiet, stdout=subprocess.DEVNULL)
        compared = subprocess.run(
            [sys.executable, folder / "compare.py", folder.parent / "keycloak", got, "--all-headers"],
            capture_output=True, text=True, timeout=60, env=quiet, check=False)
    server.stdin.close()
    server.stdout.close()
    print(compared.stdout)
    same, cases = re.search(r"(\d+) of (\d+) cases identical", compared.stdout).groups()
    sys.exit(server.wait(timeout=20) or compared.returncode or int(same) < 130 or same != cases)


if __name__ == "__main__":
    if sys.argv[1] == "--hook":
        hook(*sys.argv[2:4])
    else:
        main()
