# SPDX-License-Identifier: Apache-2.0
"""What the readers of JUnit XML, TAP, CTRF, SARIF and GitHub's commands expect, line by line:
formats.py GAUNTLET-FAKE RENDER

Each function is one expectation and one line of TAP. Reports are of the hand-written sets of
results, and of runs of the fake rows.
"""
import gzip
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as tree

from expect import FORMATS, exits, expect, put, read, run, tell

RENDER = os.path.abspath(sys.argv[2])
SETS = subprocess.check_output([RENDER, "--sets"], text=True).split()


def rendered(name, fmt):
    path = f"{name}.{fmt}"
    if not os.path.exists(path):
        subprocess.run([RENDER, name, fmt, path], check=True)
    return read(path)


def junit(name):
    return tree.fromstring(rendered(name, "junit").encode())


# JUnit XML.

@expect("JUnit: name and classname on every testcase, and no two alike")
def _():
    for name in SETS:
        cases = [(c.get("classname"), c.get("name")) for c in junit(name).iter("testcase")]
        assert all(a and b for a, b in cases) and len(set(cases)) == len(cases), name


@expect("JUnit: time in seconds, a dot, no exponent, no thousands separator")
def _():
    for name in SETS:
        for e in junit(name).iter():
            time = e.get("time")
            assert time is None or re.fullmatch(r"\d+\.\d+", time), time


@expect("JUnit: the counts are those of the elements")
def _():
    for name in SETS:
        root = junit(name)
        for suite in [root, *root.iter("testsuite")]:
            for key, element in (("tests", "testcase"), ("failures", "failure"),
                                 ("errors", "error"), ("skipped", "skipped")):
                assert int(suite.get(key)) == len(list(suite.iter(element))), (name, key)


@expect("JUnit: less than GitLab's 30 MB for 5,000 results")
def _():
    assert len(rendered("bad", "junit").encode()) < 30e6


@expect("JUnit: at most one failure, error or skipped a testcase, each with one line")
def _():
    for name in SETS:
        for case in junit(name).iter("testcase"):
            said = [e for e in case if e.tag in ("failure", "error", "skipped")]
            assert len(said) <= 1
            assert all(e.get("message") and "\n" not in e.get("message") for e in said)


@expect("JUnit: error for what broke and for time-outs")
def _():
    exits("run --only tricky/hangs --timeout 0.3 -r junit=late.xml", 3)
    assert len(list(tree.parse("late.xml").iter("error"))) == 1
    assert not list(tree.parse("late.xml").iter("failure"))


@expect("JUnit: a retried case is an ordinary one, its attempts are in system-out")
def _():
    run("run --only tricky/flaky --retries 1 -r junit=again.xml",
        GAUNTLET_FAKE_ONCE=os.path.abspath("twice"))
    case = next(tree.parse("again.xml").iter("testcase"))
    assert {e.tag for e in case} == {"system-out"} and "flaky" in case.find("system-out").text


@expect("JUnit: valid XML 1.0: no control characters, ]]> split, no newline in an attribute")
def _():
    text = rendered("hostile", "junit")
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", text)
    assert "]]>" not in text
    assert not re.search(r'="[^"<]*\n[^"<]*"', text)


@expect("JUnit: every suite has a name of its own (Jenkins), ISO 8601 without fractions")
def _():
    for name in SETS:
        suites = list(junit(name).iter("testsuite"))
        assert len({s.get("name") for s in suites}) == len(suites)
        stamps = {s.get("timestamp") for s in suites if s.get("timestamp")}
        assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", t) for t in stamps), stamps


@expect("JUnit: the seed is a property of every suite")
def _():
    for suite in junit("failed").iter("testsuite"):
        assert suite.find("properties/property[@name='seed']") is not None


# TAP.

TEST_LINE = re.compile(r"(not )?ok (\d+) - (.*)")


@expect("TAP: version, plan from 1, numbers in order, ' - ' before the description")
def _():
    for name in SETS:
        lines = rendered(name, "tap").splitlines()
        assert lines[0] == "TAP version 14" and re.match(r"1\.\.\d+", lines[1]), lines[:2]
        tests = [s for s in lines if re.match(r"(not )?ok\b", s)]
        assert all(TEST_LINE.match(s) for s in tests)
        assert [int(TEST_LINE.match(s)[2]) for s in tests] == list(range(1, len(tests) + 1))


@expect("TAP: # SKIP and # TODO only where they are meant; others are escaped")
def _():
    first = re.search(r"^not ok .*", rendered("hostile", "tap"), re.M)[0]
    assert first.startswith("not ok 1 - ") and not re.search(r"(?<!\\)#", first)
    assert re.search(r" # SKIP \S", rendered("hostile", "tap"))
    assert re.search(r"^not ok .* # TODO \S", rendered("waivers", "tap"), re.M)


