# SPDX-License-Identifier: Apache-2.0
"""The program idp-sim from outside: program.py IDP_SIM PROVIDERS_DIR

Starts it as other people's test suites do (one JSON line when ready, ends with its parent),
steers it with ctl, and reads what the other subcommands print.
"""
import json
import os
import signal
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.parse
import urllib.request

IDP_SIM, PROVIDERS = sys.argv[1:3]
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def run(*args, stdin="", code=0):
    done = subprocess.run([IDP_SIM, *args], input=stdin, capture_output=True, text=True, timeout=60)
    assert done.returncode == code, f"{args}: exit {done.returncode}: {done.stdout}{done.stderr}"
    return done.stdout if code == 0 else done.stdout + done.stderr


def post(url, **form):
    data = urllib.parse.urlencode(form).encode()
    try:
        with opener.open(urllib.request.Request(url, data=data), timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)


class Served:
    """A simulator that ends when its stdin does."""

    def __init__(self, *args):
        self.process = subprocess.Popen(
            [IDP_SIM, "serve", "--port", "0", "--ready", "json", "--exit-on-stdin-close", *args],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.ready = json.loads(self.process.stdout.readline())

    def ctl(self, *args, code=0):
        return run("ctl", "--control", self.ready["control"], *args, code=code)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        assert self.process.wait(timeout=20) == 0
        self.process.stdout.close()


class Serving(unittest.TestCase):
    def device(self, served, client="66666666-7777-8888-9999-aaaaaaaaaaaa"):
        issuer = served.ready["issuers"]["azure"].removesuffix("/v2.0")
        return post(issuer + "/oauth2/v2.0/devicecode", client_id=client, scope="openid")

    def test_ready_line_has_everything(self):
        with Served("--tls", "--public-url", "https://idp.example.test") as served:
            shown = subprocess.run(["openssl", "x509", "-noout", "-ext", "subjectAltName", "-in",
                                    os.path.join(os.path.dirname(served.ready["ca"]), "cert.pem")],
                                   capture_output=True, text=True, timeout=20)
            self.assertIn("DNS:idp.example.test", shown.stdout)
            ready = served.ready
            self.assertEqual(sorted(ready["issuers"]), ["azure", "keycloak", "okta"])
            self.assertEqual(ready["pid"], served.process.pid)
            self.assertTrue(ready["tls_origin"].startswith("https://"))
            self.assertTrue(os.path.isfile(ready["ca"]))
        self.assertFalse(os.path.exists(ready["ca"]))

    def test_an_origin_of_its_own_is_in_the_ready_line(self):
        with Served("--listen", "azure=https://127.0.0.1:0", "--listen", "okta/org=127.0.0.1:0",
                    "--public-url", "https://idp.example.test") as served:
            ready = served.ready
            self.assertEqual(sorted(ready["origins"]), ["azure", "okta/org"])
            self.assertTrue(ready["issuers"]["azure"].startswith(ready["origins"]["azure"] + "/"))
            self.assertEqual(ready["issuers"]["okta/org"], ready["origins"]["okta/org"])
            self.assertTrue(ready["issuers"]["keycloak"].startswith("https://idp.example.test/"))
            self.assertTrue(os.path.isfile(ready["ca"]))

    def test_fail_gives_the_code_to_one_client_and_then_no_more(self):
        with Served("--adopt", "--fail", "AADSTS70011@my-app,next=1") as served:
            self.assertEqual(self.device(served)[0], 200)
            status, body = self.device(served, "my-app")
            self.assertEqual((status, body["error"]), (400, "invalid_scope"))
            self.assertIn("AADSTS70011", body["error_description"])
            self.assertEqual(self.device(served, "my-app")[0], 200)

    def test_the_clock_begins_where_it_is_told(self):
        for at in ("1900000000", "2030-03-17T17:46:40Z"):
            with Served("--at", at) as served:
                self.assertIn(json.loads(served.ctl("clock"))["now"], range(1900000000, 1900000030))

    def test_unknown_clients_are_unknown_without_adopt(self):
        with Served() as served:
            self.assertEqual(self.device(served, "my-app")[1]["error_codes"], [700016])

    def test_ctl_steers(self):
        with Served("--provider", "keycloak") as served:
            token = served.ready["issuers"]["keycloak"] + "/protocol/openid-connect/token"
            login = {"grant_type": "password", "client_id": "platform-cli", "username": "alice",
                     "password": "alice-pw", "scope": "openid"}
            _, tokens = post(token, **login)
            refresh = {"grant_type": "refresh_token", "client_id": "platform-cli",
                       "refresh_token": tokens["refresh_token"]}
            self.assertEqual(json.loads(served.ctl("expire", "refresh", "--user", "alice"))["ended"], 1)
            self.assertEqual(post(token, **refresh)[0], 400)
            served.ctl("fail", "invalid_scope@platform-cli,next=1")
            self.assertEqual(post(token, **login)[1]["error"], "invalid_scope")
            self.assertEqual(post(token, **login)[0], 200)
            served.ctl("user", "keycloak", "alice", '{"disabled": true}')
            self.assertEqual(post(token, **login)[0], 400)
            served.ctl("reset")
            served.ctl("clock", "advance", "90d")
            journal = json.loads(served.ctl("journal", "--endpoint", "token"))
            self.assertEqual(journal["entries"], [])
            minted = served.ctl("mint", "--user", "alice", "--forge", "alg-none").strip()
            self.assertTrue(minted.endswith("."))
            self.assertIn("no provider gives", served.ctl("fail", "NOPE", code=1))
            self.assertIn("needs USER_CODE", served.ctl("approve", code=2))
            served.ctl("call", "PUT", "/_sim/clock", '{"frozen": true}')

    def test_a_device_login_is_waited_for_and_approved(self):
        with Served() as served:
            _, device = self.device(served)
            served.ctl("journal", "--endpoint", "device", "--wait", "10")
            served.ctl("approve", device["user_code"], "alice")
            issuer = served.ready["issuers"]["azure"].removesuffix("/v2.0")
            status, tokens = post(issuer + "/oauth2/v2.0/token",
                                  grant_type="urn:ietf:params:oauth:grant-type:device_code",
                                  client_id="66666666-7777-8888-9999-aaaaaaaaaaaa",
                                  device_code=device["device_code"])
            self.assertEqual(status, 200)
            shown = json.loads(run("decode", "--json", tokens["access_token"]))
            self.assertEqual(shown["claims"]["tid"], "11111111-2222-3333-4444-555555555555")

    def test_hangup_reads_the_configuration_again(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "idp-sim.yaml")
            run("init", path)
            self.assertIn("is there already", run("init", path, code=1))
            self.assertIn(": good", run("validate", path))
            process = subprocess.Popen([IDP_SIM, "serve", "--port", "0", "--config", path],
                                       stdout=subprocess.PIPE, text=True)

            def line_with(word):
                return next(line for line in process.stdout if word in line)

            control = line_with("control ").split()[1].removesuffix("/_sim/")

            def users():
                listed = json.loads(run("ctl", "--control", control, "provider", "keycloak"))
                return [user["name"] for user in listed["users"]]

            line_with("Ready in")
            self.assertIn("zoe", users())
            with open(path, encoding="utf-8") as source:
                text = source.read().replace("name: zoe", "name: yan")
            with open(path, "w", encoding="utf-8") as out:
                out.write(text)
            process.send_signal(signal.SIGHUP)
            line_with("reloaded")
            self.assertIn("yan", users())
            self.assertNotIn("zoe", users())
            process.terminate()
            self.assertEqual(process.wait(timeout=20), 0)
            process.stdout.close()

    def test_hangup_names_the_line_of_a_broken_provider_file(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "okta.yaml")
            with open(os.path.join(PROVIDERS, "okta.yaml"), encoding="utf-8") as source:
                text = source.read()

            def write(changed):
                with open(path, "w", encoding="utf-8") as out:
                    out.write(changed)

            write(text)
            process = subprocess.Popen(
                [IDP_SIM, "serve", "--port", "0", "--ready", "json", "--provider", path],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            ready = json.loads(process.stdout.readline())
            write(text.replace("behaviours:", "behaviors:", 1))
            process.send_signal(signal.SIGHUP)
            line = text[:text.index("behaviours:")].count("\n") + 1
            self.assertIn(f"okta.yaml:{line}:", process.stderr.readline())
            self.assertIn(post(ready["issuers"]["okta"] + "/v1/token")[0], (400, 401))
            write(text.replace("title:", "title: Changed", 1))
            run("ctl", "--control", ready["control"], "reload")
            shown = json.loads(run("ctl", "--control", ready["control"], "provider", "okta"))
            self.assertTrue(shown["title"].startswith("Changed"))
            process.terminate()
            self.assertEqual(process.wait(timeout=20), 0)
            process.stdout.close()
            process.stderr.close()

    def test_a_signal_ends_it(self):
        served = Served()
        served.process.send_signal(signal.SIGTERM)
        self.assertEqual(served.process.wait(timeout=20), 0)
        served.process.stdin.close()
        served.process.stdout.close()

    def test_the_screen_has_a_curl_line_for_each_provider(self):
        process = subprocess.Popen([IDP_SIM, "serve", "--port", "0"], stdout=subprocess.PIPE,
                                   text=True)
        lines = []
        for line in process.stdout:
            lines.append(line.rstrip())
            if line.startswith("Ready in"):
                break
        curls = [line.split() for line in lines if line.startswith("  curl ")]
        self.assertEqual(len(curls), 3)
        for words in curls:
            done = subprocess.run(["curl", "--noproxy", "*", *words[1:]], capture_output=True,
                                  text=True, timeout=20)
            self.assertIn("user_code", done.stdout)
        process.terminate()
        process.wait(timeout=20)
        process.stdout.close()

    def test_mistakes_on_the_command_line(self):
        for args, want in ((["serv"], "did you mean 'serve'"), (["serve", "--prot", "0"], "--port"),
                           (["serve", "--port", "x"], "whole number"),
                           (["serve", "--port", "0", "--fail", "NOPE"], "NOPE"),
                           (["serve", "--ready", "xml"], "json"),
                           (["serve", "extra"], "extra"),
                           (["mint", "--claim", "x"], "NAME=VALUE"),
                           (["mint", "--user", "nobody"], "nobody"),
                           (["schema", "nothing"], "provider"),
                           (["serve", "--port", "99999"], "--port: 99999 is no port: 0 to 65535"),
                           (["serve", "--tls-port", "-1"], "--tls-port"),
                           (["serve", "--at", "tomorrow"], "2030-01-31T12:00:00Z"),
                           (["serve", "--alg", "HS256"], "neither RS256 nor ES256"),
                           (["mint", "--age", "2hh"], "'age' has to be a duration"),
                           (["mint", "--lifetime", "soon"], "'lifetime' has to be a duration"),
                           (["replay", "/no/such/folder"], "/no/such/folder: No such file"),
                           (["ctl", "nothing"], "unknown command")):
            self.assertIn(want, run(*args, code=2))
        for command in ("explain", "reproduce"):
            self.assertIn("did you mean 'invalid_scope'?", run(command, "invalid_skope", code=1))
        self.assertIn("no JSON Web Token", run("decode", stdin="abc", code=1))
        self.assertIn("is `idp-sim serve` running", run("ctl", "--control", "http://127.0.0.1:9",
                                                        "health", code=3))


class Printing(unittest.TestCase):
    def test_errors_explain_and_reproduce_agree(self):
        listed = json.loads(run("errors", "--json"))
        row = next(e for e in listed if e["code"] == "AADSTS70011")
        self.assertEqual((row["status"], row["error"]), (400, "invalid_scope"))
        shown = run("errors", "azure")
        self.assertIn("AADSTS7000218", shown)
        self.assertTrue(all(len(line) <= 100 for line in shown.splitlines()), "wider than 100")
        text = run("explain", "AADSTS70011")
        for word in ("means", "happens", "fix", "elsewhere", "see it", "official doc"):
            self.assertIn(word, text)
        self.assertIn("login/invalid-scope-stops", text)
        mute = [e["code"] for e in listed if not (e["means"] and e["when"] and e["fix"])]
        self.assertEqual(mute, [])
        live = run("reproduce", "AADSTS70011")
        self.assertIn("HTTP 400", live)
        self.assertIn("curl -s http://127.0.0.1:8480/", live)
        self.assertIn("no provider gives", run("explain", "AADSTS1", code=1))

    def test_mint_and_decode(self):
        token = run("mint", "--provider", "okta", "--user", "alice", "--age", "2h", "--lifetime", "1h",
                    "--claim", "groups=[\"a\"]", "--claim", "ver=null", "--header", "typ=at+jwt")
        shown = json.loads(run("decode", "--json", stdin="Bearer " + token))
        self.assertEqual(shown["header"]["typ"], "at+jwt")
        self.assertEqual(shown["claims"]["groups"], ["a"])
        self.assertNotIn("ver", shown["claims"])
        self.assertIn("ago", run("decode", stdin=token))

    def test_provider_files_are_good_and_mistakes_have_a_place(self):
        names = sorted(os.listdir(PROVIDERS))
        run("validate", *(os.path.join(PROVIDERS, n) for n in names if n.endswith(".yaml")))
        with open(os.path.join(PROVIDERS, "okta.yaml"), encoding="utf-8") as source:
            text = source.read()
        for old, new, want in (("behaviours:", "behaviors:", "did you mean 'behaviours'"),
                               ("${issuer}", "${isuer}", "isuer"),
                               ("public: true", "public: 'yes'", "must be true or false")):
            with tempfile.NamedTemporaryFile("w", suffix=".yaml") as broken:
                broken.write(text.replace(old, new, 1))
                broken.flush()
                said = run("validate", broken.name, code=1)
                self.assertIn(want, said)
                self.assertRegex(said, r"\.yaml:\d+:\d+: ")

    def test_a_configuration_without_providers_is_told_so(self):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write("users:\n  - name: zoe\n")
            file.flush()
            self.assertIn("below providers: NAME:", run("validate", file.name, code=1))

    def test_schemas_are_json(self):
        for which in ("config", "provider"):
            self.assertEqual(json.loads(run("schema", which))["type"], "object")

    def test_every_command_has_help(self):
        lines = [line.split()[0] for line in run("--help").splitlines() if line.startswith("  ")]
        self.assertGreaterEqual(len(lines), 10)
        for name in lines:
            self.assertTrue(run(name, "--help"))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]], verbosity=1)
