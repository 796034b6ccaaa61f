# SPDX-License-Identifier: Apache-2.0
"""Two copies of idp-sim behind nginx are one issuer: copies_test.py IDP_SIM

redis-server, nginx and both copies are real; ports and sockets are their own. Exit 77, loudly,
when redis-server or nginx is missing or this build has no hiredis.
"""
import concurrent.futures
import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from pair import SECRET, Pair  # noqa: E402

IDP_SIM = sys.argv[1]
AZURE = "/11111111-2222-3333-4444-555555555555/oauth2/v2.0"
KEYCLOAK = "/realms/platform/protocol/openid-connect"
OKTA = "/oauth2/default/v1"
DIALECTS = {
    "azure": {
        "token": AZURE + "/token", "device": AZURE + "/devicecode", "authorize": AZURE + "/authorize",
        "jwks": "/11111111-2222-3333-4444-555555555555/discovery/v2.0/keys",
        "client_id": "66666666-7777-8888-9999-aaaaaaaaaaaa",
        "scope": "openid offline_access api://66666666-7777-8888-9999-aaaaaaaaaaaa/platform:read",
        "redirect_uri": "http://localhost:9999/callback", "down": (503, "AADSTS90033"), "winners": 64},
    "okta": {
        "token": OKTA + "/token", "device": OKTA + "/device/authorize", "authorize": OKTA + "/authorize",
        "jwks": OKTA + "/keys", "introspect": OKTA + "/introspect", "revoke": OKTA + "/revoke",
        "client_id": "0oa15wulqt5yqD9FP5d7", "scope": "openid offline_access platform:read",
        # All in the grace period of rotation: each is given the one successor.
        "redirect_uri": "http://127.0.0.1:9999/callback", "down": (500, "E0000009"), "winners": 64},
    "keycloak": {
        "token": KEYCLOAK + "/token", "device": KEYCLOAK + "/auth/device", "authorize": KEYCLOAK + "/auth",
        "jwks": KEYCLOAK + "/certs", "introspect": KEYCLOAK + "/token/introspect",
        "revoke": KEYCLOAK + "/revoke", "client_id": "platform-cli", "scope": "openid platform:read",
        "redirect_uri": "http://127.0.0.1:9999/callback", "down": (500, "unknown_error"), "winners": 1},
}
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def sign_in(peer, d, user="alice"):
    answer = peer.post(d["token"], grant_type="password", client_id=d["client_id"], scope=d["scope"],
                       username=user, password=user + "-pw")
    assert answer.status == 200, answer.text
    return answer


def refresh(peer, d, token):
    return peer.post(d["token"], grant_type="refresh_token", client_id=d["client_id"], refresh_token=token)


