# SPDX-License-Identifier: Apache-2.0
"""The sections that rows stand on exist in the documentation: pages.py PAGES.TXT INSTALL FOLDER

The platform's package 0.3.0 carries its documentation; INSTALL puts the package into FOLDER.
"""
import pathlib
import re
import subprocess
import sys

PAGES, INSTALL, FOLDER = sys.argv[1:4]
RELEASE = "0.3.0"


def headings(page):
    text = page.read_text(encoding="utf-8")
    return re.findall(r"^#+ (.*?) *$", text, re.M) + re.findall(r'^title: "?(.*?)"? *$', text, re.M)


def main():
    installed = subprocess.run([INSTALL, FOLDER], check=False).returncode
    if installed:
        return installed
    docs = next(pathlib.Path(FOLDER).glob("lib/*/site-packages/nemo_platform/cli/docs/auth"))
    rows = [line.split("|") for line in pathlib.Path(PAGES).read_text(encoding="utf-8").splitlines()
            if not line.startswith("#")]
    asked = [row for row in rows if row[3] == RELEASE]
    missing = [row for row in asked if row[2] not in headings(docs / f"{row[1]}.mdx")]
    for ours, page, heading, _ in missing:
        print(f"{ours}: {page} has no heading {heading}")
    print(f"{len(asked) - len(missing)} of {len(rows)} sections found in {RELEASE}, "
          f"{len(rows) - len(asked)} not looked for there")
    return 1 if missing or not asked else 0


sys.exit(main())
