# SPDX-License-Identifier: Apache-2.0
"""Has the files of runner/ci judged by published schemas: schemas.py FOLDER BUILD

The schemas of GitHub workflows and GitLab CI come with check-jsonschema, those of Kubernetes
with kubernetes-validate, both of PyPI. A spoilt copy of each file must be refused, so that a
schema which lets everything pass is noticed. actionlint, a Go module, reads the expressions of the
workflow too; without Go it is a loud SKIPPED. Exit status 77: the registry does not answer.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77
PACKAGES = ["check-jsonschema==0.39.0", "kubernetes-validate==1.37.0"]
ACTIONLINT = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.7"
# Each file, its judge, and a word whose change makes it wrong.
FILES = [
    ("github.yml", "vendor.github-workflows", "runs-on:", "runs-in:"),
    ("gitlab.yml", "vendor.gitlab-ci", "parallel: 4", "parallel: four"),
    ("kubernetes/shards.yaml", "kubernetes", "completions: 4", "completions: four"),
    ("kubernetes/verdict.yaml", "kubernetes", "containers:", "container:"),
    ("kubernetes/helm/test.yaml", "kubernetes", "restartPolicy: Never", "restartPolicy: [Never]"),
    ("kubernetes/helm/lab.yaml", "kubernetes", "port: 9001", "port: idp"),
]


def install(folder):
    ran = subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--target", folder,
                          *PACKAGES], capture_output=True, text=True, check=False)
    if ran.returncode:
        print("SKIPPED: PyPI did not give " + " ".join(PACKAGES) + ": " + ran.stderr.strip()[-300:])
        sys.exit(SKIPPED)


def judged(judge, path, env):
    if judge == "kubernetes":
        command = ["-m", "kubernetes_validate", "--strict", path]
    else:
        command = ["-m", "check_jsonschema", "--builtin-schema", judge, path]
    return subprocess.run([sys.executable, *command], capture_output=True, text=True, env=env,
                          check=False)


def lint(source, build, folder):
    """How often actionlint is wrong about the workflow, good and spoilt."""
    program = os.path.join(build, "schemas-go", "actionlint")
    if not os.path.exists(program):
        go = shutil.which("go")
        ran = go and subprocess.run([go, "install", ACTIONLINT], capture_output=True, text=True,
                                    env={**os.environ, "GOBIN": os.path.dirname(program)}, check=False)
        if not ran or ran.returncode:
            print("SKIPPED: actionlint: " + (ran.stderr.strip()[-300:] if ran else "no Go here"))
            return 0
    text = pathlib.Path(source, "github.yml").read_text(encoding="utf-8")
    wrong = 0
    for name, written, good in (("good.yml", text, True),
                                ("bad.yml", text.replace("matrix.shard", "matrix.part"), False)):
        path = pathlib.Path(folder, name)
        path.write_text(written, encoding="utf-8")
        ran = subprocess.run([program, "-shellcheck=", "-pyflakes=", path], capture_output=True,
                             text=True, check=False)
        if (ran.returncode == 0) != good:
            print(f"WRONG: actionlint: {name}: {ran.stdout}{ran.stderr}")
            wrong += 1
    print("actionlint has read github.yml")
    return wrong


def main(source, build):
    packages = os.path.join(build, "schemas-pypi")
    if not os.path.isdir(os.path.join(packages, "kubernetes_validate")):
        install(packages)
    env = {**os.environ, "PYTHONPATH": packages}
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, judge, good, bad in FILES:
            path = pathlib.Path(source, name)
            said = judged(judge, path, env)
            if said.returncode:
                print(f"WRONG: {name}: {said.stdout}{said.stderr}")
                wrong += 1
            text = path.read_text(encoding="utf-8")
            spoilt = pathlib.Path(folder, path.name)
            spoilt.write_text(text.replace(good, bad), encoding="utf-8")
            if good not in text or not judged(judge, spoilt, env).returncode:
                print(f"WRONG: {name} with '{bad}' passes too")
                wrong += 1
        wrong += lint(source, build, folder)
    print(f"{len(FILES)} files judged")
    return 1 if wrong else 0


sys.exit(main(*sys.argv[1:]))
