# SPDX-License-Identifier: Apache-2.0
"""What a release manager relies on, line by line: release.py GAUNTLET-FAKE

One verdict over several targets, honest exceptions, provenance, and runs that are repeated:
each function is one expectation and one line of TAP. Runs are of the fake rows.
"""
import hashlib
import html
import json
import os
import re

from expect import CLI, FORMATS, exits, expect, lines_of, put, read, run, tell

GATEWAY = "target: door\nkind: gateway\nversion: 2.1.0\ncommand: [sh]\n"
SECRET = "hush-hush-7"


def release(*parts):
    put("release.yaml", "release: '2026.2'\ntargets:\n" + "".join(f"- {{{p}}}\n" for p in parts))


def two_targets():
    put("cli.yaml", CLI)
    put("door.yaml", GATEWAY)


def report(path):
    return json.loads(read(path))


def sha256(path):
    return "sha256:" + hashlib.sha256(read(path).encode()).hexdigest()


def known_of(ids, **more):
    """The entries that `known` writes for these rows, with further keys."""
    run(f"run {ids} -r json=k.json")
    exits("known --from k.json --owner me -o known.yaml", 0)
    text = read("known.yaml")
    for key, value in more.items():
        text = re.sub(rf"(?m)^    {key}:.*\n", "", text)
        text = re.sub(r"(?m)^(    reason:.*\n)", rf"\1    {key}: {json.dumps(value)}\n", text)
    put("known.yaml", text)


@expect("gate: several targets, one verdict, one report, one exit status")
def _():
    two_targets()
    release("target: cli.yaml", "target: door.yaml", "surfaces: [cli], providers: [okta]")
    ran = exits("gate release.yaml --section plain -r json=r.json -r html=r.html", 0)
    assert ran.stdout.count("Conforms.") == 1
    found = report("r.json")
    assert {r["target"] for r in found["results"]} == {"mine", "door", "reference"}
    assert found["target"].startswith("release 2026.2: mine (cli), door 2.1.0 (gateway)")
    assert {p["name"] for p in found["parts"] if p.get("under_test")} == {"cli", "gateway"}
    ids = [r["id"] for r in found["results"]]
    assert len(ids) == len(set(ids)), "an id is unique in a report"


@expect("gate: its provenance names every target, every provider file and the release file")
def _():
    two_targets()
    release("target: cli.yaml", "target: door.yaml")
    exits("gate release.yaml --section plain -r json=r.json", 0)
    facts = report("r.json")["provenance"]
    assert facts["release"] == "2026.2" and facts["release_digest"] == sha256("release.yaml")
    assert sha256("cli.yaml") in facts["target_1"] and sha256("door.yaml") in facts["target_2"]
    assert "door 2.1.0" in facts["target_2"]
    assert {"provider_azure", "provider_okta", "provider_keycloak"} <= set(facts)


@expect("gate: a mistake in the last file is told before anything is played")
def _():
    two_targets()
    put("typo.yaml", "target: x\nkind: cli\ncommand: [sh]\nverbz: {}\n")
    release("target: cli.yaml", "target: typo.yaml")
    ran = exits("gate release.yaml -r json=none.json", 2)
    assert "typo.yaml:4:1" in ran.stderr and not ran.stdout


@expect("gate: a failure of one target is the verdict of the release; --fail-fast tries no other")
def _():
    two_targets()
    release("target: cli.yaml", "target: door.yaml")
    ran = exits("gate release.yaml --only tricky/fails --only plain/passes-everywhere", 1)
    assert "1 failed" in ran.stdout and "3 passed" not in ran.stdout
    ran = exits("gate release.yaml --only tricky/fails --only plain/passes-everywhere --fail-fast "
                "-r json=r.json", 1)
    assert "not tried: door.yaml" in report("r.json")["stopped"]


@expect("gate: the time of the run is that of the whole release, and what is missing is said")
def _():
    two_targets()
    release("target: cli.yaml", "target: door.yaml")
    exits("gate release.yaml --only tricky/hangs --only plain/passes-everywhere --run-timeout 0.5 "
          "-r json=r.json", 124)
    assert "door.yaml" in report("r.json")["stopped"]


