# SPDX-License-Identifier: Apache-2.0
"""One sign-in for several applications: sign_on.py IDP_SIM

A browser with cookies at the authorization endpoint of the three dialects: what asks again, what goes on
silently, what says so to the application, in which response mode, and what ends it.
"""
import base64
import html
import http.client
import json
import re
import subprocess
import sys
import unittest
import urllib.parse

IDP_SIM = sys.argv[1]
GOES_BACK = {"azure": "http://localhost:9999/callback"}
USUAL = "http://127.0.0.1:9999/callback"
# Dialect: path of the tenant, of authorize, token and end session behind it; client, another; login.
DIALECTS = {
    "azure": ("/11111111-2222-3333-4444-555555555555/oauth2/v2.0", "/authorize", "/token", "/logout",
              "66666666-7777-8888-9999-aaaaaaaaaaaa", "77777777-8888-9999-aaaa-bbbbbbbbbbbb",
              "alice@contoso.test"),
    "okta": ("/oauth2/default/v1", "/authorize", "/token", "/logout", "0oa15wulqt5yqD9FP5d7",
             "0oa7shortplatfor1Ui5d7", "alice@example.test"),
    "keycloak": ("/realms/platform/protocol/openid-connect", "/auth", "/token", "/logout",
                 "platform-cli", "platform-cli-short", "alice"),
}
SILENT = {"azure": "AADSTS50058: A silent sign-in request was sent but no user is signed in.",
          "okta": "The client specified not to prompt, but the user is not logged in.",
          "keycloak": None}


class Browser:
    def __init__(self, origin):
        self.address = urllib.parse.urlsplit(origin).netloc
        self.cookies = {}

    def send(self, method, url, form=None):
        at = urllib.parse.urlsplit(url)
        target = at.path + ("?" + at.query if at.query else "")
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        line = http.client.HTTPConnection(self.address, timeout=20)
        line.request(method, target, form and urllib.parse.urlencode(form), headers)
        answer = line.getresponse()
        self.status, self.body = answer.status, answer.read().decode()
        self.location = answer.getheader("Location") or ""
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, rest = cookie.partition("=")
            if "Max-Age=0" in cookie:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = rest.split(";")[0]
        line.close()
        return self.status

    def form(self):
        """The action and the fields of the page's form."""
        action = re.search(r'<form[^>]* action="([^"]*)"', self.body)
        fields = re.findall(r'<input type="hidden"[^>]* name="([^"]*)" value="([^"]*)"', self.body)
        return html.unescape(action[1]), {k: html.unescape(v) for k, v in fields}


