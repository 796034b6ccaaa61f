#!/usr/bin/env python3
"""Files of this repository that the program must agree with: files.py GAUNTLET ROOT IDP_SIM.

The published schema of target files is current and accepts each of ours; every profile, and
every error of a provider that says who plays it, names rows that exist; the catalogue page is current.
"""
import glob
import json
import os
import subprocess
import sys
import tempfile

gauntlet, root, idp_sim = sys.argv[1:4]
complaints = []


def said(*words):
    done = subprocess.run([gauntlet, *words], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def same(path, words):
    """The file is what the program prints now."""
    with open(os.path.join(root, path), encoding="utf-8") as f:
        if f.read() != said(*words)[1]:
            complaints.append(f"{path} is old: gauntlet {' '.join(words)} > {path}")


def check_targets():
    import jsonschema
    import yaml
    schema = json.loads(said("init", "schema")[1])
    jsonschema.Draft202012Validator.check_schema(schema)
    judge = jsonschema.Draft202012Validator(schema)
    files = sorted(glob.glob(os.path.join(root, "fixtures/targets/*.yaml")))
    files += sorted(glob.glob(os.path.join(root, "runner/init/*.yaml")))
    for path in files:
        with open(path, encoding="utf-8") as f:
            for error in judge.iter_errors(yaml.safe_load(f)):
                complaints.append(f"{path}: {error.json_path}: {error.message}")
    wrong = {"target": "x", "kind": "gatway", "command": ["sh"], "redy": {}}
    if len(list(judge.iter_errors(wrong))) != 2:
        complaints.append("the schema does not see a wrong kind and an unknown key")
    return len(files)


def check_profiles():
    files = sorted(glob.glob(os.path.join(root, "fixtures/profiles/*.txt")))
    for path in files:
        code, _, err = said("list", "--profile", path)
        if code:
            complaints.append(f"{path}: {err.strip()}")
    return len(files)


def check_tested():
    rows = {row["row"] for row in json.loads(said("list", "--format", "rows")[1])}
    done = subprocess.run([idp_sim, "errors", "--json"], capture_output=True, text=True, check=True)
    named = [(e["provider"], e["code"], row) for e in json.loads(done.stdout) for row in e["tested"]]
    for provider, code, row in named:
        if row not in rows:
            complaints.append(f"{provider}: {code} is tested by {row}, which does not exist")
    if not named:
        complaints.append("no error of a provider says who plays it")
    return len(named)


def check_release():
    """The example names files that are there; a spoilt key is refused with its place."""
    import yaml
    path = os.path.join(root, "fixtures/release.yaml")
    with open(path, encoding="utf-8") as f:
        release = yaml.safe_load(f)
    kinds = set()
    for part in release["targets"]:
        for key in ("target", "profile", "known"):
            if key in part and not os.path.exists(os.path.join(root, "fixtures", part[key])):
                complaints.append(f"{path}: there is no {part[key]}")
        with open(os.path.join(root, "fixtures", part["target"]), encoding="utf-8") as f:
            kinds |= set(part.get("surfaces") or [yaml.safe_load(f)["kind"]])
    if kinds != {"cli", "gateway", "pdp", "service"}:
        complaints.append(f"{path}: a release has all four parts, not {sorted(kinds)}")
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as spoilt:
        spoilt.write("release: r\ntargets:\n- {targt: x.yaml}\n")
        spoilt.flush()
        code, _, err = said("gate", spoilt.name)
    if code != 2 or ":3:" not in err or "target" not in err:
        complaints.append(f"a release with an unknown key: {code} {err}")


def check_shards():
    """1/7 to 7/7 of the real rows are all of them, each once."""
    whole = said("list")[1].split()
    parts = [said("list", "--shard", f"{i}/7")[1].split() for i in range(1, 8)]
    if sorted(sum(parts, [])) != sorted(whole) or len(set(whole)) != len(whole):
        complaints.append("the shards are not the whole, each row once")


same("fixtures/targets/schema.json", ["init", "schema"])
page = "suites/CATALOGUE.md"
if os.path.exists(os.path.join(root, page)):
    same(page, ["list", "--edition", "nemo,nmp,nemo-callout", "--format", "markdown"])
try:
    n = check_targets()
    check_release()
except ImportError as missing:
    print(f"SKIPPED: target files against their schema: {missing}")
    n = 0
profiles, tested = check_profiles(), check_tested()
check_shards()
print("\n".join(complaints) or f"{n} target files, {profiles} profiles, {tested} errors: in order")
sys.exit(1 if complaints else 0)