@expect("gate: required and not claimed is 'Conforms in part' and 1; optional is not; run forgives")
def _():
    two_targets()
    put("must.txt", "plain/passes\nplain/needs-something\n")
    release("target: cli.yaml, profile: must.txt")
    said = exits("gate release.yaml", 1).stdout
    assert "Conforms in part: 1 required not claimed" in said
    assert "not claimed by cli.yaml" in said, "a file without the folders of this machine"
    exits("run --target cli.yaml --profile must.txt", 0)
    put("must.txt", "plain/passes\n? plain/needs-something\n")
    exits("gate release.yaml", 0)
    put("cli.yaml", CLI + "claims: [cli.something]\n")
    put("must.txt", "plain/passes\nplain/needs-something\n")
    exits("gate release.yaml", 0)


@expect("${env:NAME} in a file, a setting or --set is filled, and removed from every report")
def _():
    put("t.yaml", "target: t\nkind: gateway\nready: {timeout: 1s}\n"
        "settings: {word: '${env:WORD}', other: nothing}\n"
        "command: [sh, -c, 'echo said ${word} ${other} >&2; exit 3']\n")
    reports = " ".join(f"-r {f}=env.{f}" for f in FORMATS)
    words = "run --target t.yaml --set other=${env:OTHER} --only plain/passes-everywhere " + reports
    # The fake lab starts no target, so that only the plan and the reports are seen here;
    # test-bad-targets starts one.
    ran = exits(words, 0, WORD=SECRET, OTHER="other-secret-9")
    for text in [ran.stdout, ran.stderr, *(read(f"env.{f}") for f in FORMATS)]:
        assert SECRET not in text and "other-secret-9" not in text


@expect("--set fills a setting of the file; another one is named with the nearest, exit status 2")
def _():
    put("t.yaml", GATEWAY + "settings: {workers: '1'}\n")
    exits("list --target t.yaml --set workers=2", 0)
    assert "did you mean 'workers'" in exits("list --target t.yaml --set worker=2", 2).stderr
    exits("list --target t.yaml --set workers", 2)


@expect("install: runs on `gauntlet install` and at no other time")
def _():
    put("t.yaml", CLI + "install: ./install.sh\n")
    put("install.sh", "#!/bin/sh\ntouch installed\n")
    import os
    os.chmod("install.sh", 0o755)
    exits("run --target t.yaml --only plain/passes", 0)
    exits("list --target t.yaml", 0)
    assert not os.path.exists("installed")
    exits("install --target t.yaml", 0)
    assert os.path.exists("installed")


@expect("known: written with id, fingerprint, version, reason, owner and status")
def _():
    put("cli.yaml", CLI + "version: 1.4.2\n")
    exits("run --target cli.yaml --only tricky/fails -r json=k.json", 1)
    text = exits("known --from k.json --owner me", 0).stdout
    for line in (r'- id: "tricky/fails@any"', r'fingerprint: "[0-9a-f]{16}"', 'versions: "=1.4.2"',
                 'reason: "keeps its word"', 'owner: "me"', 'status: "accepted"'):
        assert re.search(line, text), line


@expect("known: covers the versions of its range and no other")
def _():
    known_of("--only tricky/fails", versions=">=1.2 <1.10")
    for version, code in (("1.1.9", 1), ("1.2.0", 0), ("1.9.9", 0), ("1.10.0", 1), ("2.0", 1)):
        put("cli.yaml", CLI + f"version: '{version}'\n")
        exits("run --target cli.yaml --only tricky/fails --known known.yaml", code)


@expect("known: another fingerprint FAILS, and the report says that it is another")
def _():
    known_of("--only tricky/fails", fingerprint="0123456789abcdef")
    ran = exits("run --only tricky/fails --known known.yaml -r json=r.json", 1)
    assert "fails in another way" in re.sub(r"\s+", " ", ran.stdout)
    assert "0123456789abcdef" in json.dumps(report("r.json"))


@expect("known: an unexpected pass is announced, and fails with --strict")
def _():
    known_of("--only tricky/fails")
    put("known.yaml", read("known.yaml").replace("tricky/fails@any", "plain/in-azure@azure"))
    assert "now kept" in exits("run --only plain/in-azure --known known.yaml", 0).stdout
    assert "1 known but now kept, with --strict" in exits(
        "run --only plain/in-azure --known known.yaml --strict", 1).stdout


