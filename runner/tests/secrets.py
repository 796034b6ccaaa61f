# SPDX-License-Identifier: Apache-2.0
"""No report holds a secret of the lab: secrets.py GAUNTLET REFERENCE SOURCE

Plays real rows on the real lab against a CLI and a gateway that are made to fail, some of them
by showing what they know. Beside each stands a witness, outside of gauntlet: the CLI's keeps
the words typed and the tokens stored, the gateway's the raw requests. All that they saw, and
the passwords and client secrets of the provider files, are then searched for in every report,
in every encoding that a message can carry it in.
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

GAUNTLET, REFERENCE, SOURCE = (os.path.abspath(p) for p in sys.argv[1:4])
FORMATS = ["text", "junit", "tap", "json", "ctrf", "sarif", "github", "summary", "markdown", "html"]
JWT = re.compile(r"eyJ[\w-]+\.[\w-]*\.([\w-]{20,})")

# Runs the reference CLI; keeps the arguments and every file of its home.
CLI_WITNESS = """
import os, pathlib, subprocess, sys
ended = subprocess.run([%(reference)r, "cli", *sys.argv[1:]]).returncode
with open(%(seen)r, "a") as seen:
    seen.write("\\n".join(sys.argv[1:]) + "\\n")
    for path in pathlib.Path(os.environ["HOME"]).rglob("*.yaml"):
        seen.write(path.read_text())
sys.exit(ended if ended >= 0 else 128 - ended)
"""

CLI_TARGET = """
target: leaking-cli
kind: cli
edition: nemo
command: [python3, "${here}/witness.py"]
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

# Forwards bytes to the reference gateway on another port; keeps what clients send.
GATEWAY_WITNESS = """
import socket, subprocess, sys, threading
host, port, inner, *rest = sys.argv[1:]
gateway = subprocess.Popen([%(reference)r, "gateway", "--listen", host + ":" + inner, *rest],
                           stdout=subprocess.PIPE)
gateway.stdout.readline()
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
command: [python3, "${here}/witness.py", "${gateway_listen.host}", "${gateway_listen.port}",
  "${port.inner}", --pdp, "${pdp}", --upstream, "${upstream}", %(mutants)s]
ready: {url: "${url}/health/live", timeout: 60s}
claims: []
"""

RUNS = [
    ("cli", CLI_WITNESS, CLI_TARGET, "--section tokens,login,refresh --provider azure,okta",
     ["cli-prints-password", "cli-status-prints-token", "cli-token-on-stderr"]),
    ("gateway", GATEWAY_WITNESS, GATEWAY_TARGET, "--section gateway,gateway-headers,401",
     ["gateway-keeps-principal-id", "gateway-answers-403-for-401"]),
]


def play(name, witness, target, selection, mutants):
    """One run; the reports are NAME.FORMAT. Returns what the witness saw."""
    folder = os.path.abspath(name)
    os.mkdir(folder)
    seen = os.path.join(folder, "seen")
    words = {"reference": REFERENCE, "seen": seen,
             "mutants": ",".join(mutants) if name == "cli" else ", ".join(
                 f"--mutant, {m}" for m in mutants)}
    pathlib.Path(folder, "witness.py").write_text(witness % words, encoding="utf-8")
    pathlib.Path(folder, "target.yaml").write_text(target % words, encoding="utf-8")
    reports = [w for f in FORMATS for w in ("--report", f"{f}={name}.{f}")]
    ran = subprocess.run([GAUNTLET, "run", "--target", f"{folder}/target.yaml", *selection.split(),
                          *reports], capture_output=True, text=True, check=False)
    pathlib.Path(f"{name}.stdout").write_text(ran.stdout + ran.stderr, encoding="utf-8")
    results = json.loads(pathlib.Path(f"{name}.json").read_text(encoding="utf-8"))
    assert ran.returncode == 1 and results["counts"]["failed"] > 0, ran.stdout + ran.stderr
    print(f"{name}: {results['counts']}")
    return pathlib.Path(seen).read_text(encoding="utf-8", errors="replace")


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
    return found - {"password"}


def encodings(secret):
    raw = secret.encode()
    yield "as it is", secret
    yield "percent-encoded", "".join(f"%{b:02X}" for b in raw)
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


def main():
    leaks = 0
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for name, witness, target, selection, mutants in RUNS:
            secrets = secrets_in(play(name, witness, target, selection, mutants))
            print(f"{name}: {len(secrets)} secrets seen")
            assert len(secrets) > 5, "the witness is blind"
            reports = {f: pathlib.Path(f"{name}.{f}").read_text(encoding="utf-8")
                       for f in [*FORMATS, "stdout"]}
            for secret in sorted(secrets | known_to_providers()):
                leaks += leaked(name, secret, reports)
            for fmt, text in reports.items():
                for token in JWT.finditer(text):
                    print(f"LEAK: {name}.{fmt}: a signature: {token[0][-60:]}")
                    leaks += 1
        os.chdir("/")
    return 1 if leaks else 0


sys.exit(main())
