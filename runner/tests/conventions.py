# SPDX-License-Identifier: Apache-2.0
"""What CI users expect of a runner, line by line: conventions.py GAUNTLET-FAKE RENDER

Exit codes, options, JUnit XML, TAP, CTRF, SARIF, GitHub: each function is one expectation and
one line of TAP. Runs are of the fake rows, reports of the hand-written sets of results.
"""
import gzip
import json
import os
import pty
import re
import signal
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as tree

PROGRAM, RENDER = (os.path.abspath(p) for p in sys.argv[1:3])
FORMATS = ["text", "junit", "tap", "json", "ctrf", "sarif", "github", "summary", "markdown", "html"]
ENV = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TERM": "dumb"}
SETS = subprocess.check_output([RENDER, "--sets"], text=True).split()
CLI = "target: mine\nkind: cli\ncommand: [sh]\nverbs: {login: [x]}\n"
expectations = []


def expect(sentence):
    def add(function):
        expectations.append((sentence, function))
        return function
    return add


def run(words, **env):
    return subprocess.run([PROGRAM, *words.split()], env={**ENV, **env}, capture_output=True,
                          text=True, timeout=200, check=False)


def exits(words, code, **env):
    ran = run(words, **env)
    assert ran.returncode == code, f"{words}: {ran.returncode}, not {code}: {ran.stderr}"
    return ran


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def rendered(name, fmt):
    path = f"{name}.{fmt}"
    if not os.path.exists(path):
        subprocess.run([RENDER, name, fmt, path], check=True)
    return read(path)


def junit(name):
    return tree.fromstring(rendered(name, "junit").encode())


def lines_of(words):
    return exits(words, 0).stdout.splitlines()


# Exit codes.

@expect("exit 0: every selected check passed")
def _():
    exits("run --only plain/passes", 0)


@expect("exit 1: one failed")
def _():
    exits("run --only tricky/fails --only plain/passes", 1)


@expect("exit 2: usage or configuration")
def _():
    exits("run --no-such-option", 2)
    exits("run --shard 0/3", 2)
    for option in ("target", "profile", "known", "failed", "same-as"):
        exits(f"run --{option} /no/such/file", 2)


@expect("exit 3: the run itself broke")
def _():
    exits("run --only plain/passes", 3, GAUNTLET_FAKE_GATE="broken")
    exits("run --only tricky/crashes", 3)


@expect("exit 4: nothing selected, and never 0 with nothing run")
def _():
    exits("run --filter nothing/*", 4)
    exits("list --filter nothing/*", 4)
    with open("cli.yaml", "w", encoding="utf-8") as f:
        f.write(CLI)
    exits("run --target cli.yaml --only plain/needs-something", 4)
    with open("none.txt", "w", encoding="utf-8") as f:
        f.write("# a profile of nothing\n")
    exits("run --profile none.txt", 4)


@expect("exit 124: overall time-out")
def _():
    exits("run --only tricky/hangs --run-timeout 0.3", 124)


def interrupt(number):
    os.mkfifo(f"begun-{number}")
    child = subprocess.Popen([PROGRAM, "run", "--only", "tricky/hangs"], stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL,
                             env={**ENV, "GAUNTLET_FAKE_STARTED": os.path.abspath(f"begun-{number}")})
    read(f"begun-{number}")  # returns when the row has begun
    child.send_signal(number)
    return child.wait(timeout=100)


@expect("exit 130: interrupted; 143: terminated")
def _():
    assert interrupt(signal.SIGINT) == 130
    assert interrupt(signal.SIGTERM) == 143


@expect("skips do not fail")
def _():
    with open("cli.yaml", "w", encoding="utf-8") as f:
        f.write(CLI)
    ran = exits("run --target cli.yaml --only plain/passes --only plain/needs-something", 0)
    assert "1 skipped" in ran.stdout


@expect("the exit code is not the number of failures")
def _():
    rendered("bad", "json")
    failed = json.loads(read("bad.json"))["counts"]["failed"]
    assert failed > 256
    exits("merge bad.json", 1)


# Options.

@expect("--list and list: one stable id a line, honouring filters")
def _():
    ids = lines_of("list --section plain")
    assert ids == lines_of("run --list --section plain") == lines_of("run --list --section plain --seed 9")
    assert ids and all(re.fullmatch(r"\S+/\S+@\S+", i) for i in ids)
    assert lines_of("list --filter *in-azure*") == ["plain/in-azure@azure"]


@expect("the list as JSON")
def _():
    listed = json.loads(exits("list --section plain --format json", 0).stdout)
    rows = listed if isinstance(listed, list) else listed["scenarios"]
    assert [r["id"] for r in rows] == lines_of("list --section plain")


@expect("--filter, --exclude and --tag select")
def _():
    both = lines_of("list --filter plain/passes* --exclude *@azure")
    assert both and all(i.startswith("plain/passes") and "@azure" not in i for i in both)
    assert set(lines_of("list --tag fast")) < set(lines_of("list --tag !fails"))


@expect("--shard: 1-based, union all, intersections empty, a new row moves none")
def _():
    parts = [lines_of(f"list --shard {i}/3") for i in (1, 2, 3)]
    assert sorted(sum(parts, [])) == sorted(lines_of("list"))
    for i, part in enumerate(parts):
        more = exits(f"list --shard {i + 1}/3", 0, GAUNTLET_FAKE_MANY="40").stdout.splitlines()
        assert set(part) <= set(more)


