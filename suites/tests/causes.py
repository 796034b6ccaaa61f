#!/usr/bin/env python3
"""The page of causes against the rows: causes.py GAUNTLET CAUSES.md.

Every problem of the troubleshooting page is there with all its causes and steps; each line names
rows that exist, defects that those rows catch, and says of each surface without a row why.
"""
import json
import re
import subprocess
import sys

SURFACES = {"cli", "gateway", "pdp", "service"}
# How many causes and steps the page has for each problem.
PROBLEMS = {"401 on every request": 9, "403 despite having access": 6,
            "auth login fails with an IdP error": 5, "Cannot delete a workspace": 3,
            "Gateway auth issues": 4, "Role changes not visible yet": 4,
            "PlatformAdmin does not work": 3, "Getting help": 3}


def read_page(path):
    """(problem, cause, rows, mutants, surfaces excused) of each line."""
    problem = None
    with open(path, encoding="utf-8") as f:
        for line in f:
            if line.startswith("## "):
                problem = line[3:].strip()
            cells = [c.strip() for c in line.strip().strip("|").split("|")]
            if line.startswith("|") and len(cells) == 4 and cells[0] not in ("Cause or step", "---"):
                excuses = [part.split(":") for part in cells[3].split(";") if part.strip()]
                yield (problem, cells[0], re.findall(r"`([^`]+)`", cells[1]),
                       [m.strip() for m in cells[2].split(",")],
                       {s.strip() for e in excuses if e[1].strip() for s in e[0].split(",")})


def judge(lines, known):
    counts = dict.fromkeys(PROBLEMS, 0)
    for problem, cause, rows, mutants, excused in lines:
        counts[problem] = counts.get(problem, 0) + 1
        for name in rows:
            if name not in known:
                yield f"{cause}: no row {name}"
        found = [known[name] for name in rows if name in known]
        shown = SURFACES & {s for row in found for s in row["surfaces"]}
        caught = {m for row in found for m in row["mutants"]}
        if not set(mutants) <= caught:
            yield f"{cause}: its rows do not catch {', '.join(sorted(set(mutants) - caught))}"
        if excused != SURFACES - shown:
            yield f"{cause}: shown at {sorted(shown)}, excused at {sorted(excused)}"
    if counts != PROBLEMS:
        yield f"causes and steps of each problem: {counts}"


def main(gauntlet, page):
    listed = subprocess.run([gauntlet, "list", "--edition", "nemo,nmp,nemo-callout", "--format", "rows"],
                            capture_output=True, text=True, check=True)
    known = {row["row"]: row for row in json.loads(listed.stdout)}
    lines = list(read_page(page))
    complaints = list(judge(lines, known))
    print("\n".join(complaints) if complaints else f"{len(lines)} causes and steps of {len(PROBLEMS)} problems")
    return 1 if complaints else 0


sys.exit(main(*sys.argv[1:3]))