@expect("known: an expired entry is announced, and fails with --strict; a later date is not")
def _():
    known_of("--only tricky/fails", expiry="2020-02-29")
    assert "has expired" in exits("run --only tricky/fails --known known.yaml", 0).stdout
    exits("run --only tricky/fails --known known.yaml --strict", 1)
    known_of("--only tricky/fails", expiry="2999-12-31")
    assert "has expired" not in exits("run --only tricky/fails --known known.yaml", 0).stdout


@expect("known: owner, link, expiry and 'disputed' are in the reports for people")
def _():
    known_of("--only tricky/fails", link="https://example.com/7", expiry="2999-12-31",
             status="disputed")
    exits("run --only tricky/fails --known known.yaml -r html=k.html -r markdown=k.md -r json=k.json", 0)
    for path in ("k.html", "k.md"):
        for word in ("https://example.com/7", "2999-12-31", "disputed"):
            assert word in html.unescape(read(path)), (path, word)
    # Written again, an entry keeps what it said.
    text = exits("known k.json", 0).stdout
    assert "2999-12-31" in text and "disputed" in text and '"me"' in text


@expect("known: a status that is neither accepted nor disputed is a mistake with its place")
def _():
    known_of("--only tricky/fails", status="whatever")
    assert re.search(r"known.yaml:\d+:\d+.*accepted, disputed",
                     exits("run --only tricky/fails --known known.yaml", 2).stderr)


@expect("known: a day or a range that is none is a mistake with its place; a dead entry is named")
def _():
    entry = 'known:\n- id: plain/passes@*\n  reason: x\n  '
    for line, said in (("expiry: 2026-02-30", "known.yaml:4:3: '2026-02-30' is no day"),
                       ("expiry: soon", "no day"), ("versions: ~1.2", "no range of versions"),
                       ("versions: '>= 1'", "no range of versions")):
        put("known.yaml", entry + line + "\n")
        assert said in exits("run --only plain/passes --known known.yaml", 2).stderr, said
    put("known.yaml", "known:\n- {id: plain/was-once@azure, reason: x}\n")
    assert "known.yaml:2:4: no scenario 'plain/was-once@azure'" in exits(
        "run --only plain/in-azure --known known.yaml", 0).stderr
    put("known.yaml", "")
    ran = exits("run --only plain/in-azure --known known.yaml", 2)
    assert ran.stderr == "gauntlet: known.yaml: the file is empty\n", ran.stderr


@expect("gate: a provider or a door that there is not is a mistake of the release file")
def _():
    for words in ("providers: [azur]", "surfaces: [gatway]", "edition: nmo"):
        release("target: cli.yaml, " + words)
        two_targets()
        assert "did you mean" in exits("gate release.yaml", 2).stderr, words


@expect("provenance: build, edition, target and digests, provider files, set, seed, machine, times")
def _():
    put("cli.yaml", CLI + "version: 1.4.2\n")
    exits("run --target cli.yaml --section plain --seed 7 -r json=p.json", 0)
    facts = report("p.json")["provenance"]
    assert facts["target_digest"] == sha256("cli.yaml")
    assert facts["target"] == "mine" and facts["target_version"] == "1.4.2"
    assert facts["edition"] == "nemo" and facts["seed"] == 7
    for key in ("gauntlet", "commit", "scenario_set", "system", "kernel", "machine", "processors"):
        assert facts[key], key
    for key in ("provider_azure", "provider_okta", "provider_keycloak"):
        assert re.fullmatch("sha256:[0-9a-f]{64}", facts[key])
    assert facts["started"] <= facts["stopped"]


@expect("provenance: the command line without what --set gave")
def _():
    put("t.yaml", GATEWAY + "settings: {key: x}\n")
    exits(f"run --target t.yaml --set key={SECRET} --only plain/passes-everywhere -r json=p.json", 0)
    facts = report("p.json")["provenance"]
    assert "--set key=***" in facts["command"] and SECRET not in json.dumps(facts)


