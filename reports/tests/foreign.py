# SPDX-License-Identifier: Apache-2.0
"""Has the reports judged by tools that are not ours: foreign.py TOOL RENDER SOURCE BUILD

TOOL is junit (xmllint), tap (perl's TAP::Parser), json (jsonschema), page (Chromium) or
npm (the published schemas of SARIF and CTRF, node's TAP 14 parser, axe, html-validate).
Every hand-written set of results is rendered and judged. Exit status 77: the tool is missing.
"""
import html.parser
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse

SKIPPED = 77
NPM = ["ctrf@0.3.0", "tap-parser@18.3.4", "@microsoft/jest-sarif@1.0.0-beta.0", "axe-core@4.14.1",
       "puppeteer-core@24.43.1", "html-validate@10.17.0", "markdown-it@14.1.0"]


class Wrong(Exception):
    """A tool, or the comparison with the JSON report, says no."""


def check(condition, *words):
    if not condition:
        raise Wrong(" ".join(str(w) for w in words))


def skip(why):
    print(f"SKIPPED: {why}")
    sys.exit(SKIPPED)


class Renderer:
    def __init__(self, program, folder):
        self.program, self.folder = program, folder

    def words(self, option):
        return subprocess.check_output([self.program, option], text=True).split()

    def file(self, name, fmt):
        path = os.path.join(self.folder, f"{name}.{fmt}")
        if not os.path.exists(path):
            subprocess.run([self.program, name, fmt, path], check=True)
        return path

    def text(self, name, fmt):
        with open(self.file(name, fmt), encoding="utf-8") as f:
            return f.read()

    def results(self, name):
        return json.loads(self.text(name, "json"))

    def sets(self):
        return self.words("--sets")


def is_partial(results):
    return results.get("stopped") or results["counts"]["total"] < results["planned"]


def judge_junit(render, source, build):
    import xml.etree.ElementTree as tree
    if not shutil.which("xmllint"):
        skip("xmllint is not installed (libxml2-utils)")
    schema = os.path.join(source, "schema", "junit.xsd")
    for name in render.sets():
        path = render.file(name, "junit")
        ran = subprocess.run(["xmllint", "--noout", "--schema", schema, path],
                             capture_output=True, text=True)
        check(ran.returncode == 0, name, ran.stderr[-2000:])
        results = render.results(name)
        counts = results["counts"]
        root = tree.parse(path).getroot()
        gates = sum(1 for r in results["results"]
                    if r.get("section") == "sanity" and r["verdict"] != "PASSED")
        partial = 1 if is_partial(results) else 0
        wanted = {"tests": counts["total"] + gates + partial, "failures": counts["failed"],
                  "errors": counts["broken"] + gates + partial,
                  "skipped": counts["skipped"] + counts["known"] + counts["warnings"]}
        for key, value in wanted.items():
            check(int(root.get(key)) == value, name, key, root.get(key), "wanted", value)
        found = {"tests": len(root.findall(".//testcase")),
                 "failures": len(root.findall(".//failure")),
                 "errors": len(root.findall(".//error")),
                 "skipped": len(root.findall(".//skipped"))}
        check(found == wanted, name, "the elements are", found, "wanted", wanted)
        check(os.path.getsize(path) < 30e6, name, "GitLab reads up to 30 MB")


# Version 3.44 of Debian 12 knows TAP 13 and reads what follows as such; only the line that
# names the version is changed for it.
TAP_PARSER = r"""
use TAP::Parser; local $/; my $text = <STDIN>; $text =~ s/\ATAP version 14/TAP version 13/;
my $p = TAP::Parser->new({tap => $text}); $p->run;
printf "%d %d %d %d %d %s\n", $p->tests_run, scalar $p->failed, scalar $p->todo,
    scalar $p->skipped, scalar($p->parse_errors), defined $p->plan ? $p->plan : "none";
"""


def judge_tap(render, source, build):
    ran = subprocess.run(["perl", "-MTAP::Parser", "-e", "1"], capture_output=True)
    if ran.returncode:
        skip("perl has no TAP::Parser")
    for name in render.sets():
        results = render.results(name)
        counts = results["counts"]
        ran = subprocess.run(["perl", "-e", TAP_PARSER], input=render.text(name, "tap"), text=True,
                             capture_output=True, check=True)
        run, failed, todo, skipped, errors, plan = ran.stdout.split()
        partial = is_partial(results)
        check(int(run) == counts["total"], name, "ran", run)
        check(plan == f"1..{results['planned']}", name, "plan", plan)
        check(int(failed) == counts["failed"] + counts["broken"], name, "failed", failed)
        check(int(todo) == counts["known"] + counts["warnings"], name, "todo", todo)
        check(int(skipped) == counts["skipped"], name, "skipped", skipped)
        check(bool(int(errors)) == bool(partial), name, "errors", errors)


