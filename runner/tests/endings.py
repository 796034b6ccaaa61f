# SPDX-License-Identifier: Apache-2.0
"""However a run ends, its reports are true: endings.py GAUNTLET-FAKE

Ctrl-C, SIGTERM, time-outs, killed workers, full disks, closed outputs, floods: each leaves whole
reports that say what is missing, the right exit status, and no process. One line of TAP each;
runs are of the fake rows.
"""
import html
import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys

from expect import ENV, FORMATS, PROGRAM, expect, put, read, tell

REPORTS = [w for f in FORMATS for w in ("-r", f"{f}=end.{f}")]
ROWS = ["--only", "plain/passes", "--only", "tricky/hangs", "--only", "tricky/fails"]


def left(mark):
    """Processes that have the mark in their environment: all that a run started."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/environ", "rb") as f:
                if mark.encode() in f.read():
                    found.append(int(pid))
        except OSError:
            pass
    return found


def nobody_is_left(mark):
    for pid in left(mark):
        try:
            gone = os.pidfd_open(pid)
        except OSError:
            continue
        with os.fdopen(gone):
            with open(f"/proc/{pid}/cmdline", "rb") as f:
                words = f.read()
            assert select.select([gone], [], [], 20)[0], f"{pid} stayed behind: {words}"


class Run:
    """A run whose row tricky/hangs has begun."""

    def __init__(self, name, words=(), rows=ROWS, **options):
        for fmt in FORMATS:
            if os.path.exists(f"end.{fmt}"):
                os.remove(f"end.{fmt}")
        self.mark = os.path.abspath(f"begun-{name}")
        os.mkfifo(self.mark)
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
        self.child = subprocess.Popen([PROGRAM, "run", *rows, *REPORTS, *words], text=True,
                                      env={**ENV, "GAUNTLET_FAKE_STARTED": self.mark}, **options)
        self.worker = int(read(self.mark))  # waits until the row has begun

    def ends(self, code):
        self.out, self.err = self.child.communicate(timeout=100)
        assert self.child.returncode == code, (self.child.returncode, self.out, self.err)
        nobody_is_left(self.mark)
        return self


def are_partial(why, missing=("tricky/hangs@any",)):
    """Each of the ten reports is whole as a file and says that the run is not."""
    results = json.loads(read("end.json"))
    total, planned = results["counts"]["total"], results["planned"]
    assert total < planned and why in results["stopped"], results["stopped"]
    assert set(missing) <= set(results["missing"]) and len(results["missing"]) == planned - total
    for fmt in FORMATS:
        text = re.sub(r"\s+", " ", html.unescape(read(f"end.{fmt}"))).lower()
        assert f"{why.lower()} after {total} of {planned}" in text, fmt
        for row in missing if fmt != "github" else ():
            assert row in text, (fmt, row)
    assert "Bail out!" in read("end.tap") and "<error" in read("end.junit")
    return results


@expect("Ctrl-C: 130; every report says what is missing; no process stays")
def _():
    run = Run("int")
    run.child.send_signal(signal.SIGINT)
    run.ends(130)
    are_partial("interrupted")
    assert "not tried" in run.out


@expect("Ctrl-C of a terminal, which every process gets: the same")
def _():
    run = Run("group", start_new_session=True)
    os.killpg(run.child.pid, signal.SIGINT)
    run.ends(130)
    are_partial("interrupted")


@expect("SIGTERM: 143, the same")
def _():
    run = Run("term")
    run.child.send_signal(signal.SIGTERM)
    run.ends(143)
    are_partial("terminated")


@expect("--run-timeout: 124, the same")
def _():
    Run("late", ["--run-timeout", "3"]).ends(124)  # the row begins before
    are_partial("the time of the run was over")


@expect("--fail-fast: 1, and what was not tried is named")
def _():
    subprocess.run([PROGRAM, "run", "--only", "tricky/fails", "--only", "tricky/is-slow",
                    "--only", "plain/passes", "--jobs", "1", "--fail-fast", *REPORTS], env=ENV,
                   capture_output=True, check=False)
    results = are_partial("stopped at the first failure", ())
    assert results["missing"] and results["exit_code"] == 1


@expect("kill -9 of a worker: its row is BROKEN, the others have results, exit status 3")
def _():
    run = Run("killed", rows=["--only", "plain/passes", "--only", "tricky/hangs"])
    os.kill(run.worker, signal.SIGKILL)
    run.ends(3)
    results = json.loads(read("end.json"))
    broken = [r for r in results["results"] if r["verdict"] == "BROKEN"]
    assert results["counts"]["total"] == results["planned"] and "stopped" not in results
    assert [r["id"] for r in broken] == ["tricky/hangs@any"] and "signal 9" in broken[0]["reason"]


@expect("kill -9 of the runner itself: no worker and no target stays")
def _():
    run = Run("parent")
    run.child.kill()
    run.ends(-9)


@expect("what an interrupted run left out is played by --failed")
def _():
    run = Run("rest")
    run.child.send_signal(signal.SIGINT)
    run.ends(130)
    listed = subprocess.run([PROGRAM, "list", "--failed", "end.json"], env=ENV, text=True,
                            capture_output=True, check=True).stdout.split()
    assert "tricky/hangs@any" in listed


def on_small_disk(script, size):
    """Within a tmpfs of its own, which only root may mount; `sh` sees $G."""
    if not os.path.isdir("disk"):
        os.mkdir("disk")
    words = ["unshare", "-m", "sh", "-c", f"mount -t tmpfs -o size={size} none disk && cd disk && " + script]
    return subprocess.run(words, env={**ENV, "G": PROGRAM}, capture_output=True, text=True,
                          check=False)


def may_mount():
    return shutil.which("unshare") and not on_small_disk("true", "16k").returncode


@expect("full disk: 3, the report that had no room is named, the old one is kept, no half of one stays")
def _():
    if not may_mount():
        print("# SKIPPED: no tmpfs may be mounted here; /dev/full and a limit of the file size only")
    else:
        ran = on_small_disk("echo old > r.html; $G run --section plain -r json=r.json -r html=r.html; "
                            "echo status $?; cat r.html; ls", "32k")
        assert "status 3\nold\nr.html\nr.json\n" in ran.stdout, ran.stdout + ran.stderr
        assert "r.html" in ran.stderr and "No space left" in ran.stderr
    ran = subprocess.run([PROGRAM, "run", "--section", "plain", "-r", "junit=/dev/full"], env=ENV,
                         capture_output=True, text=True, check=False)
    assert ran.returncode == 3 and "was not written" in ran.stderr


@expect("a limit of the file size is a full disk, not a death by signal")
def _():
    ran = subprocess.run(["sh", "-c", f"ulimit -f 8; exec {PROGRAM} run --section plain -r html=big.html"],
                         env=ENV, capture_output=True, text=True, check=False)
    assert ran.returncode == 3 and "File too large" in ran.stderr, (ran.returncode, ran.stderr)
    assert not os.path.exists("big.html")


@expect("closed standard output: 3, and the reports in files are whole")
def _():
    for how in (">&-", "> /dev/full"):
        ran = subprocess.run(["sh", "-c", f"{PROGRAM} run --section plain -r json=closed.json {how}"],
                             env=ENV, capture_output=True, text=True, check=False)
        assert ran.returncode == 3, (how, ran.returncode)
        assert json.loads(read("closed.json"))["outcome"] == "conforms"
        os.remove("closed.json")


@expect("a reader that goes away (| head -1) does not kill the run before its reports")
def _():
    read_end, write_end = os.pipe()
    os.close(read_end)
    ran = subprocess.run([PROGRAM, "run", "--section", "plain", "-r", "json=gone.json"], env=ENV,
                         stdout=write_end, stderr=subprocess.PIPE, text=True, check=False)
    os.close(write_end)
    assert ran.returncode == 3 and json.loads(read("gone.json"))["outcome"] == "conforms"


@expect("100 MB of output of a row: it has its verdict, the report stays small")
def _():
    ran = subprocess.run([PROGRAM, "run", "--only", "tricky/floods", *REPORTS], env=ENV,
                         capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout
    assert len(ran.stdout) < 1e5 and all(os.path.getsize(f"end.{f}") < 1e5 for f in FORMATS)


@expect("a daemon that a target leaves behind is found and ended")
def _():
    mark = os.path.abspath("daemon")
    subprocess.run([PROGRAM, "run", "--only", "tricky/lingers"], capture_output=True, check=True,
                   env={**ENV, "GAUNTLET_FAKE_LINGER": mark})
    assert int(read(mark)) > 1
    nobody_is_left(mark)


tell()
