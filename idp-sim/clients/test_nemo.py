# SPDX-License-Identifier: Apache-2.0
"""The platform's own command line (nemo-platform 0.3.0) signs in with the device flow at each dialect.

    python3 test_nemo.py IDP_SIM_PROGRAM NEMO

All it needs of a platform is the discovery document, which a few lines here serve.
"""
import base64
import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading
import unittest

from simulator import CLIENT, Simulator

PROGRAM = NEMO = None
SCOPES = "openid profile email offline_access platform:read"
CLIENTS = {"azure": CLIENT, "okta": "0oa15wulqt5yqD9FP5d7", "keycloak": "platform-cli"}


class Platform:
    """Tells the command line where the provider is."""

    def __init__(self, oidc):
        document = json.dumps({"auth_enabled": True, "oidc": oidc}).encode()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                found = self.path == "/apis/auth/discovery"
                body = document if found else b'{"detail":"Not Found"}'
                self.send_response(200 if found else 404)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def claims_of(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


class Nemo(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sim = Simulator(PROGRAM)

    @classmethod
    def tearDownClass(cls):
        cls.sim.__exit__()

    def setUp(self):
        self.sim.call("POST", "/_sim/reset")
        self.home = tempfile.TemporaryDirectory()
        self.addCleanup(self.home.cleanup)

    def nemo(self, *args):
        env = {"HOME": self.home.name, "PATH": os.environ["PATH"], "NEMO_TELEMETRY_ENABLED": "false",
               "BROWSER": "true", "NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "200",
               "NO_PROXY": "127.0.0.1"}
        done = subprocess.run([NEMO, *args], env=env, text=True, capture_output=True, timeout=200)
        self.assertEqual(done.returncode, 0, f"{args}: {done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def platform(self, provider):
        shown = self.sim.call("GET", f"/_sim/providers/{provider}")
        points = shown["endpoints"]
        azure = provider == "azure"
        platform = Platform({
            "issuer": shown["issuer"], "authorization_endpoint": points["authorize"],
            "token_endpoint": points["token"], "device_authorization_endpoint": points["device"],
            "userinfo_endpoint": points["userinfo"], "client_id": CLIENTS[provider],
            "default_scopes": SCOPES, "scope_prefix": f"api://{CLIENT}/" if azure else ""})
        self.addCleanup(platform.close)
        return platform, shown["issuer"]

    def sign_in(self, provider, polls=2):
        """Polls until a person approves, then shows who it is and refreshes."""
        platform, issuer = self.platform(provider)
        self.sim.call("PATCH", f"/_sim/providers/{provider}/clients/{CLIENTS[provider]}",
                      {"lifetimes": {"interval": "1s"}})

        def approve():
            device = self.sim.call("GET", "/_sim/devices")["devices"][-1]
            self.sim.approve(device["user_code"])

        person = self.sim.when_polled(polls, approve)
        said = self.nemo("auth", "login", "--base-url", platform.url, "--no-browser")
        person.join()
        self.assertIn("alice", said)
        self.assertGreaterEqual(len(self.sim.seen(situation="authorization_pending")), polls)
        first = self.nemo("auth", "token").strip()
        self.assertEqual(claims_of(first)["iss"], issuer)
        self.nemo("auth", "refresh")
        self.assertEqual(len(self.sim.seen(grant="refresh_token", provider=provider)), 1)
        self.assertNotEqual(self.nemo("auth", "token").strip(), first)

    def test_azure(self):
        self.sign_in("azure")

    def test_okta(self):
        self.sign_in("okta")

    def test_keycloak(self):
        self.sign_in("keycloak")


if __name__ == "__main__":
    PROGRAM, NEMO = sys.argv.pop(1), sys.argv.pop(1)
    unittest.main(verbosity=2)
