# SPDX-License-Identifier: Apache-2.0
"""No report holds a secret of the lab: secrets.py GAUNTLET REFERENCE SOURCE

Plays real rows on the real lab against CLIs, a gateway, a decision point and a service that are
made to fail, some of them by showing what they know. Beside each stands a witness, outside of
gauntlet: the CLI's keeps the words typed and the tokens stored, the others' the raw requests. The loud CLI does the
device flow itself, and prints every code, token and environment password in every encoding.
All that they saw, and the passwords and client secrets of the provider files, are then searched
for in every report of the runs and of one `gate` over them, in every encoding that a message
can carry it in.
"""
import base64
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.parse
from concurrent.futures import ThreadPoolExecutor

GAUNTLET, REFERENCE, SOURCE = (os.path.abspath(p) for p in sys.argv[1:4])
PASSWORD = "p@ss wörd/+=&%41 of CI"
FORMATS = ["text", "junit", "tap", "json", "ctrf", "sarif", "github", "summary", "markdown", "html"]
JWT = re.compile(r"eyJ[\w-]+\.[\w-]*\.([\w-]{20,})")

# Runs the reference CLI; keeps the arguments and every file of its home.
CLI_WITNESS = """
import os, sys
ended = os.spawnv(os.P_WAIT, %(reference)r, [%(reference)r, "cli", *sys.argv[1:]])
with open(%(seen)r, "a") as seen:
    seen.write("\\n".join(sys.argv[1:]) + "\\n")
    for folder, _, names in os.walk(os.environ["HOME"]):
        for name in names:
            if name.endswith(".yaml"):
                seen.write(open(os.path.join(folder, name)).read())
sys.exit(ended if ended >= 0 else 128 - ended)
"""

CLI_TARGET = """
target: leaking-cli
kind: cli
edition: nemo
command: ["%(python)s", "-SE", "${here}/witness.py"]
config: "${home}/.config/nmp/config.yaml"
env: {NMP_BASE_URL: "${platform}", REFERENCE_MUTANT: "%(mutants)s"}
claims: [cli.login, cli.scope_option, cli.no_browser, cli.status, cli.token, cli.refresh,
  cli.no_auto_refresh, cli.logout, cli.workspaces, cli.password]
verbs:
  login: [auth, login, [--base-url, "${base_url}"], [--scope, "${scope}"],
    [--no-browser, "${?no_browser}"], [--username, "${username}"], [--password, "${password}"]]
  status: [auth, status]
  token: [auth, token]
  refresh: [auth, refresh]
  logout: [auth, logout]
  workspaces-list: [workspaces, list]
"""

