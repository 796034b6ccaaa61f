#!/usr/bin/env python3
"""real-gateways.py GAUNTLET SOURCES [TARGET]...: installs each real gateway, runs it, prints a table.

A hardened configuration has no failure but what fixtures/known names. A usual one fails with
what fixtures/known/usual freezes and nothing else; what it fails no more is announced. A package
registry that does not answer is said loudly; when nothing else went wrong the exit status is 77.
"""
import fnmatch
import json
import os
import re
import subprocess
import sys
import tempfile
import time

HARDENED = ("nginx", "envoy", "haproxy")
USUAL = ("nginx-naive", "envoy-usual", "haproxy-usual")
COLUMNS = ("passed", "known", "warnings", "failed", "skipped", "broken")
SKIPPED = 77


def install(gauntlet, sources, target):
    done = subprocess.run([gauntlet, "install", "--target", target_file(target)], cwd=sources,
                          text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        print(done.stdout, flush=True)
    return done.returncode


def target_file(target):
    return f"fixtures/targets/{target}.yaml"


def frozen(target):
    return f"fixtures/known/usual/{target}.yaml"


def run(gauntlet, sources, target, report):
    words = [gauntlet, "run", "--surface", "gateway", "--target", target_file(target), "--quiet",
             "--no-color", "--report", f"json={report}"]
    if target in USUAL:
        words += ["--known", frozen(target)]
    done = subprocess.run(words, cwd=sources, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    try:
        with open(report, encoding="utf-8") as f:
            return json.load(f), done.stdout
    except (OSError, ValueError):
        return None, done.stdout


def frozen_ids(sources, target):
    """A usual configuration may be so wrong that the good case of a row does not work."""
    if target not in USUAL:
        return []
    with open(os.path.join(sources, frozen(target)), encoding="utf-8") as f:
        return re.findall(r'- id: "(.*)"', f.read())


def is_expected(result, ids):
    if result["verdict"] == "BROKEN":
        return any(fnmatch.fnmatch(result["id"], i) for i in ids)
    return result["verdict"] != "FAILED" or bool(result.get("known"))


def complaints(target, results, text, ids):
    """What is wrong with a run, one line each."""
    if results is None:
        return ["no report: " + text.strip()[-2000:]]
    counts = results["counts"]
    found = [f"{r['verdict']} {r['id']}: {r.get('reason') or first_red(r)}"
             for r in results["results"] if not is_expected(r, ids)]
    if target in USUAL:
        if not any(r.get("known") and r["level"] != "advice" for r in results["results"]):
            found.append("a usual configuration must fail")
    if not counts["passed"]:
        found.append("nothing passed: a dead gateway refuses everything")
    return found


def first_red(result):
    for check in result["checks"]:
        if not check.get("held"):
            return f"{check['what']}: got {check.get('got')}"
    return ""


def announce(target, results):
    for result in (results or {}).get("results", []):
        if result.get("known_fixed"):
            print(f"{target}: known, and kept now: {result['id']}")


def row(target, cells):
    print(f"{target:<16}" + "".join(f"{c:>10}" for c in cells), flush=True)


def main(gauntlet, sources, targets):
    gauntlet = os.path.abspath(gauntlet)
    silent, wrong = [], []
    row("target", COLUMNS + ("seconds",))
    for target in targets or HARDENED + USUAL:
        status = install(gauntlet, sources, target)
        if status:
            row(target, ["-"] * len(COLUMNS) + ["-"])
            (silent if status == SKIPPED else wrong).append(f"{target}: not installed")
            continue
        start = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            results, text = run(gauntlet, sources, target, os.path.join(folder, "report.json"))
        counts = results["counts"] if results else {}
        row(target, [counts.get(c, "-") for c in COLUMNS] +
            [f"{time.monotonic() - start:.1f}"])
        announce(target, results)
        wrong += [f"{target}: {c}" for c in complaints(target, results, text,
                                                      frozen_ids(sources, target))]
    print("\n".join(wrong))
    for target in silent:
        print(f"*** SKIPPED {target}: a package registry does not answer")
    return 1 if wrong else SKIPPED if silent else 0


sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
