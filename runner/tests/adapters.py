#!/usr/bin/env python3
"""The truth tables through every adapter: adapters.py GAUNTLET REFERENCE.

One decision point, the reference's, is asked through each protocol by a door that translates:
adapters.py door LISTEN REFERENCE ENTITIES [OPTION...]. It must pass through each, and with a
defect it must fail through each. An AuthZEN door that publishes other paths (--moved) is asked there, and
one that answers to other questions (--astray: another X-Request-ID) decides nothing. TAP.
"""
import http.client
import http.server
import json
import os
import re
import subprocess
import sys
import tempfile

ALLOW = "/apis/auth/v2/authz/allow"
PREFIX = "/apis/auth/ext-authz"
METADATA = "/.well-known/authzen-configuration"


class Door(http.server.BaseHTTPRequestHandler):
    """Speaks AuthZEN, OPA's Data API, ext_authz, forward-auth and the platform's own words."""
    protocol_version = "HTTP/1.1"
    behind = None
    moved = astray = False

    def log_message(self, format, *args):
        pass

    def ask(self, method, path, body=None):
        conn = http.client.HTTPConnection(self.behind)
        conn.request(method, path, body, {"X-NMP-Principal-Id": "service:platform"})
        answer = conn.getresponse()
        return answer.status, answer.read()

    def reply(self, status, body=b""):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if "X-Request-ID" in self.headers:
            self.send_header("X-Request-ID", self.headers["X-Request-ID"] + ("0" if self.astray else ""))
        self.end_headers()
        self.wfile.write(body)

    def decide(self, entrypoint, given):
        status, body = self.ask("POST", os.path.join(os.path.dirname(ALLOW), entrypoint),
                                json.dumps({"input": given}))
        return status, json.loads(body).get("result", {}) if status == 200 else {}

    def by_status(self, method, path):
        """Principal headers and a status, as gateways ask."""
        given = {"method": method, "path": path}
        for key, name in (("principal_id", "Principal-Id"), ("principal_email", "Principal-Email")):
            given[key] = self.headers.get("X-NMP-" + name, "")
        groups = self.headers.get("X-NMP-Principal-Groups", "").split(",")
        given["principal_groups"] = [g for g in groups if g]
        if "X-NMP-Scopes" in self.headers:
            given["scopes"] = self.headers["X-NMP-Scopes"].split()
        behalf = self.headers.get("X-NMP-Principal-On-Behalf-Of")
        if behalf:
            given["on_behalf_of_principal_id"] = behalf
        status, result = self.decide("allow", given)
        self.reply(status if status != 200 else 200 if result.get("allowed") is True else 403)

    def evaluate(self, subject, action, resource):
        given = {"principal_id": subject["id"] if subject["type"] == "user" else ""}
        for name, key in (("email", "principal_email"), ("groups", "principal_groups"),
                          ("scopes", "scopes"), ("on_behalf_of", "on_behalf_of_principal_id")):
            if name in subject["properties"]:
                given[key] = subject["properties"][name]
        if resource["type"] == "path":
            status, result = self.decide("allow", given | {"method": action["name"], "path": resource["id"]})
        elif action["name"] == "has_role":
            status, result = self.decide("has_role", given | {"workspace": resource["id"],
                                                              "role": resource["properties"]["role"]})
        else:
            names = [] if action["name"] == "has_permissions" else [action["name"]]
            status, result = self.decide("has_permissions", given | {"workspace": resource["id"],
                                                                     "permissions": names})
        return status, {"decision": result.get("allowed", result.get("has_role"))}

    def authzen(self, body):
        if "evaluations" not in body:
            status, said = self.evaluate(body["subject"], body["action"], body["resource"])
        else:
            many = [self.evaluate(body["subject"], one["action"], body["resource"])
                    for one in body["evaluations"]]
            status, said = max(one[0] for one in many), {"evaluations": [one[1] for one in many]}
        self.reply(status, json.dumps(said).encode())

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        evaluation = "/moved/" if self.moved else "/access/v1/evaluation"
        if self.path == METADATA and self.moved:
            at = f"http://{self.headers['Host']}/moved/"
            self.reply(200, json.dumps({"policy_decision_point": at, "access_evaluation_endpoint": at + "one",
                                        "access_evaluations_endpoint": at + "many"}).encode())
        elif self.path.startswith("/.well-known/") or self.moved and self.path.startswith("/access/"):
            self.reply(404)
        elif self.path.startswith(PREFIX + "/"):
            self.by_status(self.command, self.path[len(PREFIX):])
        elif self.path == "/apis/auth/authenticate":
            self.by_status(self.headers["X-Forwarded-Method"], self.headers["X-Forwarded-Uri"])
        elif self.path.startswith(evaluation):
            self.authzen(json.loads(body))
        elif self.path.startswith("/v1/data/authz/"):
            self.reply(*self.ask("POST", os.path.dirname(ALLOW) + self.path[14:], body))
        else:
            self.reply(*self.ask(self.command, self.path, body))

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = answer


