#!/usr/bin/env python3
"""What `gauntlet explain` shows to be pasted works when it is pasted: by-hand.py GAUNTLET.

Each row's lines are run by a shell that has read what `gauntlet lab ID` prints; the statuses
that curl sees are those that the row's checks want. TAP.
"""
import re
import signal
import subprocess
import sys

gauntlet = sys.argv[1]

# The row, and the status of each answer (None: whatever it is, there is one), or words of a command line.
rows = {
    "401/foreign-issuer": [200, 401],
    "401/signature-is-verified": [200, 401, 401, 401],
    "401/new-key-is-fetched": [200, 200],
    "401/no-credentials": [200, 401],
    "401/clock-without-leeway": [200, 401, 401],
    "401/audience-falls-back-to-client-id": [200, 401],
    "403/read-scope-does-not-write": [200, 403, 200],
    "403/no-existence-oracle": [403, 403],
    "403/envoy-form": [200, 200],
    "delete/not-empty": [409, 200],
    "login/invalid-scope-stops": "AADSTS70011",
    "tokens/wrong-password": "AADSTS50126",
    "gateway/strips-principal-id": [200, 200],
    "gateway-headers/odd-names": [200] + 5 * [None],
    "gateway-http2/identity-is-stripped": [200, 200, None, None, 401],
    "hardening/key-lifetimes-are-bounded": [200, 422, 400, 400],
    "admin/star-is-no-name": [200, 403, 403],
    "vouching/callout-answers": [200, 401],
    "quickstart/unsigned-tokens-expire": [200, 401, 401],
}
answer = re.compile(r"HTTP/[0-9.]+ (\d\d\d) ")


def lines_of(row):
    text = subprocess.run([gauntlet, "explain", row], capture_output=True, text=True, check=False).stdout
    found = re.search(r"^By hand,.*?\n\n(.*?)\n\n", text, re.M | re.S)
    return found.group(1) if found else None


def seen(row, want):
    lines = lines_of(row)
    if lines is None:
        return "no lines"
    with subprocess.Popen([gauntlet, "lab", row], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as lab:
        try:
            head = ""
            while "IDP_SIM_CONTROL" not in head:
                line = lab.stdout.readline()
                if not line:
                    return lab.stderr.read()
                head += line
            done = subprocess.run(["bash", "-c", head + lines], capture_output=True, text=True, timeout=60,
                                  check=False, errors="replace")
        finally:
            lab.send_signal(signal.SIGINT)
            lab.wait()
    if isinstance(want, str):
        return want if want in done.stdout + done.stderr else done.stdout + done.stderr
    return [int(s) for s in answer.findall(done.stdout)]


def as_wanted(got, want):
    if isinstance(want, str):
        return got == want
    return isinstance(got, list) and len(got) == len(want) and all(w in (None, g) for w, g in zip(want, got))


print(f"1..{len(rows)}")
failed = 0
for number, (row, want) in enumerate(rows.items(), 1):
    got = seen(row, want)
    good = as_wanted(got, want)
    failed += not good
    print(f"{'ok' if good else 'not ok'} {number} {row}: {got}" + ("" if good else f", expected {want}"), flush=True)
sys.exit(1 if failed else 0)