# A CLI of its own: device flow, refresh, and a tongue that it cannot hold.
LOUD_WITNESS = """
import base64, json, os, pathlib, sys, time, urllib.error, urllib.parse, urllib.request
verb, *words = sys.argv[1:]
store = pathlib.Path(os.environ["HOME"], "loud.json")
def tell(kind, secret):
    with open(%(seen)r, "a") as seen:
        seen.write("SECRET " + secret + "\\n")
    raw = secret.encode()
    out = sys.stdout if kind != "password" else sys.stderr
    print(kind, "is", secret, file=out)
    print("base64", base64.b64encode(b"xy" + raw).decode(), base64.urlsafe_b64encode(raw).decode(), file=out)
    print("hex", raw.hex(), "percent", "".join("%%%%%%02x" %% b for b in raw),
          urllib.parse.quote(secret, safe=""), json.dumps(secret), file=out)
def call(url, form=None, token=None):
    headers = {"Authorization": "Bearer " + token} if token else {}
    body = urllib.parse.urlencode(form).encode() if form else None
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=20) as a:
            return json.load(a)
    except urllib.error.HTTPError as refused:
        text = refused.read().decode()
        return json.loads(text) if text.startswith("{") else {"error": text or "none"}
def keep(tokens):
    for kind in ("access_token", "refresh_token", "id_token"):
        if kind in tokens:
            tell(kind, tokens[kind])
    store.write_text(json.dumps(tokens))
def oidc():
    found = call(os.environ["LOUD_PLATFORM"] + "/apis/auth/discovery")["oidc"]
    return found, call(found["issuer"] + "/.well-known/openid-configuration")
tell("password", os.environ["LOUD_PASSWORD"])
if verb == "login":
    auth, idp = oidc()
    client = {"client_id": auth["client_id"]}
    scope = auth.get("default_scopes") or "openid offline_access"
    device = call(idp["device_authorization_endpoint"], {**client, "scope": scope})
    if "error" in device:
        sys.exit("Error: " + json.dumps(device))
    print(device["verification_uri"], device["user_code"], flush=True)
    tell("device_code", device["device_code"])
    sys.stdout.flush()
    interval = device.get("interval", 5)
    while True:
        time.sleep(interval)
        got = call(idp["token_endpoint"], {**client, "device_code": device["device_code"],
                   "grant_type": "urn:ietf:params:oauth:grant-type:device_code"})
        interval += 5 if got.get("error") == "slow_down" else 0
        if got.get("error") not in ("authorization_pending", "slow_down"):
            break
    if "error" in got:
        sys.exit("Error: " + json.dumps(got))
    keep(got)
elif verb == "logout":
    store.unlink(missing_ok=True)
elif not store.exists():
    sys.exit("Error: not logged in")
elif verb == "refresh":
    auth, idp = oidc()
    got = call(idp["token_endpoint"], {"client_id": auth["client_id"], "grant_type": "refresh_token",
               "refresh_token": json.loads(store.read_text())["refresh_token"]})
    if "error" in got:
        sys.exit("Error: " + json.dumps(got))
    keep(got)
elif verb in ("status", "token"):
    keep(json.loads(store.read_text()))
else:
    got = call(os.environ["LOUD_PLATFORM"] + "/apis/entities/v2/workspaces", None,
               json.loads(store.read_text())["access_token"])
    print(json.dumps(got))
"""

LOUD_TARGET = """
target: loud-cli
kind: cli
edition: nemo
settings: {word: "${env:GAUNTLET_TEST_PASSWORD}"}
command: ["%(python)s", "-SE", "${here}/witness.py"]
config: "${home}/loud.json"
env: {LOUD_PLATFORM: "${platform}", LOUD_PASSWORD: "${word}"}
claims: [cli.login, cli.no_browser, cli.status, cli.token, cli.refresh, cli.logout, cli.workspaces]
verbs: {login: [login], status: [status], token: [token], refresh: [refresh], logout: [logout],
  workspaces-list: [list]}
"""

# Forwards bytes to the reference gateway on another port; keeps what clients send.
# Stands before a part of the reference platform.
DOOR_WITNESS = """
import socket, subprocess, sys, threading
part, host, port, inner, *rest = sys.argv[1:]
inside = subprocess.Popen([%(reference)r, part, "--listen", host + ":" + inner, *rest],
                          stdout=subprocess.PIPE)
inside.stdout.readline()
seen = open(%(seen)r, "ab", buffering=0)
def pump(a, b, keep):
    try:
        while data := a.recv(65536):
            keep and seen.write(data)
            b.sendall(data)
        b.shutdown(socket.SHUT_WR)
    except OSError:
        pass
listener = socket.create_server((host, int(port)), backlog=128)
while True:
    client = listener.accept()[0]
    try:
        server = socket.create_connection((host, int(inner)))
    except OSError:
        client.close()
        continue
    threading.Thread(target=pump, args=(client, server, True), daemon=True).start()
    threading.Thread(target=pump, args=(server, client, False), daemon=True).start()
"""

GATEWAY_TARGET = """
target: leaking-gateway
kind: gateway
edition: nemo
command: ["%(python)s", "${here}/witness.py", gateway, "${gateway_listen.host}",
  "${gateway_listen.port}", "${port.inner}", --pdp, "${pdp}", --upstream, "${upstream}", %(mutants)s]
ready: {url: "${url}/health/live", timeout: 60s}
claims: []
"""