@expect("--jobs changes nothing but the time")
def _():
    seen = []
    for jobs in (1, 4):
        exits(f"run --section plain --jobs {jobs} --report json=jobs.json", 0)
        seen.append([(r["id"], r["verdict"]) for r in json.loads(read("jobs.json"))["results"]])
    assert seen[0] == seen[1]


@expect("--retries: a pass after a failure is flaky and reported so")
def _():
    exits("run --only tricky/flaky --retries 1 -r json=flaky.json -r junit=flaky.xml "
          "-r ctrf=flaky.ctrf -r tap=flaky.tap", 0, GAUNTLET_FAKE_ONCE=os.path.abspath("once"))
    assert json.loads(read("flaky.json"))["counts"]["flaky"] == 1


@expect("--timeout is of one check: the others go on")
def _():
    ran = exits("run --only tricky/hangs --only plain/passes --timeout 0.3 -r junit=late.xml", 3)
    assert "3 passed" in ran.stdout and "no verdict within 0.3 s" in ran.stdout


@expect("--seed is printed, and is in every report that a machine reads")
def _():
    reports = " ".join(f"-r {f}=seed.{f}" for f in FORMATS)
    assert "seed 4711" in exits(f"run --only plain/passes --seed 4711 {reports}", 0).stdout
    for fmt in FORMATS:
        assert fmt == "github" or "4711" in read(f"seed.{fmt}"), f"no seed in {fmt}"


@expect("--fail-fast ends at the first failure and says so")
def _():
    assert "topped at the first failure" in exits(
        "run --only tricky/fails --only tricky/is-slow --fail-fast --jobs 1", 1).stdout


@expect("expected failures do not gate; an unexpected pass is a failure with --strict")
def _():
    exits("run --only tricky/fails -r json=fails.json", 1)
    exits("known fails.json --owner me -o known.yaml", 0)
    exits("run --only tricky/fails --known known.yaml", 0)
    text = read("known.yaml").replace("tricky/fails@any", "plain/in-azure@azure")
    with open("fixed.yaml", "w", encoding="utf-8") as f:
        f.write(text)
    exits("run --only plain/in-azure --known fixed.yaml", 0)
    exits("run --only plain/in-azure --known fixed.yaml --strict", 1)


@expect("--report can be repeated; one on stdout is alone there")
def _():
    ran = exits("run --only plain/passes -r tap=- -r json=two.json", 0)
    assert ran.stdout.startswith("TAP version 14\n") and json.loads(read("two.json"))
    assert all(re.match(r"TAP|1\.\.|ok|not ok|#|  ", s) for s in ran.stdout.splitlines())


def on_terminal(words, **env):
    parent, child = pty.openpty()
    run_env = {**ENV, "TERM": "xterm", **env}
    with subprocess.Popen([PROGRAM, *words.split()], env=run_env, stdout=child, stderr=child) as p:
        os.close(child)
        said = b""
        try:
            while more := os.read(parent, 65536):
                said += more
        except OSError:  # the other side is closed
            pass
        os.close(parent)
        p.wait()
    return said


@expect("--no-color and NO_COLOR: no colours on a terminal; in a pipe never")
def _():
    colour = rb"\x1b\[[0-9;]*m"
    assert re.search(colour, on_terminal("run --only plain/passes"))
    assert not re.search(colour, on_terminal("run --only plain/passes --no-color"))
    assert not re.search(colour, on_terminal("run --only plain/passes", NO_COLOR="1"))
    assert "\x1b" not in exits("run --only plain/passes", 0).stdout


@expect("--quiet: no progress")
def _():
    assert exits("run --section plain --quiet", 0).stderr == ""


@expect("shard reports are merged by a subcommand; a missing one is no success")
def _():
    for i in (1, 2):
        run(f"run --section plain --shard {i}/2 -r json=part{i}.json")
    exits("merge part1.json part2.json -o both.json", 0)
    exits("merge part1.json", 3)


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


@expect("TAP: Bail out! when there is no verdict, and only then")
def _():
    for name in SETS:
        results = json.loads(rendered(name, "json"))
        bails = bool(re.search(r"^Bail out!", rendered(name, "tap"), re.M))
        assert bails == (results["outcome"] == "no-verdict"), name


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
    with open("secret.yaml", "w", encoding="utf-8") as f:
        f.write("target: a\nkind: cli\ncommand: [sh]\nsettings: {word: '${env:WORD}'}\n"
                "verbs: {login: [\"${word}\"]}\n")
    reports = " ".join(f"-r {f}=secret.{f}" for f in FORMATS)
    exits(f"run --target secret.yaml --set other=hush-hush-9 --only plain/passes {reports}", 2,
          WORD="hush-hush-7")
    exits(f"run --target secret.yaml --only plain/passes {reports}", 0, WORD="hush-hush-7")
    assert not any("hush-hush-7" in read(f"secret.{f}") for f in FORMATS)


def main():
    print(f"1..{len(expectations)}")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for i, (sentence, function) in enumerate(expectations, 1):
            sentence = sentence.replace("#", "\\#")
            try:
                function()
                print(f"ok {i} - {sentence}", flush=True)
            except Exception as wrong:  # whatever it is, the other lines are still told
                where = wrong.__traceback__
                while where.tb_next and where.tb_next.tb_frame.f_code.co_filename == __file__:
                    where = where.tb_next
                print(f"not ok {i} - {sentence}\n# line {where.tb_lineno}: {wrong!r}"[:1500],
                      flush=True)
        os.chdir("/")


main()
