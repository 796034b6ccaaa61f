#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Does the same run end the same? flaky.py GAUNTLET [RUNS] [--spinners N] [OPTION...]

Plays the reference platform RUNS times (50) with 4 workers and compares the verdict of every id;
with spinners, beside N busy loops. Further options go to `gauntlet run`. Exit status 1: a
verdict differed or was not PASSED or SKIPPED.
"""
import collections
import json
import os
import subprocess
import sys
import tempfile
import time


def verdicts_of(gauntlet, words, seen):
    with tempfile.TemporaryDirectory() as tmp:
        report = os.path.join(tmp, "results.json")
        done = subprocess.run([gauntlet, "run", "--quiet", "--jobs", "4", "--report", f"json={report}",
                               *words], capture_output=True, text=True, check=False)
        with open(report, encoding="utf-8") as f:
            for result in json.load(f)["results"]:
                seen[result["id"]][result["verdict"]] += 1
    return done


def spin(n):
    return [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(n)]


def main(gauntlet, words):
    runs = int(words.pop(0)) if words and words[0].isdigit() else 50
    spinners = []
    if "--spinners" in words:
        at = words.index("--spinners")
        spinners = spin(int(words[at + 1]))
        del words[at:at + 2]
    seen, started = collections.defaultdict(collections.Counter), time.monotonic()
    try:
        for run in range(runs):
            done = verdicts_of(gauntlet, words, seen)
            if done.returncode:
                print(f"run {run + 1}: exit status {done.returncode}\n{done.stdout}", file=sys.stderr)
    finally:
        for spinner in spinners:
            spinner.kill()
            spinner.wait()
    differing = {i: v for i, v in seen.items() if len(v) > 1 or sum(v.values()) != runs}
    bad = {i: v for i, v in seen.items() if set(v) - {"PASSED", "SKIPPED", "passed", "skipped"}}
    for name, verdicts in sorted((differing | bad).items()):
        print(f"{name}: " + ", ".join(f"{v} {n} times" for v, n in verdicts.items()))
    print(f"{runs} runs, {len(seen)} ids, {len(differing)} differing; {time.monotonic() - started:.0f} s")
    return 1 if differing or bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