def by_init(kind):
    """The target file that `gauntlet init KIND` writes, with the witness before its part."""
    text = subprocess.run([GAUNTLET, "init", kind], capture_output=True, text=True, check=True).stdout
    command = re.search(r'^command: \["\$\{program\}", \w+, --listen, "[^"]+", (.*)\]$', text, re.M)
    return text.replace("%", "%%").replace(
        command[0], f'command: ["%(python)s", "${{here}}/witness.py", {kind}, "${{{kind}_listen.host}}", '
        f'"${{{kind}_listen.port}}", "${{port.inner}}", {command[1]}, %(mutants)s]')


RUNS = [
    ("cli", CLI_WITNESS, CLI_TARGET, "--section tokens,login,refresh --provider azure,okta",
     ["cli-prints-password", "cli-status-prints-token", "cli-token-on-stderr"]),
    ("loud", LOUD_WITNESS, LOUD_TARGET, "--section tokens --provider okta,keycloak", []),
    ("gateway", DOOR_WITNESS, GATEWAY_TARGET, "--section gateway,gateway-headers,401",
     ["gateway-keeps-principal-id", "gateway-answers-403-for-401"]),
    ("pdp", DOOR_WITNESS, by_init("pdp"), "--section 403,admin --provider keycloak",
     ["pdp-admin-ignores-case"]),
    ("service", DOOR_WITNESS, by_init("service"), "--section 401,403 --provider keycloak",
     ["service-trusts-principal-header", "service-trusts-without-pdp"]),
]


def prepare(name, witness, target, mutants):
    """The target of that name in a folder of its own; returns where its witness writes."""
    folder = os.path.abspath(name)
    os.mkdir(folder)
    seen = os.path.join(folder, "seen")
    words = {"python": sys.executable, "reference": REFERENCE, "seen": seen,
             "mutants": ",".join(mutants) if witness is CLI_WITNESS else ", ".join(
                 f"--mutant, {m}" for m in mutants)}
    pathlib.Path(folder, "witness.py").write_text(witness % words, encoding="utf-8")
    pathlib.Path(folder, "target.yaml").write_text(target % words, encoding="utf-8")
    return seen


def play(name, witness, target, selection, mutants):
    """One run; the reports are NAME.FORMAT. Returns what the witness saw."""
    seen = prepare(name, witness, target, mutants)
    gauntlet(name, "run", "--target", f"{name}/target.yaml", *selection.split())
    return text_of(seen)


def text_of(path):
    return pathlib.Path(path).read_text(encoding="utf-8", errors="replace")


def gauntlet(name, *words):
    """Must end with failures: what fails is what reports tell at length."""
    reports = [w for f in FORMATS for w in ("--report", f"{f}={name}.{f}")]
    ran = subprocess.run([GAUNTLET, *words, *reports], capture_output=True, text=True, check=False,
                         env={**os.environ, "GAUNTLET_TEST_PASSWORD": PASSWORD})
    pathlib.Path(f"{name}.stdout").write_text(ran.stdout + ran.stderr, encoding="utf-8")
    results = json.loads(text_of(f"{name}.json"))
    assert ran.returncode == 1 and results["counts"]["failed"] > 0, ran.stdout + ran.stderr
    print(f"{name}: {results['counts']}")


def gate():
    """One verdict over both CLIs; a secret of one is one in the words of the other."""
    seen = [prepare(f"gate-{name}", witness, target, mutants)
            for name, witness, target, _, mutants in RUNS if name in ("loud", "cli")]
    pathlib.Path("release.yaml").write_text(
        "release: leaking\ntargets:\n- {target: gate-loud/target.yaml}\n"
        "- {target: gate-cli/target.yaml}\n", encoding="utf-8")
    gauntlet("gate", "gate", "release.yaml", "--section", "tokens", "--provider", "okta")
    return "".join(map(text_of, seen))