@expect("--same-as plays the scenarios, seed, edition, providers and target of a published run")
def _():
    put("cli.yaml", CLI)
    exits("run --target cli.yaml --section plain --seed 7 --edition nmp --provider okta "
          "-r json=first.json", 0)
    ran = exits("run --same-as first.json -r json=second.json", 0)
    exits("compare first.json second.json", 0)
    first, second = report("first.json"), report("second.json")
    assert [r["id"] for r in first["results"]] == [r["id"] for r in second["results"]]
    assert second["seed"] == "7" and second["edition"] == "nmp" and second["providers"] == "okta"
    assert second["target"] == first["target"]
    assert second["provenance"]["same_as"] == "first.json, nothing differs", ran.stderr


@expect("--same-as says what is not as it was, and does not play less in silence")
def _():
    put("cli.yaml", CLI)
    exits("run --target cli.yaml --section plain -r json=first.json", 0)
    put("cli.yaml", CLI + "about: changed\n")
    ran = exits("run --same-as first.json -r json=second.json", 0)
    assert "target_digest was" in ran.stderr
    assert "target_digest" in report("second.json")["provenance"]["same_as"]
    put("old.json", read("first.json").replace("plain/in-azure", "plain/was-once"))
    assert "plain/was-once" in exits("run --same-as old.json", 2).stderr


@expect("--failed plays what failed or broke, and nothing else; all is well: nothing selected")
def _():
    exits("run --only tricky/fails --only tricky/crashes --only plain/passes -r json=last.json", 1)
    assert lines_of("list --failed last.json") == ["tricky/fails@any", "tricky/crashes@any"]
    exits("run --only plain/passes -r json=well.json", 0)
    exits("run --failed well.json", 4)


@expect("--scenario-set: an older list of ids; one that is no more is a mistake")
def _():
    put("set.txt", "plain/in-azure\nplain/passes@okta\n")
    assert lines_of("list --scenario-set set.txt") == ["plain/passes@okta", "plain/in-azure@azure"]
    put("set.txt", "plain/was-once\n")
    exits("list --scenario-set set.txt", 2)


@expect("compare: regressions are 1; fixes, new and gone are named and are 0")
def _():
    exits("run --only plain/passes -r json=old.json", 0)
    put("new.json", read("old.json").replace('"verdict": "PASSED"', '"verdict": "FAILED"'))
    assert "regressed" in exits("compare old.json new.json", 1).stdout
    assert "fixed" in exits("compare new.json old.json", 0).stdout
    exits("run --only plain/in-azure -r json=other.json", 0)
    said = exits("compare old.json other.json", 0).stdout
    assert "new" in said and "gone" in said
    exits("compare old.json", 2)


@expect("report --from: each format from the same results, the same bytes as the run wrote")
def _():
    reports = " ".join(f"-r {f}=run.{f}" for f in FORMATS)
    run("run --section plain " + reports)
    for fmt in FORMATS:
        exits(f"report --from run.json -r {fmt}=again.{fmt}", 0)
        assert read(f"again.{fmt}") == read(f"run.{fmt}"), fmt


@expect("merge: names every missing shard, refuses another scenario set, another seed, another edition")
def _():
    for i in (1, 4):
        run(f"run --section plain --shard {i}/4 -r json=part{i}.json")
    assert "Shards 2/4 and 3/4 are missing" in exits("merge part1.json part4.json", 3).stdout
    part = report("part4.json")
    part["provenance"]["scenario_set"] = "0000000000000000"
    put("part4.json", json.dumps(part))
    assert "scenario_set" in exits("merge part1.json part4.json", 2).stderr
    run("run --section plain --shard 4/4 --seed 9 -r json=part4.json")
    assert "seed" in exits("merge part1.json part4.json", 2).stderr
    run("run --section plain --shard 4/4 --edition nmp -r json=part4.json")
    assert "edition" in exits("merge part1.json part4.json", 2).stderr


@expect("merge: a shard of nothing has a report too, and one edition is that of all")
def _():
    for i in (1, 2, 3):
        run(f"run --only plain/in-azure --edition nmp --shard {i}/3 -r json=s{i}.json")
    assert "1 passed" in exits("merge s1.json s2.json s3.json", 0).stdout


tell()