class SignOn(unittest.TestCase):
    def setUp(self):
        self.process = subprocess.Popen(
            [IDP_SIM, "serve", "--port", "0", "--control-port", "0", "--ready", "json",
             "--exit-on-stdin-close"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.ready = json.loads(self.process.stdout.readline())
        self.addCleanup(self.stop)

    def stop(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.assertEqual(self.process.wait(timeout=20), 0)

    def control(self, method, path, body):
        line = http.client.HTTPConnection(urllib.parse.urlsplit(self.ready["control"]).netloc)
        line.request(method, path, json.dumps(body), {"Content-Type": "application/json"})
        self.assertLess(line.getresponse().status, 300)
        line.close()

    def authorize(self, browser, name, client=None, **more):
        base, path, *_ = DIALECTS[name]
        query = {"client_id": client or DIALECTS[name][4], "response_type": "code", "scope": "openid",
                 "redirect_uri": GOES_BACK.get(name, USUAL), "state": "st1", **more}
        return browser.send("GET", base + path + "?" + urllib.parse.urlencode(query))

    def sign_in(self, browser, name, **more):
        self.assertEqual(self.authorize(browser, name, **more), 200)
        action, fields = browser.form()
        browser.send("POST", action, {**fields, "username": DIALECTS[name][6], "password": "alice-pw"})
        return self.back(browser, name)

    def back(self, browser, name, sign="?"):
        """What the application gets."""
        uri = GOES_BACK.get(name, USUAL) + sign
        self.assertTrue(browser.location.startswith(uri), browser.location + browser.body[:200])
        return dict(urllib.parse.parse_qsl(browser.location[len(uri):]))

    def each(self):
        for name in DIALECTS:
            with self.subTest(name):
                yield name, Browser(self.ready["origin"])

    def test_a_second_application_asks_nobody(self):
        for name, browser in self.each():
            first = self.sign_in(browser, name)
            for client in (None, DIALECTS[name][5]):
                self.assertEqual(self.authorize(browser, name, client), 302)
                again = self.back(browser, name)
                self.assertEqual(again["state"], "st1")
                self.assertNotEqual(again["code"], first["code"])
            # Another browser knows nothing of it.
            self.assertEqual(self.authorize(Browser(self.ready["origin"]), name), 200)

    def test_time_of_the_password_is_kept(self):
        for name, browser in self.each():
            base, _, token, _, client, *_ = DIALECTS[name]
            if name == "azure":
                continue  # its tokens have no auth_time
            self.sign_in(browser, name)
            self.control("POST", "/_sim/clock/advance", {"seconds": 100})
            self.authorize(browser, name)
            browser.send("POST", base + token, {
                "grant_type": "authorization_code", "client_id": client,
                "code": self.back(browser, name)["code"], "redirect_uri": USUAL})
            claims = json.loads(browser.body)["id_token"].split(".")[1]
            claims = json.loads(base64.urlsafe_b64decode(claims + "=="))
            self.assertIn(claims["iat"] - claims["auth_time"], range(99, 103))

    def test_prompt(self):
        for name, browser in self.each():
            self.assertEqual(self.authorize(browser, name, prompt="none"), 302)
            error = self.back(browser, name)
            self.assertNotIn(" ", browser.location)
            self.assertEqual(error["error"], "login_required")
            self.assertEqual((error.get("error_description") or "")[:len(SILENT[name] or "")],
                             SILENT[name] or "")
            self.sign_in(browser, name)
            self.assertEqual(self.authorize(browser, name, prompt="none"), 302)
            self.assertIn("code", self.back(browser, name))
            self.assertEqual(self.authorize(browser, name, prompt="login"), 200)
            self.assertIn('type="password"', browser.body)
            self.assertEqual(self.authorize(browser, name, max_age="0"), 200)
            self.assertEqual(self.authorize(browser, name, max_age="1000"), 302)
            self.control("PATCH", f"/_sim/providers/{name}/clients/{DIALECTS[name][4]}",
                         {"consent_required": True})
            self.assertEqual(self.authorize(browser, name, prompt="none"), 302)
            self.assertEqual(self.back(browser, name)["error"], "interaction_required")
            # Without prompt=none the person sees the consent page, not the sign-in.
            self.assertEqual(self.authorize(browser, name), 302)
            browser.send("GET", browser.location)
            self.assertIn('name="accept"', browser.body)

    # Keycloak: whoever signs in at a browser has one session there, whatever the application.

    def token(self, browser, path="/token", **form):
        """Status and JSON of a request that the application sends."""
        browser.send("POST", DIALECTS["keycloak"][0] + path, form)
        return browser.status, browser.body and json.loads(browser.body)

    def redeem(self, browser, client, **more):
        self.assertEqual(self.authorize(browser, "keycloak", client, **more), 302)
        back = self.back(browser, "keycloak")
        status, tokens = self.token(browser, grant_type="authorization_code", client_id=client,
                                    code=back["code"], redirect_uri=USUAL)
        self.assertEqual(status, 200, tokens)
        self.assertEqual(back["session_state"], tokens["session_state"])
        claims = json.loads(base64.urlsafe_b64decode(tokens["id_token"].split(".")[1] + "=="))
        self.assertEqual(claims["sid"], tokens["session_state"])
        return tokens

    def refresh(self, browser, client, tokens):
        status, answer = self.token(browser, grant_type="refresh_token", client_id=client,
                                    refresh_token=tokens["refresh_token"])
        return (status, answer.get("error_description") or answer["session_state"])

    def userinfo(self, tokens):
        line = http.client.HTTPConnection(urllib.parse.urlsplit(self.ready["origin"]).netloc)
        line.request("GET", DIALECTS["keycloak"][0] + "/userinfo", None,
                     {"Authorization": "Bearer " + tokens["access_token"]})
        status = line.getresponse().status
        line.close()
        return status

    def test_one_session_a_browser(self):
        browser, cli, other = Browser(self.ready["origin"]), "platform-cli", "platform-consent"
        sid = self.sign_in(browser, "keycloak")["session_state"]
        self.control("PATCH", f"/_sim/providers/keycloak/clients/{other}", {"consent_required": False})
        one, two, three = (self.redeem(browser, client) for client in (cli, other, cli))
        self.assertEqual({t["session_state"] for t in (one, two, three)}, {sid})
        # The password once more, and a device that is let in at the same browser.
        self.assertEqual(self.sign_in(browser, "keycloak", prompt="login")["session_state"], sid)
        device = self.token(browser, "/auth/device", client_id=cli, scope="openid")[1]
        browser.send("GET", device["verification_uri_complete"])
        browser.send("GET", browser.location)
        self.assertNotIn('type="password"', browser.body)
        action, fields = browser.form()
        browser.send("POST", action, {**fields, "accept": "Yes"})
        status, at_device = self.token(
            browser, grant_type="urn:ietf:params:oauth:grant-type:device_code", client_id=cli,
            device_code=device["device_code"])
        self.assertEqual((status, at_device["session_state"]), (200, sid))
        # Each has refresh tokens of its own: a stolen one of one ends nobody else's.
        for client, tokens in ((cli, one), (other, two), (cli, three), (cli, at_device)):
            self.assertEqual(self.refresh(browser, client, tokens), (200, sid))
        self.assertEqual(self.refresh(browser, other, two),
                         (400, "Maximum allowed refresh token reuse exceeded"))
        self.assertEqual((self.userinfo(one), self.userinfo(two)), (200, 401))
        self.assertEqual(self.authorize(browser, "keycloak"), 302)

    def test_what_ends_a_session_of_several(self):
        cli, other = "platform-cli", "platform-cli-short"
        here, there = Browser(self.ready["origin"]), Browser(self.ready["origin"])
        self.sign_in(here, "keycloak")
        self.sign_in(there, "keycloak")
        one, two, far = self.redeem(here, cli), self.redeem(here, other), self.redeem(there, cli)
        self.assertNotEqual(one["session_state"], far["session_state"])
        # Revoking ends the client, at every browser of the person; the others go on.
        self.token(here, "/revoke", client_id=cli, token=one["refresh_token"])
        self.assertEqual(self.refresh(here, cli, one), (400, "Session not active"))
        self.assertEqual(self.refresh(there, cli, far), (400, "Session not active"))
        self.assertEqual((self.userinfo(one), self.userinfo(two)), (401, 200))
        self.assertEqual(self.authorize(here, "keycloak"), 302)
        self.assertEqual(self.authorize(there, "keycloak"), 200)
        # Signing out ends all of them.
        one = self.redeem(here, cli)
        here.send("GET", DIALECTS["keycloak"][0] + "/logout?id_token_hint=" + one["id_token"])
        for client, tokens in ((cli, one), (other, two)):
            self.assertEqual(self.refresh(here, client, tokens), (400, "Session not active"))
            self.assertEqual(self.userinfo(tokens), 401)

    def test_response_modes(self):
        for name, browser in self.each():
            for sign, mode in (("?", "query"), ("#", "fragment")):
                self.authorize(browser, name, prompt="none", response_mode=mode)
                self.assertEqual(self.back(browser, name, sign)["error"], "login_required")
            self.assertEqual(self.authorize(browser, name, prompt="none", response_mode="form_post"), 200)
            action, fields = browser.form()
            self.assertEqual((action, fields["error"], fields["state"]),
                             (GOES_BACK.get(name, USUAL), "login_required", "st1"))
            self.sign_in(browser, name)
            self.authorize(browser, name, response_mode="fragment")
            self.assertIn("code", self.back(browser, name, "#"))
            self.authorize(browser, name, response_mode="form_post")
            action, fields = browser.form()
            self.assertEqual((action, fields["state"]), (GOES_BACK.get(name, USUAL), "st1"))
            self.assertIn("code", fields)
            self.assertIn("document.forms[0].submit()", browser.body)

    def test_what_ends_it(self):
        for name, browser in self.each():
            base, _, _, logout, *_ = DIALECTS[name]
            self.sign_in(browser, name)
            stolen = dict(browser.cookies)
            self.assertEqual(browser.send("GET", f"{base}{logout}?client_id={DIALECTS[name][4]}"), 200)
            self.assertEqual(self.authorize(browser, name), 200)
            browser.cookies = stolen  # and the cookie is void, not only gone
            self.assertEqual(self.authorize(browser, name), 200)
            self.sign_in(browser, name)
            self.assertEqual(self.authorize(browser, name), 302)
            self.control("PATCH", f"/_sim/providers/{name}/users/alice", {"disabled": True})
            self.assertEqual(self.authorize(browser, name), 200)
            self.control("PATCH", f"/_sim/providers/{name}/users/alice", {"disabled": False})
            self.control("POST", "/_sim/clock/advance", {"seconds": 90000})
            self.assertEqual(self.authorize(browser, name), 200)

    def test_cookies_count_where_they_were_given(self):
        browser = Browser(self.ready["origin"])
        self.sign_in(browser, "keycloak")
        self.control("POST", "/_sim/tenants", {"provider": "keycloak", "id": "other"})
        url = ("/realms/other/protocol/openid-connect/auth?client_id=platform-cli&response_type=code"
               "&scope=openid&redirect_uri=" + urllib.parse.quote(USUAL, safe=""))
        self.assertEqual(browser.send("GET", url), 200)
        # One dialect's cookie, under the name of another's, is nobody's.
        browser.cookies = {"ESTSAUTH": browser.cookies["KEYCLOAK_IDENTITY"]}
        self.assertEqual(self.authorize(browser, "azure"), 200)
        browser.cookies = {"ESTSAUTH": "x", "idx": "y" * 5000}
        self.assertEqual(self.authorize(browser, "azure"), 200)
        self.assertEqual(self.authorize(browser, "okta"), 200)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
