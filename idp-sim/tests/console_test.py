# SPDX-License-Identifier: Apache-2.0
"""The console and the provider's pages in a real Chromium, over the WebDriver protocol.

    python3 console_test.py IDP_SIM SCREENSHOTS

Exit 77 when there is no Chromium.
"""
import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.parse
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "clients"))
from simulator import Simulator  # noqa: E402

PROGRAM = SHOTS = None
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
TAB, ENTER = "\ue004", "\ue007"  # as WebDriver calls them
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--disable-dev-shm-usage", "--hide-scrollbars"]


class Browser:
    """One Chromium; find and click by CSS or by the words on a button."""

    def __init__(self, width=1440, height=1000):
        self.profile = tempfile.mkdtemp()
        self.driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE,
                                       stderr=subprocess.DEVNULL, text=True)
        for line in self.driver.stdout:
            if "started successfully on port" in line:
                port = int(line.split("port ")[1].strip(" .\n"))
                self.base = f"http://127.0.0.1:{port}"
                break
        options = {"args": FLAGS + [f"--user-data-dir={self.profile}",
                                    f"--window-size={width},{height}"]}
        value = self.send("POST", "/session", {"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": options}}})
        self.session = "/session/" + value["sessionId"]

    def send(self, method, path, body=None):
        data = json.dumps(body or {}).encode() if method == "POST" else None
        request = urllib.request.Request(self.base + path, data, method=method,
                                         headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.loads(answer.read())["value"]
        except urllib.error.HTTPError as problem:
            raise AssertionError(json.loads(problem.read())["value"]["message"]) from None

    def open(self, url):
        self.send("POST", self.session + "/url", {"url": url})

    def find(self, selector):
        """Waits for the element inside the browser, not by sleeping here."""
        using = "xpath" if selector.startswith("//") else "css selector"
        self.send("POST", self.session + "/timeouts", {"implicit": 10000})
        return self.send("POST", self.session + "/element",
                         {"using": using, "value": selector})[ELEMENT]

    def click(self, selector):
        """A section may be exchanged between the look-up and the click: then it is looked up anew."""
        for _ in range(5):
            try:
                return self.send("POST", f"{self.session}/element/{self.find(selector)}/click")
            except AssertionError as problem:
                if "stale element" not in str(problem):
                    raise
        raise AssertionError(f"{selector} never stands still")

    def button(self, words):
        self.click(f"//button[normalize-space()='{words}']|//input[@type='submit'][@value='{words}']")

    def type(self, selector, text):
        self.send("POST", f"{self.session}/element/{self.find(selector)}/value", {"text": text})

    def run(self, script, *words):
        return self.send("POST", self.session + "/execute/sync",
                         {"script": script, "args": list(words)})

    def text(self):
        return self.run("return document.body.innerText")

    def wait_for(self, words):
        """Resolves in the page as soon as the words are there; anew when the page was left meanwhile."""
        self.send("POST", self.session + "/timeouts", {"script": 2000})
        for _ in range(10):
            try:
                self.send("POST", self.session + "/execute/async", {"script": """
                    const [words, done] = arguments;
                    const look = () => document.body.innerText.includes(words) && (watch.disconnect(), done(true));
                    const watch = new MutationObserver(look);
                    watch.observe(document.body, { childList: true, subtree: true, characterData: true });
                    look();""", "args": [words]})
                return
            except AssertionError as problem:
                last = problem
        raise AssertionError(f"'{words}' never came: {last}")

    def press(self, key):
        self.send("POST", self.session + "/actions", {"actions": [{"type": "key", "id": "keys", "actions": [
            {"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]}]})

    def devtools(self, command, **params):
        return self.send("POST", self.session + "/goog/cdp/execute", {"cmd": command, "params": params})

    def be_phone(self):
        """A window is never as narrow as a phone; the device that it plays is."""
        self.devtools("Emulation.setDeviceMetricsOverride", width=390, height=844, deviceScaleFactor=1,
                      mobile=True)

    def shot(self, name):
        """The whole page, not what of it fits into the window."""
        answer = self.devtools("Page.captureScreenshot", captureBeyondViewport=True)
        picture = base64.b64decode(answer["data"])
        with open(os.path.join(SHOTS, name + ".png"), "wb") as f:
            f.write(picture)
        return len(picture)

    def close(self):
        self.send("DELETE", self.session)
        self.driver.terminate()
        self.driver.wait()
        self.driver.stdout.close()
        shutil.rmtree(self.profile, ignore_errors=True)


def post(url, **fields):
    data = urllib.parse.urlencode(fields).encode()
    try:
        with urllib.request.urlopen(url, data, timeout=20) as answer:
            return json.loads(answer.read())
    except urllib.error.HTTPError as problem:
        return json.loads(problem.read())


class Console(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sim = Simulator(PROGRAM)
        cls.browser = Browser()
        with urllib.request.urlopen(
                cls.sim.ready["issuers"]["keycloak"] + "/.well-known/openid-configuration") as f:
            cls.endpoints = json.load(f)

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()
        cls.sim.__exit__()

    def setUp(self):
        self.sim.call("POST", "/_sim/reset")

    def device(self):
        return post(self.endpoints["device_authorization_endpoint"], client_id="platform-cli",
                    scope="openid platform:read")

    def poll(self, device):
        return post(self.endpoints["token_endpoint"], client_id="platform-cli",
                    grant_type="urn:ietf:params:oauth:grant-type:device_code",
                    device_code=device["device_code"])

    def password(self):
        return post(self.endpoints["token_endpoint"], client_id="platform-cli", username="alice",
                    grant_type="password", password="alice-pw", scope="openid")

    def test_approve_in_the_console(self):
        device = self.device()
        self.browser.open(self.sim.ready["control"] + "/")
        self.assertIn(device["user_code"], self.browser.text())
        self.browser.button("Approve")
        self.browser.wait_for("When a CLI asks")
        self.assertIn("access_token", self.poll(device))

    def test_deny_in_the_console(self):
        device = self.device()
        self.browser.open(self.sim.ready["control"] + "/")
        self.browser.button("Deny")
        self.browser.wait_for("When a CLI asks")
        self.assertEqual(self.poll(device)["error"], "access_denied")

    def test_code_entry_to_token_on_the_providers_pages(self):
        device = self.device()
        self.browser.open(device["verification_uri"])
        self.assertIn("Simulated", self.browser.text())
        self.assertEqual(self.browser.run("return document.querySelectorAll('svg.qr path').length"), 1)
        self.browser.shot("device-page")
        self.browser.type("input[name=device_user_code]", device["user_code"].lower())
        self.browser.click("[type=submit]")
        self.browser.type("input[name=username]", "alice")
        self.browser.type("input[name=password]", "alice-pw")
        self.browser.shot("sign-in-page")
        self.browser.click("[type=submit]")
        self.browser.shot("consent-page")
        self.browser.click("[name=accept]")
        self.browser.wait_for("Successful")
        self.assertIn("access_token", self.poll(device))

    def test_the_page_follows_without_reload(self):
        self.browser.open(self.sim.ready["control"] + "/")
        self.browser.wait_for("no request yet")
        self.browser.shot("console-empty")
        self.password()
        self.browser.wait_for("alice, platform-cli")

    def test_trouble_on_and_off(self):
        self.browser.open(self.sim.ready["control"] + "/")
        self.browser.click("//div[contains(., 'HTML instead of JSON')]/../form/button|"
                           "//div[@class='switch'][contains(., 'HTML instead of JSON')]//button")
        self.browser.wait_for("1 trouble is on")
        request = urllib.request.Request(self.endpoints["token_endpoint"], b"grant_type=x")
        with self.assertRaises(Exception):
            json.loads(urllib.request.urlopen(request, timeout=20).read())
        self.browser.button("Clear all")
        self.browser.find("//div[@id='banner'][not(.//b)]")
        self.assertEqual(self.sim.call("GET", "/_sim/troubles")["troubles"], [])
        self.assertIn("access_token", self.password())

    def test_clock_jump(self):
        tokens = self.password()
        self.browser.open(self.sim.ready["control"] + "/")
        self.browser.button("+90 d")
        self.browser.wait_for("ahead of real time")
        answer = post(self.endpoints["token_endpoint"], client_id="platform-cli",
                      grant_type="refresh_token", refresh_token=tokens["refresh_token"])
        self.assertEqual(answer["error"], "invalid_grant")

    def test_a_session_is_ended(self):
        tokens = self.password()
        self.browser.open(self.sim.ready["control"] + "/")
        self.browser.click("//section[@id='sessions']//button[@aria-label='end the session of alice']")
        self.browser.wait_for("revoked")
        answer = post(self.endpoints["token_endpoint"], client_id="platform-cli",
                      grant_type="refresh_token", refresh_token=tokens["refresh_token"])
        self.assertEqual(answer["error"], "invalid_grant")

    def test_one_provider(self):
        self.device()
        self.browser.open(self.sim.ready["control"] + "/")
        self.browser.click("//nav//a[.='okta']")
        self.browser.wait_for("Sign-ins waitingnone")
        self.browser.click("//nav//a[.='keycloak']")
        self.browser.button("Deny")  # and the form leads back to where it was
        self.browser.find("//nav//a[.='keycloak' and @aria-current]")

    def test_keys_rotate(self):
        self.browser.open(self.sim.ready["control"] + "/")
        before = len(self.sim.call("GET", "/_sim/keys")["keys"])
        self.browser.button("rotate")
        self.browser.find("//table[@class='keys']")
        self.assertGreater(len(self.sim.call("GET", "/_sim/keys")["keys"]), before)

    def be_busy(self):
        """Something of everything, so that a picture shows what a day looks like."""
        token = self.endpoints["token_endpoint"]
        for name in ("azure", "okta", "keycloak"):
            issuer = self.sim.ready["issuers"][name]
            with urllib.request.urlopen(issuer + "/.well-known/openid-configuration") as f:
                there = json.load(f)
            client = {"azure": "66666666-7777-8888-9999-aaaaaaaaaaaa", "okta": "0oa15wulqt5yqD9FP5d7",
                      "keycloak": "platform-cli"}[name]
            post(there["device_authorization_endpoint"], client_id=client, scope="openid")
            for user in ("alice", "bob"):
                got = post(there["token_endpoint"], client_id=client, username=user, grant_type="password",
                           password=user + "-pw", scope="openid offline_access")
                post(there["token_endpoint"], client_id=client, grant_type="refresh_token",
                     refresh_token=got["refresh_token"])
            post(there["token_endpoint"], client_id="nobody", grant_type="password")
            urllib.request.urlopen(there["jwks_uri"]).close()
        post(token, client_id="platform-svc", client_secret="svc-secret", grant_type="client_credentials")
        self.sim.call("POST", "/_sim/refresh/revoke", {"user": "bob", "provider": "okta"})

    def test_pictures_and_reading_without_script(self):
        self.be_busy()
        device = self.device()
        self.poll(device)
        self.password()
        post(self.endpoints["token_endpoint"], client_id="platform-cli", username="alice",
             grant_type="password", password="wrong")
        self.sim.call("POST", "/_sim/troubles", {"kind": "wire", "what": "429", "next": 2,
                                                 "endpoint": "token", "number": 7})
        chosen = self.sim.seen(grant="password")[0]["seq"]
        console = f"{self.sim.ready['control']}/?entry={chosen}"
        with urllib.request.urlopen(console) as f:
            page = f.read().decode()
        self.assertIn("unique_name", page)  # the decoded token is in the page itself
        self.assertRegex(page, r"exp\S+ [0-9]+, <i>in [0-9]+ (h|min)")
        self.assertNotIn("alice-pw", page)
        self.browser.open(console)
        self.assertGreater(self.browser.shot("console-busy"), 20000)
        phone = Browser()
        phone.be_phone()
        phone.open(self.sim.ready["control"] + "/")
        self.assertEqual(phone.run("return innerWidth"), 390)
        wide = phone.run("return document.documentElement.scrollWidth <= innerWidth")
        phone.shot("console-phone")
        phone.close()
        self.assertTrue(wide, "the page scrolls sideways on a phone")

    def test_keyboard(self):
        """Tab reaches the first sign-in's Approve, and Enter presses it."""
        device = self.device()
        self.browser.open(self.sim.ready["control"] + "/")
        for _ in range(20):
            self.browser.press(TAB)
            if self.browser.run("return document.activeElement.name") == "approve":
                break
        outline = self.browser.run("return getComputedStyle(document.activeElement).outlineStyle")
        self.assertEqual(outline, "solid")
        self.browser.press(ENTER)
        self.browser.wait_for("When a CLI asks")
        self.assertIn("access_token", self.poll(device))

    def test_a_screen_reader_is_told_what_everything_is(self):
        self.be_busy()
        self.browser.open(self.sim.ready["control"] + "/")
        self.browser.devtools("Accessibility.enable")
        nodes = self.browser.devtools("Accessibility.getFullAXTree")["nodes"]
        said = [(n["role"]["value"], n.get("name", {}).get("value", "")) for n in nodes if not n["ignored"]]
        acts = [(role, name) for role, name in said if role in ("button", "link", "combobox", "textbox")]
        self.assertGreater(len(acts), 20)
        self.assertEqual([role for role, name in acts if not name.strip()], [])
        roles = {role for role, _ in said}
        self.assertLessEqual({"main", "navigation", "status", "table", "columnheader"}, roles)
        headings = [name for role, name in said if role == "heading"]
        for words in ("idp-sim console", "Sign-ins waiting", "Journal", "Sessions", "Clock", "Keys", "Troubles"):
            self.assertTrue(any(h.startswith(words) for h in headings), (words, headings))

    def test_everything_has_a_name(self):
        self.device()
        self.browser.open(self.sim.ready["control"] + "/")
        nameless = self.browser.run("""
            return [...document.querySelectorAll('button, input:not([type=hidden]), select, a')]
              .filter((e) => !(e.innerText || e.getAttribute('aria-label') || '').trim())
              .map((e) => e.outerHTML)""")
        self.assertEqual(nameless, [])


if __name__ == "__main__":
    PROGRAM, SHOTS = sys.argv[1:3]
    if not shutil.which("chromedriver") or not shutil.which("chromium"):
        print("SKIPPED: chromium and chromium-driver are not installed")
        sys.exit(77)
    os.makedirs(SHOTS, exist_ok=True)
    unittest.main(argv=sys.argv[:1], verbosity=2)
