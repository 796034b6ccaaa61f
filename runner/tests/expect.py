# SPDX-License-Identifier: Apache-2.0
"""Sentences that must be true, each a function; told as TAP. Shared by conventions.py,
formats.py and release.py, which are run as FILE GAUNTLET-FAKE [RENDER]."""
import os
import subprocess
import sys
import tempfile

PROGRAM = os.path.abspath(sys.argv[1])
FORMATS = ["text", "junit", "tap", "json", "ctrf", "sarif", "github", "summary", "markdown", "html"]
ENV = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TERM": "dumb"}
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
    assert ran.returncode == code, f"{words}: {ran.returncode}, not {code}: {ran.stdout[-900:]}{ran.stderr}"
    return ran


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def put(path, text):
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def lines_of(words):
    return exits(words, 0).stdout.splitlines()


def tell():
    """One line of TAP each; the exit status is Meson's business."""
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
                while where.tb_next and where.tb_next.tb_frame.f_code.co_filename == function.__code__.co_filename:
                    where = where.tb_next
                print(f"not ok {i} - {sentence}\n# line {where.tb_lineno}: {wrong!r}"[:1500],
                      flush=True)
        os.chdir("/")