def known_to_providers():
    text = "".join(p.read_text(encoding="utf-8")
                   for p in pathlib.Path(SOURCE, "fixtures/providers").glob("*.yaml"))
    return set(re.findall(r"\bpassword: '?([\w-]+-pw)\b", text)) | set(
        re.findall(r"^ +secret: '?([\w-]{6,})'?$", text, re.M))


def secrets_in(seen):
    """Signatures, opaque tokens as stored or sent, and typed passwords."""
    found = set(JWT.findall(seen))
    found |= set(re.findall(r"refresh_token: *[\"']?([^\s\"']{12,})", seen))
    found |= {t for t in re.findall(r"(?i)authorization: bearer ([\w.~+/=-]{20,})", seen)
              if not t.startswith("eyJ")}
    found |= set(re.findall(r"(?i)cookie: [^=\s]+=([^;\s]{12,})", seen))
    found |= set(re.findall(r"^--password\n(.+)$", seen, re.M))
    found |= {t for t in re.findall(r"^SECRET (.+)$", seen, re.M) if not t.startswith("eyJ")}
    claims = "".join(base64.urlsafe_b64decode(c + "=" * (-len(c) % 4)).decode(errors="replace")
                     for c in set(re.findall(r"eyJ[\w-]+\.(eyJ[\w-]*)", seen)))
    # Claims are evidence and stay; what a provider says there is no secret of it.
    return {f for f in found if f != "password" and f not in claims}


def encodings(secret):
    raw = secret.encode()
    yield "as it is", secret
    yield "percent-encoded", "".join(f"%{b:02X}" for b in raw)
    yield "percent-encoded, lower case", "".join(f"%{b:02x}" for b in raw)
    yield "percent-encoded where needed", urllib.parse.quote(secret, safe="")
    yield "form-encoded", urllib.parse.quote_plus(secret)
    yield "JSON-escaped", json.dumps(secret)[1:-1]
    yield "hexadecimal", raw.hex()
    yield "hexadecimal, upper case", raw.hex().upper()
    for offset in range(3):
        inner = base64.b64encode(b"x" * offset + raw).decode()
        # The letters that do not depend on what stands before and after.
        inner = inner[4 if offset else 0:len(inner) // 4 * 4 - 4]
        if len(inner) >= 8:
            yield f"base64 at offset {offset}", inner
            yield f"base64url at offset {offset}", inner.replace("+", "-").replace("/", "_")
            yield f"base64 percent-encoded at offset {offset}", urllib.parse.quote(inner, safe="")


def leaked(name, secret, reports):
    """Tells where; 1 when there is such a place."""
    where = {(how, fmt) for how, text in encodings(secret) for fmt in reports
             if text in reports[fmt]}
    if where:
        how = dict(encodings(secret))[min(where)[0]]
        text = reports[min(where)[1]]
        print(f"LEAK: {name}: {secret!r} {min(where)[0]} in", *sorted({w[1] for w in where}))
        print("  ", repr(text[max(0, text.index(how) - 150):text.index(how) + len(how) + 20]))
    return 1 if where else 0


def searched(name, seen):
    """Tells every leak into the reports of that name; returns how many."""
    secrets = secrets_in(seen)
    print(f"{name}: {len(secrets)} secrets seen")
    # A decision point is told claims; what is secret there is the provider files' alone.
    assert len(secrets) > 5 or name == "pdp", "the witness is blind"
    reports = {f: text_of(f"{name}.{f}") for f in [*FORMATS, "stdout"]}
    leaks = sum(leaked(name, s, reports) for s in sorted(secrets | known_to_providers()))
    for fmt, text in reports.items():
        for token in JWT.finditer(text):
            print(f"LEAK: {name}.{fmt}: a signature: {token[0][-60:]}")
            leaks += 1
    return leaks


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        # Runs wait more than they work: some side by side, the longest first.
        with ThreadPoolExecutor(3) as beside:
            seen = {"gate": beside.submit(gate)}
            seen |= {name: beside.submit(play, name, *rest) for name, *rest in RUNS}
        leaks = sum(searched(name, waited.result()) for name, waited in seen.items())
        os.chdir("/")
    return 1 if leaks else 0


sys.exit(main())
