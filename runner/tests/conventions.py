# SPDX-License-Identifier: Apache-2.0
"""What CI users expect of a runner, line by line: conventions.py GAUNTLET-FAKE

Exit codes and options: each function is one expectation and one line of TAP. Runs are of the
fake rows. What they expect of each format is in formats.py, of a release in release.py.
"""
import json
import os
import pty
import re
import shutil
import signal
import subprocess
import termios
import xml.etree.ElementTree as tree

from expect import CLI, ENV, FORMATS, PROGRAM, exits, expect, lines_of, put, read, run, tell


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


@expect("a mistake is told before anything runs: its word, the nearest, what is allowed")
def _():
    put("empty.json", "")
    for words, said in (
            ("run --provider azur", "did you mean 'azure'?; allowed: azure, okta, keycloak"),
            ("run --provider ./none.yaml", "./none.yaml: No such file"),
            ("list --edition nmo", "allowed: nemo, nmp, nemo-callout"),
            ("run --level must", "allowed: documented, extended, advice"),
            ("run --surface door", "allowed: cli, gateway"),
            ("run --tag fsat", "no scenario has that tag"),
            ("run --jobs 0", "expected at least one"),
            ("run --timeout 0", "expected a duration"),
            ("run --report paper=x", "--report paper: unknown; allowed: "),
            ("prove no-such-mutant", "no mutant 'no-such-mutant'"),
            ("compare empty.json empty.json", "empty.json: the file is empty"),
            ("run --failed empty.json", "empty.json: the file is empty")):
        assert said in exits(words, 2).stderr, (words, said)
    assert "by --filter nothing/*, --shard 1/2;" in exits(
        "run --filter nothing/* --shard 1/2", 4).stderr


@expect("exit 3: the run itself broke")
def _():
    exits("run --only plain/passes", 3, GAUNTLET_FAKE_GATE="broken")
    exits("run --only tricky/crashes", 3)
    unwritten = exits("run --only plain/passes -r junit=/no/x.xml -r html=/no/y.html", 3).stderr
    assert "/no/x.xml was not written" in unwritten and "/no/y.html was not written" in unwritten


@expect("exit 4: nothing selected, and never 0 with nothing run")
def _():
    exits("run --filter nothing/*", 4)
    exits("list --filter nothing/*", 4)
    put("cli.yaml", CLI)
    exits("run --target cli.yaml --only plain/needs-something", 4)
    put("none.txt", "# a profile of nothing\n")
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


@expect("skips do not fail unless --strict")
def _():
    put("cli.yaml", CLI)
    words = "run --target cli.yaml --only plain/passes --only plain/needs-something"
    assert "1 skipped" in exits(words, 0).stdout
    assert "in part: 1 not tried, with --strict" in exits(words + " --strict", 1).stdout


@expect("the exit code is not the number of failures")
def _():
    ran = exits("run --section many", 1, GAUNTLET_FAKE_MANY="256",
                GAUNTLET_FAKE_URL="http://127.0.0.1:1/")
    assert " 256 failed" in ran.stdout


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
    for fmt in ("json", "xml", "ctrf", "tap"):  # and why it had failed
        assert re.search("attempt 1 FAILED: keeps its word", read(f"flaky.{fmt}")), fmt


@expect("--timeout is of one check: the others go on")
def _():
    ran = exits("run --only tricky/hangs --only plain/passes --timeout 2 -r junit=late.xml", 3)
    assert "3 passed" in ran.stdout and "no verdict within 2 s" in ran.stdout


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
    put("fixed.yaml", text)
    exits("run --only plain/in-azure --known fixed.yaml", 0)
    exits("run --only plain/in-azure --known fixed.yaml --strict", 1)
    put("at-times.yaml", text + "    intermittent: true\n")
    exits("run --only plain/in-azure --known at-times.yaml --strict", 0)
    put("at-times.yaml", read("known.yaml") + "    intermittent: true\n")
    exits("run --only tricky/fails --known at-times.yaml -r json=again.json", 0)
    assert "intermittent: true" in exits("known again.json", 0).stdout