class OneIssuer(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pair = Pair(IDP_SIM)
        cls.a, cls.b, cls.front = cls.pair.a, cls.pair.b, cls.pair.front

    @classmethod
    def tearDownClass(cls):
        codes = cls.pair.end()
        assert codes == [0, 0], codes

    def setUp(self):
        self.assertEqual(self.b.control.tell("/_sim/reset").status, 200)

    def test_documents_and_keys(self):
        for d in DIALECTS.values():
            self.assertEqual(self.a.surface.get(d["jwks"]).text, self.b.surface.get(d["jwks"]).text)
        self.assertEqual(self.b.control.tell("/_sim/keys/rotate", retire=True).status, 200)
        for name, d in DIALECTS.items():
            with self.subTest(name):
                kids = [{k["kid"] for k in copy.surface.get(d["jwks"])["keys"]} for copy in (self.a, self.b)]
                self.assertEqual(kids[0], kids[1])
                if "introspect" in d:
                    token = sign_in(self.a.surface, d)["access_token"]
                    self.assertTrue(self.introspect(self.b, d, token)["active"])

    def introspect(self, copy, d, token):
        client = {"okta": ("0oa2svcplatform0Zk5d7", "svc-secret"), "keycloak": ("platform-svc", "svc-secret")}
        name = next(n for n in DIALECTS if DIALECTS[n] is d)
        return copy.surface.post(d["introspect"], token=token, client_id=client[name][0],
                                 client_secret=client[name][1])

    def test_device_flow(self):
        for name, d in DIALECTS.items():
            with self.subTest(name):
                begun = self.a.surface.post(d["device"], client_id=d["client_id"], scope=d["scope"])
                ask = {"grant_type": DEVICE, "client_id": d["client_id"], "device_code": begun["device_code"]}
                self.assertEqual(self.b.surface.post(d["token"], **ask)["error"], "authorization_pending")
                # Polling too fast is seen whichever copy is asked.
                self.assertEqual(self.a.surface.post(d["token"], **ask)["error"],
                                 "authorization_pending" if name == "azure" else "slow_down")
                self.assertIn(begun["user_code"], self.b.control.get("/_sim/devices").text)
                self.assertEqual(self.b.control.tell(f"/_sim/devices/{begun['user_code']}/approve",
                                                     user="bob").status, 200)
                self.assertEqual(self.b.control.tell("/_sim/clock/advance", seconds=30).status, 200)
                self.assertTrue(self.a.surface.post(d["token"], **ask)["access_token"])
                self.assertEqual(self.b.surface.post(d["token"], **ask).status, 400)

    def test_device_page(self):
        d = DIALECTS["keycloak"]
        begun = self.a.surface.post(d["device"], client_id=d["client_id"], scope=d["scope"])
        page = self.browse(urllib.parse.urlsplit(begun["verification_uri_complete"]))
        while page.status == 200 and "<form" in page.text and "granted" not in page.text:
            page = self.follow(self.send_form(page))
        answer = self.b.surface.post(d["token"], grant_type=DEVICE, client_id=d["client_id"],
                                     device_code=begun["device_code"])
        self.assertEqual(answer.status, 200, answer.text)

    def browse(self, url):
        return self.follow(self.front.get(url.path + "?" + url.query))

    def follow(self, answer):
        while answer.status == 302 and answer.headers["Location"].startswith(self.front.origin):
            answer = self.front.get(answer.headers["Location"].removeprefix(self.front.origin))
        return answer

    def send_form(self, page):
        """Every page and every form goes to the copy whose turn it is."""
        fields = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', page.text))
        action = re.search(r'<form[^>]*action="([^"]*)"', page.text)[1].replace("&amp;", "&")
        if 'name="password"' in page.text:
            fields |= {"username": "alice", "password": "alice-pw"}
        elif 'name="accept"' in page.text:
            fields |= {"accept": "Yes"}
        return self.front.post(action.removeprefix(self.front.origin), **fields)

    def test_code_flow(self):
        for name, d in DIALECTS.items():
            with self.subTest(name):
                page = self.front.get(d["authorize"], client_id=d["client_id"], response_type="code",
                                      redirect_uri=d["redirect_uri"], scope=d["scope"], state="s",
                                      code_challenge=CHALLENGE, code_challenge_method="S256")
                self.assertEqual(page.status, 200, page.text)
                back = self.send_form(page)
                self.assertEqual(back.status, 302, back.text)
                query = urllib.parse.parse_qs(urllib.parse.urlsplit(back.headers["Location"]).query)
                ask = {"grant_type": "authorization_code", "client_id": d["client_id"],
                       "code": query["code"][0], "redirect_uri": d["redirect_uri"], "code_verifier": VERIFIER}
                got = self.b.surface.post(d["token"], **ask)
                self.assertEqual(got.status, 200, got.text)
                # A second use at the other copy ends what the first one gave.
                self.assertEqual(self.a.surface.post(d["token"], **ask).status, 400)
                self.assertEqual(refresh(self.b.surface, d, got["refresh_token"]).status, 400)

    def test_refresh_hops(self):
        for name, d in DIALECTS.items():
            with self.subTest(name):
                token, copies = sign_in(self.front, d)["refresh_token"], []
                for _ in range(10):
                    answer = refresh(self.front, d, token)
                    self.assertEqual(answer.status, 200, answer.text)
                    copies.append(answer.headers["X-Copy"])
                    token = answer["refresh_token"]
                self.assertEqual(copies.count(copies[0]), 5, copies)
                # 90 days without use: the clock of one is the clock of both.
                self.a.control.tell("/_sim/clock/advance", **{"for": "400d"})
                self.assertEqual(refresh(self.b.surface, d, token).status, 400)

    def test_revocation(self):
        for name in ("okta", "keycloak"):
            with self.subTest(name):
                d = DIALECTS[name]
                got = sign_in(self.a.surface, d)
                self.assertTrue(self.introspect(self.b, d, got["access_token"])["active"])
                done = self.a.surface.post(d["revoke"], client_id=d["client_id"], token=got["refresh_token"])
                self.assertEqual(done.status, 200)
                self.assertFalse(self.introspect(self.b, d, got["access_token"])["active"])
                self.assertEqual(refresh(self.b.surface, d, got["refresh_token"]).status, 400)
        got = sign_in(self.a.surface, DIALECTS["azure"])
        self.b.control.tell("/_sim/refresh/revoke", provider="azure")
        self.assertEqual(refresh(self.a.surface, DIALECTS["azure"], got["refresh_token"]).status, 400)

    def test_64_at_once(self):
        self.a.control.tell("/_sim/clock", "PUT", frozen=True)
        for name, d in DIALECTS.items():
            with self.subTest(name), concurrent.futures.ThreadPoolExecutor(64) as pool:
                token = sign_in(self.front, d)["refresh_token"]
                ready = threading.Barrier(64)

                def one(i, d=d, token=token, ready=ready):
                    ready.wait()
                    return refresh((self.a if i % 2 else self.b).surface, d, token)
                answers = list(pool.map(one, range(64)))
                good = [a for a in answers if a.status == 200]
                self.assertEqual(len(good), d["winners"], {a.text for a in answers if a.status != 200})
                self.assertEqual({a.status for a in answers} - {200, 400}, set())
                if name == "keycloak":  # what was stolen is worth nothing to either
                    self.assertEqual(refresh(self.a.surface, d, good[0]["refresh_token"]).status, 400)
                else:
                    self.assertEqual(refresh(self.b.surface, d, good[-1]["refresh_token"]).status, 200)

    def test_redis_stops(self):
        tokens = {name: sign_in(self.front, d)["refresh_token"] for name, d in DIALECTS.items()}
        self.pair.redis.stop()
        for name, d in DIALECTS.items():
            with self.subTest(name):
                self.refused(d, refresh(self.a.surface, d, tokens[name]))
                self.refused(d, self.b.surface.post(d["token"], grant_type="password", username="alice",
                                                    password="alice-pw", client_id=d["client_id"]))
                self.refused(d, self.a.surface.post(d["device"], client_id=d["client_id"]))
                self.assertEqual(self.b.surface.get(d["jwks"]).status, 200)
                page = self.a.surface.get(d["authorize"], client_id=d["client_id"], response_type="code",
                                          redirect_uri=d["redirect_uri"], scope=d["scope"])
                self.assertEqual(page.status, d["down"][0])
        out = self.a.control.get("/_sim/devices")
        self.assertEqual(out.status, 503)
        self.pair.redis.start()
        for name, d in DIALECTS.items():
            answer = self.until_back(self.a, d, tokens[name])
            self.assertEqual(answer.status, 200, answer.text)
            answer = self.until_back(self.b, d, answer["refresh_token"])
            self.assertEqual(answer.status, 200, answer.text)
        for text in (self.a.line, out.text, self.a.control.get("/_sim/health").text, self.a.control.get("/").text):
            self.assertNotIn("hush", text)

    def refused(self, d, answer):
        self.assertEqual(answer.status, d["down"][0], answer.text)
        self.assertIn(d["down"][1], answer.text)
        self.assertNotIn("access_token", answer.text)

    def until_back(self, copy, d, token):
        """A copy tries again a moment after Redis was out of reach."""
        deadline = time.monotonic() + 20
        answer = refresh(copy.surface, d, token)
        while answer.status >= 500 and time.monotonic() < deadline:
            answer = refresh(copy.surface, d, token)
        return answer

    def test_redis_hangs(self):
        """Commands have time-outs, and what comes too late is no grant to anybody."""
        d = DIALECTS["keycloak"]
        token = sign_in(self.front, d)["refresh_token"]
        self.pair.redis.process.send_signal(signal.SIGSTOP)
        self.refused(d, refresh(self.a.surface, d, token))
        self.pair.redis.process.send_signal(signal.SIGCONT)
        for copy in (self.b, self.a):
            answer = self.until_back(copy, d, token)
            self.assertEqual(answer.status, 200, answer.text)
            token = answer["refresh_token"]

    def test_redis_forgets(self):
        """A Redis that lost everything: nobody is signed in, clock and keys go on."""
        d = DIALECTS["okta"]
        token = sign_in(self.a.surface, d)["refresh_token"]
        self.a.control.tell("/_sim/clock/advance", **{"for": "10d"})
        self.a.control.tell("/_sim/keys/rotate")
        self.assertEqual(self.b.surface.get(d["jwks"]).status, 200)  # it has seen both
        subprocess.run(["redis-cli", "-s", self.pair.redis.path, "--no-auth-warning", "-a", SECRET, "FLUSHALL"],
                       check=True, stdout=subprocess.DEVNULL)
        self.assertEqual(refresh(self.b.surface, d, token).status, 400)
        self.a.control.tell("/_sim/keys/rotate")
        now = [copy.control.get("/_sim/clock")["now"] for copy in (self.a, self.b)]
        self.assertLess(abs(now[0] - now[1]), 60)
        self.assertGreater(now[0], time.time() + 9 * 86400)
        self.assertEqual(self.a.surface.get(d["jwks"]).text, self.b.surface.get(d["jwks"]).text)
        self.assertEqual(refresh(self.b.surface, d, sign_in(self.a.surface, d)["refresh_token"]).status, 200)

    def test_reset(self):
        d = DIALECTS["okta"]
        token = sign_in(self.a.surface, d)["refresh_token"]
        begun = self.b.surface.post(d["device"], client_id=d["client_id"], scope=d["scope"])
        self.assertEqual(self.b.control.tell("/_sim/reset").status, 200)
        self.assertEqual(self.a.control.get("/_sim/devices")["devices"], [])
        self.assertEqual(refresh(self.a.surface, d, token).status, 400)
        self.assertEqual(self.a.surface.post(d["token"], grant_type=DEVICE, client_id=d["client_id"],
                                             device_code=begun["device_code"]).status, 400)


class Killed(unittest.TestCase):
    def test_killed_under_load(self):
        """What was answered before one copy was killed is good at the other."""
        pair = Pair(IDP_SIM)
        self.addCleanup(pair.end)
        enough = threading.Semaphore(0)
        killed = threading.Event()

        def load(i):
            d = list(DIALECTS.values())[i % 3]
            kept, chain, sure = [], sign_in(pair.front, d), True
            while not killed.is_set() and sure:
                try:
                    kept.append(sign_in(pair.front, d))
                    answer = refresh(pair.front, d, chain["refresh_token"])
                except (AssertionError, OSError, http.client.HTTPException):
                    break
                sure = answer.status == 200
                chain = answer if sure else chain
                enough.release()
            return d, kept, chain, sure
        with concurrent.futures.ThreadPoolExecutor(9) as pool:
            running = [pool.submit(load, i) for i in range(9)]
            for _ in range(90):
                enough.acquire()
            pair.a.process.kill()
            killed.set()
            results = [r.result() for r in running]
        grants = 0
        for d, kept, chain, sure in results:
            for got in kept + ([chain] if sure else []):
                answer = refresh(pair.b.surface, d, got["refresh_token"])
                self.assertEqual(answer.status, 200, answer.text)
                grants += 1
        self.assertGreaterEqual(grants, 90)
        self.assertEqual(pair.a.process.wait(), -signal.SIGKILL)
        pair.a.process.stdin.close()
        pair.a.process.stdout.close()
        pair.a = pair.start()  # and a new copy knows them too
        d, kept = results[0][:2]
        self.assertEqual(refresh(pair.a.surface, d, sign_in(pair.b.surface, d)["refresh_token"]).status, 200)


class Options(unittest.TestCase):
    def complaint(self, *args):
        done = subprocess.run([IDP_SIM, *args], capture_output=True, text=True, timeout=60, check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertNotIn("hush", done.stdout + done.stderr)
        return done.stdout + done.stderr

    def test_bad_urls(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "c.yaml")
            with open(path, "w", encoding="utf-8") as file:
                file.write("providers: {}\nstate: redis://u:hush@host:port/1\n")
            said = self.complaint("validate", path)
            self.assertIn("c.yaml:2:", said)
            self.assertIn("write redis://HOST:PORT/DB or unix:///PATH", said)
            said = self.complaint("serve", "--port", "0", "--state", f"unix://:hush@{folder}/none.sock")
            self.assertIn("No such file or directory", said)
        self.assertIn("leave --seed out", self.complaint("serve", "--port", "0", "--seed", "7", "--state",
                                                         "redis://:hush@127.0.0.1:1/0"))


def skip_reason():
    for program in ("redis-server", "redis-cli", "nginx"):
        if not shutil.which(program):
            return f"{program} is not installed"
    tried = subprocess.run([IDP_SIM, "serve", "--port", "0", "--state", "unix:///nowhere.sock"],
                           capture_output=True, text=True, timeout=60, check=False)
    return "this build has no hiredis" if "no hiredis" in tried.stderr else None


if __name__ == "__main__":
    os.environ["PATH"] += ":/usr/sbin"
    reason = skip_reason()
    if reason:
        print(f"SKIPPED: {reason}")
        sys.exit(77)
    unittest.main(argv=sys.argv[:1] + sys.argv[2:], warnings="ignore")