def stand(listen, reference, entities, options):
    Door.moved, Door.astray = "--moved" in options, "--astray" in options
    options = [o for o in options if o not in ("--moved", "--astray")]
    with subprocess.Popen([reference, "pdp", "--entities", entities, *options],
                          stdout=subprocess.PIPE, text=True) as behind:
        Door.behind = re.search(r"http://([0-9.:]+)", behind.stdout.readline()).group(1)
        host, port = listen.split(":")
        http.server.HTTPServer((host, int(port)), Door).serve_forever()


TARGET = """target: door
kind: pdp
edition: nemo
adapter: {adapter}
lacks: [pdp.http, pdp.bundle, pdp.polls{lacks}]
command: [{python}, {here}, door, "${{pdp_listen}}", {reference}, "${{platform}}"{options}]
env:
  NMP_AUTH_ENABLED: "true"
  NMP_AUTH_ADMIN_EMAIL: "${{admin_email}}"
  NMP_AUTH_POLICY_DATA_REFRESH_INTERVAL: "1"
ready: {{url: "http://${{pdp_listen}}/health/ready"}}
caches: {{decisions: 1500ms}}
"""


def play(gauntlet, reference, adapter, options, words):
    text = TARGET.format(adapter=adapter, python=sys.executable, here=os.path.abspath(__file__),
                         reference=reference, options="".join(f', "{o}"' for o in options),
                         lacks=", pdp.envoy_form" if adapter == "authzen" else "")
    with tempfile.TemporaryDirectory() as tmp:
        path = os.path.join(tmp, "door.yaml")
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        done = subprocess.run([gauntlet, "run", "--target", path, *words], text=True, check=False,
                              stdin=subprocess.DEVNULL, capture_output=True)
    return done.returncode, done.stdout + done.stderr


def main(gauntlet, reference):
    adapters = ["nemo", "opa", "authzen", "ext-authz", "forward-auth"]
    tables = ["--section", "decisions,403"]
    defect = (["--mutant", "pdp-patch-means-read"], ["--filter", "decisions/every-endpoint-by-role*"])
    failed = 0
    print(f"1..{2 * len(adapters) + 2}")
    for i, adapter in enumerate(adapters):
        code, said = play(gauntlet, reference, adapter, [], tables)
        counts = re.search(r"\d+ passed.*", said)
        print("ok" if code == 0 else "not ok", 2 * i + 1, "-", adapter + ":",
              counts.group(0) if counts else "no end")
        caught, told = play(gauntlet, reference, adapter, *defect)
        print("ok" if caught == 1 else "not ok", 2 * i + 2, "-", adapter + ": a defect fails")
        for line in ([] if code == 0 else said.splitlines()) + ([] if caught == 1 else told.splitlines()):
            print("#", line)
        failed += (code != 0) + (caught != 1)
    table = ["--filter", "decisions/has-role-by-binding*", "--filter", "decisions/every-permission-by-role*"]
    for i, (option, want, part) in enumerate((("--moved", 0, "2 passed"), ("--astray", 3, "no decision (status 200)"))):
        code, said = play(gauntlet, reference, "authzen", [option], table)
        held = code == want and part in said
        print("ok" if held else "not ok", 2 * len(adapters) + i + 1, "- authzen", option, "exit status", code)
        for line in [] if held else said.splitlines():
            print("#", line)
        failed += not held
    return 1 if failed else 0


if sys.argv[1] == "door":
    stand(*sys.argv[2:5], sys.argv[5:])
else:
    sys.exit(main(*map(os.path.abspath, sys.argv[1:3])))