@expect("--report can be repeated; one on stdout is alone there")
def _():
    ran = exits("run --only plain/passes -r tap=- -r json=two.json", 0)
    assert ran.stdout.startswith("TAP version 14\n") and json.loads(read("two.json"))
    assert all(re.match(r"TAP|1\.\.|ok|not ok|#|  ", s) for s in ran.stdout.splitlines())


def on_terminal(words, columns=120, **env):
    parent, child = pty.openpty()
    termios.tcsetwinsize(child, (24, columns))
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


@expect("progress is drawn over itself: on a narrow terminal no line of it wraps")
def _():
    for columns in (100, 80, 50):
        said = on_terminal("run --only tricky/is-slow --only plain/passes", columns).decode()
        drawn = re.findall(r"\x1b\[\?7l(.*?)\x1b\[\?7h", said, re.S)
        lines = [s for d in drawn for s in d.split("\r\n")]
        assert len(drawn) > 1 and any("running" in s for s in lines), said
        assert max(map(len, lines)) <= columns, (columns, lines)
        for before, after in zip(drawn, said.split("\x1b[?7h")[1:]):
            up = re.match(r"\x1b\[(\d+)A", after)
            assert up and int(up[1]) == before.count("\n"), (columns, before, after)


@expect("--quiet: no progress")
def _():
    assert exits("run --section plain --quiet", 0).stderr == ""


@expect("shard reports are merged by a subcommand; a missing one is no success")
def _():
    for i in (1, 2):
        run(f"run --section plain --shard {i}/2 -r json=part{i}.json")
    exits("merge part1.json part2.json -o both.json", 0)
    exits("merge part1.json", 3)


def completed_by_bash(*words):
    script = ('source complete.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _gauntlet; '
              'printf "%s\\n" "${COMPREPLY[@]}"')
    return subprocess.run(["bash", "-c", script, "-", *words], env=ENV, text=True,
                          capture_output=True, check=True).stdout.split()


def completed_by_fish(*words):
    script = f"source complete.fish; complete -C'{' '.join(words)}'"
    said = subprocess.run(["fish", "--no-config", "-c", script], env={**ENV, "HOME": os.getcwd()},
                          text=True, capture_output=True, check=True).stdout
    return [line.split("\t")[0] for line in said.splitlines()]


@expect("completion of bash, zsh and fish: verbs, the options of a verb, and what they may be")
def _():
    for shell in ("bash", "zsh", "fish"):
        put(f"complete.{shell}", exits(f"completion {shell}", 0).stdout)
    for shell, complete in (("bash", completed_by_bash), ("fish", completed_by_fish)):
        if not shutil.which(shell):
            print(f"# SKIPPED: {shell} is not installed")
            continue
        assert complete("gauntlet", "mer") == ["merge"], shell
        assert complete("gauntlet", "run", "--run-t") == ["--run-timeout"], shell
        assert complete("gauntlet", "run", "--surface", "g") == ["gateway"], shell
        assert complete("gauntlet", "list", "-p", "a") == ["azure"], shell
        assert not complete("gauntlet", "compare", "--surf"), "an option of another verb"
    if shutil.which("zsh"):
        subprocess.run(["zsh", "-f", "-c", "autoload -Uz compinit && compinit -D && "
                        "source complete.zsh 2>/dev/null; (( $+functions[_gauntlet] ))"], env=ENV, check=True)
    else:
        print("# SKIPPED: zsh is not installed")
    every = {o for o in re.findall(r"--([a-z-]+)", exits("help run", 0).stdout) if o != "no-such"}
    for shell, form in (("bash", "--{} "), ("zsh", "'--{}"), ("fish", "-l {} ")):
        text = read(f"complete.{shell}").replace("\n", " ")
        missing = [o for o in every if form.format(o) not in text]
        assert not missing, (shell, missing)


tell()
