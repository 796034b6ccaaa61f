#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Requests per CPU second of idp-sim beside the physical limit and beside its peers.

    bench.py --build DIR [--peers DIR] [--rounds 3] [--seconds 3] [--only WORD] [--soak]

Server and load are pinned to different cores; servers take turns, each round starts them anew,
and the median counts. Prints a table; writes bench.json and bench.html into DIR. Asserts nothing.
"""
import argparse
import html
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
TICKS = os.sysconf("SC_CLK_TCK")
CONNECTIONS = 32


class Server:
    """A started server: .url(path), CPU seconds and memory of its process tree."""

    def __init__(self, argv, port=None, ready=None, pin="0"):
        self.argv = (["taskset", "-c", pin] if pin else []) + argv
        started = time.monotonic()
        self.process = subprocess.Popen(self.argv, stdin=subprocess.PIPE, text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.info = {}
        if ready == "port":
            port = int(self.process.stdout.readline())
        elif ready == "json":
            self.info = json.loads(self.process.stdout.readline())
        self.port = port
        self.started = started

    def wait(self, url):
        for _ in range(5000):
            try:
                with urllib.request.urlopen(url, timeout=2) as answer:
                    answer.read()
                    break
            except OSError:
                time.sleep(0.001)
        else:
            raise RuntimeError(f"{self.argv}: no answer from {url}")
        return (time.monotonic() - self.started) * 1000

    def cpu(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def rss(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as f:
            return int(re.search(r"VmRSS:\s+(\d+)", f.read()).group(1)) / 1024

    def stop(self):
        self.process.stdin.close()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def load(server, script, url, words=(), seconds=3, pin="1", connections=CONNECTIONS):
    """Runs wrk; requests per CPU second of the server, per wall second, and latencies in ms."""
    argv = (["taskset", "-c", pin] if pin else []) + [
        "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", os.path.join(HERE, script), url]
    if words:
        argv += ["--", *words]
    before = server.cpu()
    out = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    spent = server.cpu() - before
    found = re.search(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+)", out)
    if not found:
        raise RuntimeError(f"wrk said nothing about {url}: {out}")
    requests, bad, duration, p50, p99 = map(int, found.groups())
    if bad:
        raise RuntimeError(f"{bad} of {requests} answers of {url} were errors")
    return {"per_cpu_s": requests / max(spent, 1 / TICKS), "per_s": requests * 1e6 / duration,
            "p50_ms": p50 / 1000, "p99_ms": p99 / 1000}


def fetch(url, body=None):
    data = urllib.parse.urlencode(body).encode() if body else None
    with urllib.request.urlopen(url, data, timeout=10) as answer:
        return answer.read()


class Simulator(Server):
    def __init__(self, build, *options, pin="0", threads=1):
        program = os.path.join(build, "idp-sim", "idp-sim")
        super().__init__([program, "serve", "--port", "0", "--control-port", "0", "--ready", "json",
                          "--exit-on-stdin-close", "--threads", str(threads), *options],
                         ready="json", pin=pin)
        self.issuer = self.info["issuers"]["keycloak"]
        self.discovery = self.issuer + "/.well-known/openid-configuration"
        self.endpoints = json.loads(fetch(self.discovery))

    def client_credentials(self):
        secret = {"grant_type": "client_credentials", "client_id": "platform-svc",
                  "client_secret": "svc-secret"}
        return self.endpoints["token_endpoint"], secret

    def refresh_tokens(self, path, count):
        with open(path, "w", encoding="ascii") as f:
            for _ in range(count):
                body = {"grant_type": "password", "client_id": "platform-cli",
                        "username": "alice", "password": "alice-pw"}
                answer = json.loads(fetch(self.endpoints["token_endpoint"], body))
                f.write(answer["refresh_token"] + "\n")


class Bench:
    def __init__(self, options):
        self.o = options
        self.samples = {}
        self.sizes = {}
        self.failures = []

    def keep(self, case, name, sample):
        self.samples.setdefault(case, {}).setdefault(name, []).append(sample)

    def limit(self, case, script, words, *flags, pin="0", name="limit"):
        server = Server([os.path.join(self.o.build, "idp-sim", "bench", "limit"), *flags],
                        ready="port", pin=pin)
        try:
            url = f"http://127.0.0.1:{server.port}/"
            load(server, script, url, words, 1)
            self.keep(case, name, load(server, script, url, words, self.o.seconds))
        finally:
            server.stop()

    def simulator_case(self, case, script, prepare, *options):
        server = Simulator(self.o.build, *options)
        try:
            url, words = prepare(server)
            load(server, script, url, words, 1)
            self.keep(case, "idp-sim", load(server, script, url, words, self.o.seconds))
        finally:
            server.stop()

    def token_case(self, case, algorithm):
        options = ["--alg", algorithm.upper()] if algorithm != "rs256" else []

        def prepare(server):
            url, body = server.client_credentials()
            text = urllib.parse.urlencode(body)
            self.sizes[case] = len(fetch(url, body))
            return url, [text]

        self.simulator_case(case, "post.lua", prepare, *options)
        body = "grant_type=client_credentials&client_id=platform-svc&client_secret=svc-secret"
        self.limit(case, "post.lua", [body], "--size", str(self.sizes[case]), "--sign", algorithm)

    def refresh_case(self):
        case = "refresh RS256"
        with tempfile.NamedTemporaryFile(suffix=".txt") as tokens:
            def prepare(server):
                server.refresh_tokens(tokens.name, CONNECTIONS * 2)
                prefix = "grant_type=refresh_token&client_id=platform-cli&refresh_token="
                return server.endpoints["token_endpoint"], [prefix, tokens.name]

            self.simulator_case(case, "refresh.lua", prepare)
        body = "grant_type=refresh_token&client_id=platform-cli&refresh_token=" + "x" * 600
        self.limit(case, "post.lua", [body], "--size", "4000", "--sign", "rs256",
                   "--signatures", "2")

    def page_case(self, case, member):
        def prepare(server):
            url = server.discovery if member is None else server.endpoints[member]
            self.sizes[case] = len(fetch(url))
            return url, []

        self.simulator_case(case, "get.lua", prepare)
        self.limit(case, "get.lua", [], "--size", str(self.sizes[case]))

    def threads_case(self):
        for threads in (1, 2):
            server = Simulator(self.o.build, pin=None, threads=threads)
            try:
                url, body = server.client_credentials()
                words = [urllib.parse.urlencode(body)]
                load(server, "post.lua", url, words, 1, pin=None)
                self.keep(f"threads {threads}", "idp-sim",
                          load(server, "post.lua", url, words, self.o.seconds, pin=None))
            finally:
                server.stop()
            limit = Server([os.path.join(self.o.build, "idp-sim", "bench", "limit"), "--size",
                            "1700", "--sign", "rs256", "--threads", str(threads)],
                           ready="port", pin=None)
            try:
                url = f"http://127.0.0.1:{limit.port}/"
                load(limit, "post.lua", url, words, 1, pin=None)
                self.keep(f"threads {threads}", "limit",
                          load(limit, "post.lua", url, words, self.o.seconds, pin=None))
            finally:
                limit.stop()

    def start_case(self):
        keys = os.path.join(self.o.build, "bench-keys.pem")
        server = Simulator(self.o.build)
        cold = (time.monotonic() - server.started) * 1000
        self.keep("cold start", "idp-sim", {"ms": cold, "rss_mib": server.rss()})
        server.stop()
        if not os.path.exists(keys):
            subprocess.run(["openssl", "genrsa", "-traditional", "-out", keys, "2048"], check=True,
                           stderr=subprocess.DEVNULL)
        limit = Server([os.path.join(self.o.build, "idp-sim", "bench", "limit"), "--sign", "rs256",
                        "--key", keys], ready="port")
        cold = limit.wait(f"http://127.0.0.1:{limit.port}/")
        self.keep("cold start", "limit", {"ms": cold, "rss_mib": limit.rss()})
        limit.stop()

    def peers(self):
        """name, argv, discovery path, token path, token body; those that are installed."""
        at = self.o.peers
        body = {"grant_type": "client_credentials", "client_id": "bench",
                "client_secret": "bench-secret"}
        if not at:
            return
        node, modules = shutil.which("node"), os.path.join(at, "node_modules")
        if os.path.exists(os.path.join(at, "mockoidc", "mockoidc")):
            yield ("mockoidc", lambda p: [os.path.join(at, "mockoidc", "mockoidc"), str(p)],
                   "/oidc/.well-known/openid-configuration", None)
        if node and os.path.exists(os.path.join(modules, "oidc-provider")):
            yield ("oidc-provider", lambda p: [node, os.path.join(HERE, "peers", "oidc-provider.mjs"),
                                               at, str(p)],
                   "/.well-known/openid-configuration", body)
        mock = os.path.join(modules, "oauth2-mock-server", "dist", "oauth2-mock-server.mjs")
        if node and os.path.exists(mock):
            yield ("oauth2-mock-server", lambda p: [node, mock, "-a", "127.0.0.1", "-p", str(p)],
                   "/.well-known/openid-configuration", body)

    def peer_round(self):
        for name, argv, discovery, body in self.peers():
            port = free_port()
            server = Server(argv(port))
            server.port = port
            url = f"http://127.0.0.1:{port}"
            try:
                cold = server.wait(url + discovery)
                self.keep("cold start", name, {"ms": cold, "rss_mib": server.rss()})
                endpoints = json.loads(fetch(url + discovery))
                for case, at in (("discovery", url + discovery), ("JWKS", endpoints["jwks_uri"])):
                    load(server, "get.lua", at, (), 1)
                    self.keep(case, name, load(server, "get.lua", at, (), self.o.seconds))
                if body:
                    words = [urllib.parse.urlencode(body)]
                    load(server, "post.lua", endpoints["token_endpoint"], words, 2)
                    self.keep("client_credentials RS256", name,
                              load(server, "post.lua", endpoints["token_endpoint"], words,
                                   self.o.seconds))
            except (OSError, RuntimeError) as problem:
                self.failures.append(f"{name}: {problem}")
            finally:
                server.stop()

    def soak(self):
        """RSS before, after the first and after the second million of grants (ES256)."""
        server = Simulator(self.o.build, "--alg", "ES256")
        url, body = server.client_credentials()
        words = [urllib.parse.urlencode(body)]
        rss = [server.rss()]
        for _ in range(2):
            done = 0
            while done < 1_000_000:
                sample = load(server, "post.lua", url, words, 10)
                done += int(sample["per_s"] * 10)
            rss.append(server.rss())
        server.stop()
        self.keep("memory", "idp-sim", {"rss_mib": rss[0], "after_1M": rss[1], "after_2M": rss[2]})

    def run(self):
        cases = [
            ("client_credentials RS256", lambda: self.token_case("client_credentials RS256", "rs256")),
            ("client_credentials ES256", lambda: self.token_case("client_credentials ES256", "es256")),
            ("refresh RS256", self.refresh_case),
            ("discovery", lambda: self.page_case("discovery", None)),
            ("JWKS", lambda: self.page_case("JWKS", "jwks_uri")),
            ("threads", self.threads_case),
            ("cold start", self.start_case),
            ("peers", self.peer_round),
        ]
        for turn in range(self.o.rounds):
            for name, play in cases:
                if self.o.only and self.o.only not in name:
                    continue
                print(f"round {turn + 1}: {name}", file=sys.stderr)
                try:
                    play()
                except (OSError, RuntimeError, KeyError, ValueError,
                        subprocess.SubprocessError) as problem:
                    self.failures.append(f"{name}: {problem}")
        if self.o.soak:
            self.soak()

    def medians(self):
        return {case: {name: {key: statistics.median(s[key] for s in samples)
                              for key in samples[0]}
                       for name, samples in servers.items()}
                for case, servers in self.samples.items()}


def table(medians, sizes):
    rows = [("case", "server", "req/CPU s", "of limit", "x best peer", "p50 ms", "p99 ms")]
    for case, servers in medians.items():
        limit = servers.get("limit", {}).get("per_cpu_s")
        peers = [s["per_cpu_s"] for n, s in servers.items()
                 if n not in ("idp-sim", "limit") and "per_cpu_s" in s]
        for name, s in servers.items():
            if "per_cpu_s" not in s:
                rows.append((case, name, *[f"{k} {v:.1f}" for k, v in s.items()]))
                continue
            best = f"{s['per_cpu_s'] / max(peers):.2f}" if peers and name == "idp-sim" else ""
            size = f" {sizes[case]} B" if case in sizes and name == "idp-sim" else ""
            rows.append((case + size, name, f"{s['per_cpu_s']:.0f}",
                         f"{s['per_cpu_s'] / limit:.2f}" if limit else "", best,
                         f"{s['p50_ms']:.2f}", f"{s['p99_ms']:.2f}"))
    return rows


def thread_ratio(medians):
    try:
        return {name: medians["threads 2"][name]["per_s"] / medians["threads 1"][name]["per_s"]
                for name in ("idp-sim", "limit")}
    except KeyError:
        return {}


def chart(medians):
    """One bar a server, as long as its share of the limit or of the longest."""
    parts, y = [], 20
    for case, servers in medians.items():
        bars = {n: s["per_cpu_s"] for n, s in servers.items() if "per_cpu_s" in s}
        if not bars:
            continue
        parts.append(f'<text x="0" y="{y}" class="case">{html.escape(case)}</text>')
        longest = max(bars.values())
        for name, value in sorted(bars.items(), key=lambda b: -b[1]):
            y += 22
            own = ' class="own"' if name == "idp-sim" else ""
            parts.append(f'<text x="0" y="{y + 11}">{html.escape(name)}</text>'
                         f'<rect x="150" y="{y}" height="14" width="{560 * value / longest:.1f}"{own}/>'
                         f'<text x="{156 + 560 * value / longest:.1f}" y="{y + 11}">{value:,.0f}</text>')
        y += 40
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 820 {y}" role="img" '
            'aria-label="requests per CPU second">' + "".join(parts) + "</svg>")


def write_reports(build, result, medians):
    with open(os.path.join(build, "bench.json"), "w", encoding="utf-8") as f:
        json.dump(result, f, indent=1)
    style = ("body{font:14px/20px system-ui;margin:32px;max-width:860px}svg{font-size:12px}"
             "rect{fill:#9aa4af}rect.own{fill:#1b5db8}.case{font-weight:600}")
    with open(os.path.join(build, "bench.html"), "w", encoding="utf-8") as f:
        f.write(f'<!doctype html><html lang="en"><meta charset="utf-8"><title>idp-sim, measured</title>'
                f"<style>{style}</style><h1>Requests per CPU second of the server</h1>{chart(medians)}")


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--build", required=True)
    p.add_argument("--peers")
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--seconds", type=int, default=3)
    p.add_argument("--only")
    p.add_argument("--soak", action="store_true")
    o = p.parse_args()
    if not shutil.which("wrk"):
        print("SKIPPED: wrk is not installed (apt-get install wrk)")
        return 77
    bench = Bench(o)
    bench.run()
    medians = bench.medians()
    rows = table(medians, bench.sizes)
    widths = [max(len(str(r[i])) for r in rows if len(r) > i) for i in range(7)]
    for row in rows:
        print("  ".join(str(c).ljust(w) for c, w in zip(row, widths)).rstrip())
    ratio = thread_ratio(medians)
    if ratio:
        print(f"two threads over one: idp-sim {ratio['idp-sim']:.2f}, limit {ratio['limit']:.2f}")
    for problem in bench.failures:
        print("NOT MEASURED", problem)
    write_reports(o.build, {"medians": medians, "sizes": bench.sizes, "threads": ratio,
                            "not_measured": bench.failures}, medians)
    return 0


if __name__ == "__main__":
    sys.exit(main())
