#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""gateway-page.py GAUNTLET SOURCES [--write]: the steps of fixtures/targets/GATEWAY.md, done.

Each ```sh block is run where build/ and fixtures/ are the repository's, each ```diff block is applied
to mine.yaml, and each ```text block behind a command must be what the command prints: a line with
"..." stands for any number of lines, and numbers are not compared, since a new row changes them. With
--write the page's outputs are not judged but printed.
"""
import os
import re
import subprocess
import sys
import tempfile

PAGE = "fixtures/targets/GATEWAY.md"
SKIPPED = 77


def blocks(page):
    return re.findall(r"^```(\w+)\n(.*?)^```$", page, re.M | re.S)


def plain(line):
    return re.sub(r"\s+", " ", re.sub(r"[0-9a-f]*\d[0-9a-f.]*", "N", line)).strip()


def holds(printed, shown):
    """Every line of the page comes in what was printed, in that order."""
    lines = iter([plain(l) for l in printed.splitlines()])
    for line in shown.splitlines():
        if line.strip() in ("", "..."):
            continue
        if not any(plain(line) == l for l in lines):
            return f"the page shows, and it does not print: {line}"
    return None


def apply(diff, path):
    with open(path, encoding="utf-8") as f:
        text = f.read()
    for old, new in re.findall(r"((?:^-.*\n)+)((?:^\+.*\n)+)", diff, re.M):
        old = "".join(l[1:] + "\n" for l in old.splitlines())
        new = "".join(l[1:] + "\n" for l in new.splitlines())
        if old not in text:
            return f"mine.yaml does not have: {old}"
        text = text.replace(old, new, 1)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return None


def main(gauntlet, sources, write):
    with open(os.path.join(sources, PAGE), encoding="utf-8") as f:
        page = f.read()
    wrong, done = [], None
    with tempfile.TemporaryDirectory() as folder:
        os.symlink(os.path.join(sources, "fixtures"), os.path.join(folder, "fixtures"))
        os.makedirs(os.path.join(folder, "build/runner"))
        os.symlink(os.path.abspath(gauntlet), os.path.join(folder, "build/runner/gauntlet"))
        os.makedirs(os.path.join(sources, "build/targets"), exist_ok=True)
        os.symlink(os.path.join(sources, "build/targets"), os.path.join(folder, "build/targets"))
        for kind, text in blocks(page):
            if kind == "sh":
                done = subprocess.run(["sh", "-c", text], cwd=folder, text=True,
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                      env={**os.environ, "NO_COLOR": "1"})
                print(f"$ {text.strip()}    (exit status {done.returncode})", flush=True)
                if done.returncode == SKIPPED:
                    print(done.stdout)
                    return SKIPPED
                if write:
                    print(done.stdout)
            elif kind == "diff":
                wrong.append(apply(text, os.path.join(folder, "mine.yaml")))
            elif kind == "text" and done and not write:
                wrong.append(holds(done.stdout, text))
                if wrong[-1]:
                    print(done.stdout[-3000:])
    wrong = [w for w in wrong if w]
    print("\n".join(wrong))
    return 1 if wrong else 0


sys.exit(main(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), "--write" in sys.argv[3:]))
