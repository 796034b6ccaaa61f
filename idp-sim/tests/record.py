# SPDX-License-Identifier: Apache-2.0
"""idp-sim record from outside: record.py IDP_SIM PROVIDER

A simulator with a tenant, clients and a user of its own is recorded as a real provider would be;
the recordings play back without a difference, and nothing of that tenant is in them.
"""
import base64
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import urllib.parse
import urllib.request

IDP_SIM, PROVIDER = sys.argv[1:3]
SECRET, PASSWORD = "Very-Hidden-Secret-1", "Very-Hidden-Password-2"
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

# Words of a tenant that is not the built-in one. The clients are copies of the built-in ones.
TENANTS = {
    "azure": {
        "client": "0a1b2c3d-1111-4222-8333-444455556666",
        "confidential": "9f8e7d6c-1111-4222-8333-444455556666",
        "short_client": "5a5b5c5d-1111-4222-8333-444455556666",
        "user": "zoe@fabrikam.test", "scope": "api://platform/platform.read",
        "person": {"id": "11112222-3333-4444-8555-666665438888", "upn": "zoe@fabrikam.test",
                   "groups": ["aaaabbbb-cccc-4ddd-8eee-ffff00001111"]}},
    "okta": {
        "client": "0oaFabrikamPublic001", "confidential": "0oaFabrikamSecret002",
        "short_client": "0oaFabrikamShort0003", "user": "zoe@fabrikam.test",
        "scope": "platform.read", "tenant": "fabrikam-server",
        "person": {"id": "00uFabrikamPerson004", "login": "zoe@fabrikam.test",
                   "groups": ["Everyone", "fabrikam-ops"]}},
    "keycloak": {
        "client": "fabrikam-cli", "confidential": "fabrikam-svc", "short_client": "fabrikam-short",
        "user": "zoe", "scope": "platform:read", "tenant": "fabrikam",
        "person": {"id": "11112222-3333-4444-8555-666665438888"}},
}
BUILT_IN = {"client": "platform-cli", "confidential": "platform-svc",
            "short_client": "platform-cli-short"}
REDIRECT_URI = "http://127.0.0.1:9876/fabrikam"


class Tenant:
    """A simulator that has another tenant, known by its flags of `record`."""

    def __init__(self, provider, folder):
        self.words = TENANTS[provider]
        self.provider = provider
        self.process = subprocess.Popen(
            [IDP_SIM, "serve", "--port", "0", "--control-port", "0", "--tls", "--tls-port", "0",
             "--tls-dir", folder, "--ready", "json", "--exit-on-stdin-close"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.ready = json.loads(self.process.stdout.readline())
        made = self.control("POST", "/_sim/tenants", {
            "provider": provider, **({"id": self.words["tenant"]} if "tenant" in self.words else {})})
        # The TLS port has the same surface as the plain one.
        self.issuer = made["issuer"].replace(self.ready["origin"], self.ready["tls_origin"])
        self.register(next(p for p in self.control("GET", "/_sim/providers")["providers"]
                           if p["name"] == provider))

    def register(self, known):
        base = f"/_sim/providers/{self.provider}"
        for role, name in BUILT_IN.items():
            copy = dict(next(c for c in known["clients"] if name in (c["id"], c.get("name"))))
            copy |= {"redirect_uris": [REDIRECT_URI], "oid": "12345678-9abc-4def-8123-456789abcdef"}
            if role == "confidential":
                copy["secret"] = SECRET
            del copy["id"]
            self.control("PATCH", f"{base}/clients/{self.words[role]}", copy)
        alice = dict(next(u for u in known["users"] if u["name"] == "alice"))
        self.control("PATCH", f"{base}/users/zoe", {
            **{k: v for k, v in alice.items() if k not in ("name", "username", "id")}, "password": PASSWORD, "full_name": "Zoe Zimmermann", "given_name": "Zoe",
            "family_name": "Zimmermann", "email": "zoe.zimmermann@fabrikam.test",
            **self.words["person"]})

    def control(self, method, path, body=None):
        request = urllib.request.Request(
            self.ready["control"] + path, method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"})
        with opener.open(request, timeout=10) as answer:
            return json.load(answer)

    def start(self, out, *more):
        flags = [f"--{name.replace('_', '-')}={self.words[name]}"
                 for name in (*BUILT_IN, "user", "scope")]
        return subprocess.Popen(
            [IDP_SIM, "record", "--provider", self.provider, "--issuer", self.issuer, "--ca",
             self.ready["ca"], "--control", self.ready["control"], "--redirect-uri", REDIRECT_URI,
             "--out", out, *flags, *more], text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={**os.environ, "IDP_RECORD_SECRET": SECRET, "IDP_RECORD_PASSWORD": PASSWORD})

    def record(self, out, *more):
        with self.start(out, *more) as process:
            stdout, stderr = process.communicate(timeout=300)
        return subprocess.CompletedProcess([], process.returncode, stdout, stderr)

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        assert self.process.wait(timeout=20) == 0


class Record(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.tenant = Tenant(PROVIDER, f"{folder.name}/tls")
        self.addCleanup(self.tenant.close)

    def test_recordings_play_back_and_hold_nothing_of_the_tenant(self):
        out = pathlib.Path(self.folder, "ours")
        done = self.tenant.record(out, "--walk", "--yes")
        self.assertEqual(done.returncode, 0, done.stderr)
        # Only Keycloak's device page asks for a consent that could be refused.
        self.assertEqual(re.findall(r"^(\S+): SKIPPED: no page asked", done.stderr, re.M),
                         {"okta": ["device-denied"], "azure": ["device-declined"]}.get(PROVIDER, []))
        self.assertEqual(done.stderr.count("SKIPPED"), 0 if PROVIDER == "keycloak" else 1)
        count = int(re.match(r"(\d+) cases recorded", done.stdout)[1])
        played = subprocess.run([IDP_SIM, "replay", out], capture_output=True, text=True,
                                timeout=300)
        print(played.stdout)
        self.assertIn(f"{count} of {count} recordings identical", played.stdout)
        words = self.tenant.words
        hidden = [SECRET, PASSWORD, "abrikam", "immermann", words["person"]["id"],
                  words["client"], words["confidential"], words["short_client"],
                  self.tenant.ready["tls_origin"].removeprefix("https://")]
        for path in sorted(out.iterdir()):
            text = decoded(path.read_text())
            for word in hidden:
                self.assertNotIn(word, text, f"{path.name}: {word}")

    def test_what_needs_a_person_is_skipped_aloud(self):
        out = pathlib.Path(self.folder, "alone")
        done = self.tenant.record(out, "--yes", "--only", "*code*s*")
        self.assertRegex(done.stderr, "SKIPPED: needs a person at the browser")
        self.assertRegex(done.stdout, r"\d+ SKIPPED")

    def test_a_person_is_asked(self):
        out = pathlib.Path(self.folder, "asked")
        with self.tenant.start(out, "--only", "device*-success") as process:
            # The one line without an end is the last of the prompt.
            for line in process.stderr:
                if found := re.search(r"The code is (\S+)", line):
                    self.tenant.control("POST", f"/_sim/devices/{found[1]}/approve", {"user": "zoe"})
                    break
            _, stderr = process.communicate("\n", timeout=60)
        self.assertIn("success: 200", stderr)


def decoded(text):
    """The text, and behind it what its tokens and credentials say."""
    parts = [text, urllib.parse.unquote(text)]
    for part in re.findall(r"(?<=[ .\"=])[A-Za-z0-9_-]{16,}", text):
        try:
            parts.append(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode())
        except ValueError:
            pass
    return "\n".join(parts)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