def judge_json(render, source, build):
    try:
        import jsonschema
    except ImportError:
        skip("python3-jsonschema is not installed")
    with open(os.path.join(source, "schema", "results.schema.json"), encoding="utf-8") as f:
        schema = json.load(f)
    # An older jsonschema reads 2020-12 as the newest draft it has; the keywords used are in all.
    newest = getattr(jsonschema, "Draft202012Validator", jsonschema.Draft7Validator)
    newest.check_schema(schema)
    judge = newest(schema)
    for name in render.sets():
        if name == "bad":  # as large as "many", and this judge is slow
            continue
        results = render.results(name)
        first = next(judge.iter_errors(results), None)
        check(first is None, name, first)
        for result in results["results"]:
            broken = [c for c in result.get("checks", []) if not c.get("held")]
            check(all("want" in c and "got" in c for c in broken), name, result["id"],
                  "has a broken check that lacks what was wanted or what came")
    for member in ("results", "seed", "counts"):
        spoilt = render.results("passed")
        del spoilt[member]
        check(not judge.is_valid(spoilt), "a report without", member, "is valid")
    spoilt = render.results("failed")
    spoilt["results"][3]["verdict"] = "WON"
    check(not judge.is_valid(spoilt), "a report with an unknown verdict is valid")


class Page(html.parser.HTMLParser):
    """What Chromium made of a page."""

    def __init__(self):
        super().__init__()
        self.ids, self.links, self.tags, self.attributes, self.urls = [], [], set(), set(), set()
        self.words, self.in_style = [], False

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.in_style = tag == "style"
        for key, value in attrs:
            self.attributes.add(key)
            if key == "id":
                self.ids.append(value)
            if key in ("href", "src", "action", "data", "poster", "srcset"):
                if value.startswith("#"):
                    self.links.append(value)
                else:
                    self.urls.add(value)

    def handle_endtag(self, tag):
        self.in_style = False

    def handle_data(self, data):
        if not self.in_style:
            self.words.append(data)


def chromium(profile, *words):
    command = [shutil.which("chromium"), "--headless", "--no-sandbox", "--disable-gpu",
               "--disable-quic", "--no-first-run", "--disable-background-networking",
               "--disable-component-update", "--disable-sync", "--hide-scrollbars",
               f"--user-data-dir={profile}", *words]
    return subprocess.run(command, capture_output=True, timeout=120, check=True).stdout


def png_size(path):
    with open(path, "rb") as f:
        head = f.read(24)
    check(head[1:4] == b"PNG", path, "is no PNG")
    return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")


ALLOWED_TAGS = set("""html head meta title style body a svg symbol path circle rect line g use text
header main footer section div span b small code pre p br h1 h2 h3 h4 ul ol li dl dt dd table caption
colgroup col thead tbody tr th td details summary mark""".split())


def judge_dom(render, name, profile):
    url = "file://" + urllib.parse.quote(render.file(name, "html"))
    page = Page()
    page.feed(chromium(profile, "--dump-dom", url).decode())
    results = render.results(name)
    strange = page.tags - ALLOWED_TAGS
    check(not strange, name, "has elements", strange)
    handlers = {a for a in page.attributes if a.startswith("on")}
    check(not handlers, name, "has handlers", handlers)
    check(all(u.startswith("https://") for u in page.urls), name, "links to", page.urls)
    check(len(page.ids) == len(set(page.ids)), name, "uses an id twice")
    ids = set(page.ids)
    for link in page.links:
        check(urllib.parse.unquote(link[1:]) in ids, name, "has a link to nowhere:", link)
    for result in results["results"]:
        if result.get("section") != "sanity" or result["verdict"] != "PASSED":
            check(result["id"] in ids or result["verdict"] == "PASSED", name, "lacks", result["id"])
    text = " ".join(page.words)
    for result in results["results"]:
        if result["verdict"] == "FAILED" and name not in ("many", "bad"):
            check(result.get("promise", "").split("\n")[0] in text, name, "does not say",
                  result["promise"])