@expect("TAP: the YAML block is indented by two, between --- and ...")
def _():
    for name in SETS:
        inside = False
        for line in rendered(name, "tap").splitlines():
            if line in ("  ---", "  ..."):
                assert inside == (line == "  ...")
                inside = not inside
            else:
                assert line.startswith("  ") == inside or not line, (name, line)
        assert not inside


@expect("TAP: Bail out! when there is no verdict or not all was tried, and only then")
def _():
    for name in SETS:
        results = json.loads(rendered(name, "json"))
        bails = bool(re.search(r"^Bail out!", rendered(name, "tap"), re.M))
        assert bails == (results["outcome"] == "no-verdict" or "stopped" in results), name


# CTRF.

@expect("CTRF: reportFormat, specVersion, results; durations in ms; the counts add up")
def _():
    for name in SETS:
        report = json.loads(rendered(name, "ctrf"))
        assert report["reportFormat"] == "CTRF"
        assert re.fullmatch(r"\d+\.\d+\.\d+", report["specVersion"])
        summary, tests = report["results"]["summary"], report["results"]["tests"]
        assert summary["tests"] == len(tests) and report["results"]["tool"]["name"] == "gauntlet"
        for status in ("passed", "failed", "pending", "skipped", "other"):
            assert summary[status] == sum(t["status"] == status for t in tests), (name, status)
        assert summary["start"] <= summary["stop"]
        assert all(isinstance(t["duration"], int) and t["name"] for t in tests)


@expect("CTRF: a flaky test says so, with its retries")
def _():
    run("run --only tricky/flaky --retries 1 -r ctrf=again.ctrf",
        GAUNTLET_FAKE_ONCE=os.path.abspath("thrice"))
    test = [t for t in json.loads(read("again.ctrf"))["results"]["tests"] if "flaky" in t["name"]][0]
    assert test["flaky"] is True and test["retries"] == 1 and test["status"] == "passed"


# SARIF.

def findings(name):
    return json.loads(rendered(name, "sarif"))["runs"][0]["results"]


@expect("SARIF: stable ruleId without provider, partialFingerprints, a physicalLocation")
def _():
    for result in findings("failed") + findings("bad") + findings("hostile"):
        assert re.fullmatch(r"[^@]+", result["ruleId"]) and result["partialFingerprints"]
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] and place["region"]["startLine"] >= 1


@expect("SARIF: level is error, warning or note, by which GitHub orders")
def _():
    for name in SETS:
        assert {r["level"] for r in findings(name)} <= {"error", "warning", "note"}, name


@expect("SARIF: less than 10 MB compressed and 25,000 findings")
def _():
    assert len(gzip.compress(rendered("bad", "sarif").encode())) < 10e6
    assert len(findings("bad")) < 25000


# GitHub.

@expect("GitHub: %, newlines and, in properties, colons and commas are escaped")
def _():
    commands = [s for s in rendered("hostile", "github").splitlines() if s.startswith("::")]
    for command in commands:
        properties = re.match(r"::\w+ (.*?)::", command)[1]
        for pair in properties.split(","):
            name, value = pair.split("=", 1)
            assert name in ("file", "line", "title") and ":" not in value, pair
        assert not re.search(r"%(?!25|0A|0D|3A|2C)", command), command


@expect("GitHub: 10 of a kind a step at most, the most important first")
def _():
    kinds = re.findall(r"^::(\w+)", rendered("bad", "github"), re.M)
    assert all(0 <= kinds.count(k) <= 10 for k in set(kinds))
    assert kinds == sorted(kinds, key=["error", "warning", "notice"].index)


@expect("GitHub: the step summary stays below 1 MiB")
def _():
    assert len(rendered("bad", "summary").encode()) < 1 << 20


@expect("GitHub: a secret of the environment needs no mask: it is in no report")
def _():
    put("secret.yaml", "target: a\nkind: cli\ncommand: [sh]\nsettings: {word: '${env:WORD}'}\n"
        "verbs: {login: [\"${word}\"]}\n")
    reports = " ".join(f"-r {f}=secret.{f}" for f in FORMATS)
    exits(f"run --target secret.yaml --set other=hush-hush-9 --only plain/passes {reports}", 2,
          WORD="hush-hush-7")
    exits(f"run --target secret.yaml --only plain/passes {reports}", 0, WORD="hush-hush-7")
    assert not any("hush-hush-7" in read(f"secret.{f}") for f in FORMATS)


tell()
