#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The size and the speed of the catalogue: figures.py GAUNTLET [--edition NAME,...]

Plays all of it on the reference platform, edition by edition, and what starts no foreign process
once more by itself. Goals, of a build without sanitizers on two processors: all editions within
60 s and the longest wait that a row declares; 100 checks a CPU second without foreign processes.
Exit status 1: a goal was missed or a row did not pass.
"""
import collections
import json
import os
import resource
import subprocess
import sys
import tempfile
import time

EDITIONS = ["nemo", "nmp", "nemo-callout"]
NO_PROCESS = ["--surface", "gateway,pdp,service"]  # a CLI and an SDK are processes
GOAL_S, GOAL_CHECKS = 60, 100


def play(gauntlet, edition, words):
    """(results, seconds, CPU seconds) of a run."""
    with tempfile.TemporaryDirectory() as tmp:
        report = os.path.join(tmp, "results.json")
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        subprocess.run([gauntlet, "run", "--quiet", "--edition", edition, "--report", f"json={report}",
                        *words], stdout=subprocess.DEVNULL, check=False)
        took, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
        with open(report, encoding="utf-8") as f:
            results = json.load(f)["results"]
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return results, took, cpu


def rows_of(gauntlet):
    listed = subprocess.run([gauntlet, "list", "--edition", ",".join(EDITIONS), "--format", "rows"],
                            capture_output=True, text=True, check=True)
    return json.loads(listed.stdout)


def main(gauntlet, editions):
    rows = rows_of(gauntlet)
    wait = max(row["wait_s"] for row in rows)
    promises = len({row["promise"] for row in rows})
    seconds, bad, total = 0, 0, 0
    print(f"{len(rows)} rows, {promises} promises, longest declared wait {wait} s")
    print(f"{'edition':14}{'scenarios':>10}{'checks':>8}{'passed':>8}{'skipped':>9}{'seconds':>9}{'CPU s':>8}")
    for edition in editions:
        results, took, cpu = play(gauntlet, edition, [])
        verdicts = collections.Counter(r["verdict"].lower() for r in results)
        checks = sum(len(r.get("checks", [])) for r in results)
        print(f"{edition:14}{len(results):10}{checks:8}{verdicts['passed']:8}{verdicts['skipped']:9}{took:9.1f}{cpu:8.1f}")
        seconds, total = seconds + took, total + len(results)
        bad += verdicts["failed"] + verdicts["broken"]
    results, took, cpu = play(gauntlet, editions[0], NO_PROCESS)
    checks = sum(len(r.get("checks", [])) for r in results)
    print(f"rows x providers x editions: {total} scenarios in {seconds:.1f} s; goal {GOAL_S} s + {wait} s")
    print(f"without a foreign process: {checks} checks in {cpu:.1f} CPU s: {checks / cpu:.0f} a CPU "
          f"second; goal {GOAL_CHECKS}")
    if bad:
        print(f"{bad} did not pass")
    return 1 if bad or seconds > GOAL_S + wait or checks / cpu < GOAL_CHECKS else 0


if __name__ == "__main__":
    chosen = sys.argv[3].split(",") if sys.argv[2:3] == ["--edition"] else EDITIONS
    sys.exit(main(sys.argv[1], chosen))
