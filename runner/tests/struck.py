#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""struck.py GAUNTLET REFERENCE SOURCES: a target that is struck in the middle of a run.

A real nginx, and the reference gateway, are killed, killed and started again, stopped for two seconds,
or stopped for ever, once, after some connections. The verdicts must say so, and the rest must go on.

    struck.py --stand STRIKE N MARK LISTEN INNER COMMAND...

is what the target file starts: COMMAND listens on INNER, and what comes to LISTEN is passed on to it.
"""
import concurrent.futures
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import between  # noqa: E402

AFTER = 60  # connections; the sections below make some hundred
ROWS = ["--section", "gateway", "--section", "gateway-headers", "--provider", "keycloak",
        "--exclude", "gateway/pdp-slow-is-bounded*"]  # the stand has no time-outs of its own


# ---- the stand: what is started as the target ----

def wait_for(where):
    while True:
        try:
            between.socket.create_connection(where, 1).close()
            return
        except OSError:
            time.sleep(0.005)


def strike(how, child, command, inner):
    """Returns what runs afterwards."""
    if how == "stop":
        child.send_signal(signal.SIGSTOP)
        threading.Timer(2, child.send_signal, [signal.SIGCONT]).start()
        return child
    if how == "freeze":
        child.send_signal(signal.SIGSTOP)
        return child
    child.kill()
    child.wait()
    if how == "kill":
        os._exit(137)
    child = subprocess.Popen(command)
    wait_for(inner)
    return child


def stand(how, after, mark, listen, inner, *command):
    inner = between.place(inner)
    child = subprocess.Popen(command)
    wait_for(inner)
    listener = between.socket.create_server(between.place(listen), backlog=200)
    n = 0
    while True:
        client = listener.accept()[0]
        n += 1
        if n == int(after) and not os.path.exists(mark):
            open(mark, "w").close()
            child = strike(how, child, command, inner)
        threading.Thread(target=between.pass_on, args=(client, inner), daemon=True).start()


# ---- the test ----

def target_of(folder, kind, how, gauntlet_reference, sources):
    """A target file whose command is the stand around the real one."""
    templates = os.path.join(sources, "fixtures/targets/nginx")
    inner = "${gateway_listen.host}:${port.inner}"
    stand_words = [sys.executable, os.path.abspath(__file__), "--stand", how, str(AFTER),
                   os.path.join(folder, "mark"), "${gateway_listen}", inner]
    file = {"target": "struck", "kind": "gateway", "edition": "nemo",
            "lacks": ["gateway.reads_body", "gateway.counts_headers"],
            "ready": {"listen": "${gateway_listen}", "owner": False}}
    if kind == "nginx":
        with open(os.path.join(templates, "nginx.conf.tpl"), encoding="utf-8") as f:
            text = f.read().replace("listen ${gateway_listen};", f"listen {inner};")
        with open(os.path.join(folder, "nginx.conf.tpl"), "w", encoding="utf-8") as f:
            f.write(text)
        file["settings"] = {"modules": "/usr/lib/nginx/modules", "ask": "/apis/auth/decide",
                            "vouched": "true"}
        file["files"] = {"nginx.conf": "nginx.conf.tpl",
                         "open.conf": os.path.join(templates, "open.conf.tpl"),
                         "forward.conf": os.path.join(templates, "forward.conf.tpl")}
        command = ["nginx", "-p", "${home}", "-c", "${home}/nginx.conf", "-g",
                   "daemon off; master_process off; pid ${home}/nginx.pid;"]
    else:
        command = [gauntlet_reference, "gateway", "--listen", inner, "--pdp", "${pdp}",
                   "--upstream", "${upstream}"]
    file["command"] = stand_words + command
    path = os.path.join(folder, "struck.yaml")
    with open(path, "w", encoding="utf-8") as f:
        json.dump(file, f)
    return path


def play(gauntlet, target, folder):
    report = os.path.join(folder, "report.json")
    done = subprocess.run([gauntlet, "run", "--target", target, "--jobs", "1", "--quiet", "--no-color",
                           "--timeout", "12s", "--report", f"json={report}"] + ROWS,
                          text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if not os.path.exists(report):
        sys.exit("no report: " + done.stdout)
    with open(report, encoding="utf-8") as f:
        return done.returncode, json.load(f)["results"], done.stdout


def said(result):
    """Everything that a red verdict says."""
    checks = [f"{c['what']}: {c.get('got')}" for c in result.get("checks", []) if not c.get("held")]
    return "; ".join([result.get("reason") or ""] + checks)


# How it is struck, how many rows may be red, and what one of them must say.
STRIKES = (
    ("kill", (1, 2), "keeps running"),
    ("restart", (0, 3), None),
    ("stop", (0, 2), None),
    ("freeze", (1, 2), "no verdict within"),
)


def judge(kind, how, bounds, words, code, results):
    red = [r for r in results if r["verdict"] in ("FAILED", "BROKEN")]
    passed = sum(r["verdict"] == "PASSED" for r in results)
    print(f"{kind} {how}: exit {code}, {passed} passed, {len(red)} red: " +
          "; ".join(f"{r['verdict']} {r['id']} ({said(r)[:160]})" for r in red), flush=True)
    wrong = []
    if not bounds[0] <= len(red) <= bounds[1]:
        wrong.append(f"{len(red)} red rows, not {bounds[0]} to {bounds[1]}")
    if words and not any(words in said(r) for r in red):
        wrong.append(f"no verdict says '{words}'")
    if passed < 40:
        wrong.append("the rest did not go on")
    if bool(red) != (code in (1, 3)):
        wrong.append(f"exit status {code}")
    return [f"{kind} {how}: {w}" for w in wrong]


def main(gauntlet, reference, sources):
    def one(case):
        kind, (how, bounds, words) = case
        with tempfile.TemporaryDirectory() as folder:
            target = target_of(folder, kind, how, os.path.abspath(reference), sources)
            code, results, text = play(os.path.abspath(gauntlet), target, folder)
            struck = os.path.exists(os.path.join(folder, "mark"))
        return judge(kind, how, bounds, words, code, results) + \
            ([] if struck else [f"{kind} {how}: it was not struck: {text[-500:]}"])

    cases = [(kind, strike) for kind in ("nginx", "reference") for strike in STRIKES]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        wrong = sum(pool.map(one, cases), [])
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--stand"]:
        stand(*sys.argv[2:])
    else:
        sys.exit(main(*sys.argv[1:]))