def judge_page(render, source, build):
    if not shutil.which("chromium"):
        skip("chromium is not installed")
    with tempfile.TemporaryDirectory() as profile:
        for name in ("failed", "hostile", "broken", "empty"):
            judge_dom(render, name, profile)
        for name, width, options in (("failed", 1440, []),
                                     ("passed", 390, ["--blink-settings=preferredColorScheme=0"])):
            path = os.path.join(render.folder, f"{name}-{width}.png")
            chromium(profile, f"--screenshot={path}", f"--window-size={width},1200", *options,
                     "file://" + render.file(name, "html"))
            check(png_size(path) == (width, 1200), path, png_size(path))
            check(os.path.getsize(path) > 20000, path, "is blank")
        pdf = os.path.join(render.folder, "failed.pdf")
        chromium(profile, f"--print-to-pdf={pdf}", "file://" + render.file("failed", "html"))
        check(os.path.getsize(pdf) > 20000, "the print is blank")
        begun = time.monotonic()
        judge_dom(render, "bad", profile)
        print(f"5,000 results: {os.path.getsize(render.file('bad', 'html'))} bytes, opened in "
              f"{time.monotonic() - begun:.1f} s with the start of the browser")


def npm_install(build):
    folder = os.path.join(build, "foreign-npm")
    if not shutil.which("npm"):
        skip("npm is not installed")
    os.makedirs(folder, exist_ok=True)
    ran = subprocess.run(["npm", "install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts",
                          "--prefix", folder, *NPM], capture_output=True, text=True)
    if ran.returncode:
        skip("npm did not install " + " ".join(NPM) + ": " + ran.stderr.strip()[-200:])
    return os.path.join(folder, "node_modules")


def judge_published_schemas(render, modules):
    try:
        import jsonschema
    except ImportError:
        skip("python3-jsonschema is not installed")
    for fmt, place in (("sarif", "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"),
                       ("ctrf", "ctrf/dist/ctrf-schema-0.0.json")):
        with open(os.path.join(modules, place), encoding="utf-8") as f:
            schema = json.load(f)
        judge = jsonschema.validators.validator_for(schema)(schema)
        for name in render.sets():
            first = next(judge.iter_errors(json.loads(render.text(name, fmt))), None)
            check(first is None, fmt, name, first)


def judge_tap_14(render, modules):
    program = os.path.join(modules, ".bin", "tap-parser")
    for name in render.sets():
        ran = subprocess.run([program, "-j", "0"], input=render.text(name, "tap"), text=True,
                             capture_output=True)
        counts = render.results(name)["counts"]
        events = json.loads(ran.stdout)
        final = next((e[1] for e in events if e[0] == "complete"), None)
        check(final is not None, name, "tap-parser does not finish", ran.stdout[-300:])
        check(final["count"] == counts["total"], name, "count", final["count"])
        check(final["todo"] == counts["known"] + counts["warnings"], name, "todo", final["todo"])
        check(final["skip"] == counts["skipped"], name, "skip", final["skip"])


MARKDOWN = """
const md = require("markdown-it")({ html: true, linkify: true });
process.stdout.write(md.render(require("fs").readFileSync(0, "utf8")));
"""
MARKDOWN_TAGS = set("h1 h2 p table thead tbody tr th td strong details summary b code pre ul li"
                    .split())


def judge_markdown(render, modules):
    for name in render.sets():
        ran = subprocess.run(["node", "-e", MARKDOWN], input=render.text(name, "markdown"), text=True,
                             capture_output=True, check=True, env={**os.environ, "NODE_PATH": modules})
        page = Page()
        page.feed(ran.stdout)
        strange = page.tags - MARKDOWN_TAGS
        check(not strange, name, "markdown has elements", strange)
        check(not page.urls and not page.links, name, "markdown has links", page.urls, page.links)
        failed = sum(r["verdict"] == "FAILED" for r in render.results(name)["results"])
        check(ran.stdout.count("<details>") <= failed + render.results(name)["counts"]["broken"] + 1,
              name, "markdown has more entries than failures")


def judge_npm(render, source, build):
    modules = npm_install(build)
    judge_published_schemas(render, modules)
    judge_tap_14(render, modules)
    judge_markdown(render, modules)
    pages = [render.file(n, "html") for n in render.sets() if n not in ("many", "bad")]
    if not shutil.which("chromium"):
        skip("chromium is not installed; the schemas and TAP 14 are fine")
    script = os.path.join(source, "tests", "look.mjs")
    ran = subprocess.run(["node", script, modules, shutil.which("chromium"), *pages], text=True,
                         capture_output=True)
    check(ran.returncode == 0, ran.stdout, ran.stderr)
    print(ran.stdout)


def main(tool, program, source, build):
    with tempfile.TemporaryDirectory() as folder:
        try:
            globals()["judge_" + tool](Renderer(program, folder), source, build)
        except Wrong as wrong:
            print(f"WRONG: {wrong}")
            return 1
    return 0


sys.exit(main(*sys.argv[1:]))
