#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Requests per CPU second of idp-sim beside the physical limit and beside its peers.

    bench.py --build DIR [--peers DIR] [--rounds 3] [--seconds 2] [--case WORD]... [--soak]

The server has one core and the load another, and neither core sleeps where that may be said. In
each case idp-sim and the limit, or a peer, are loaded by turns of a second, so that what else the
machine does strikes both: a round is five turns of each and counts as their median, and so do the
rounds. Prints tables and whether each goal is met; writes bench.json, bench.svg and bench.html into
DIR. Asserts nothing. --soak adds two million grants (about five minutes).
"""
import argparse
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import urllib.parse

from many import hold_many
from report import case_rows, judge, other_rows, show, write
from servers import (CLIENT_CREDENTIALS, CONNECTIONS, SERVER_CORE, Limit, Server, Simulator, awake,
                     fetch, free_port, given_peers, load, peers, pinned)

TURNS = 5

PROBLEMS = (OSError, RuntimeError, KeyError, ValueError, subprocess.SubprocessError)


class Bench:
    def __init__(self, options):
        self.o = options
        self.samples, self.sizes, self.figures, self.failures = {}, {}, {}, []

    def keep(self, case, name, sample):
        self.samples.setdefault(case, {}).setdefault(name, []).append(sample)

    def by_turns(self, case, name, sim_load, other_load):
        """Loads both in each turn; the ratio is the median of the rounds', each that of its turns'."""
        sim_load(1), other_load(1)
        rounds = []
        for _ in range(self.o.rounds):
            ratios = []
            for _ in range(TURNS):
                ours, other = sim_load(1), other_load(1)
                self.keep(case, "idp-sim", ours)
                self.keep(case, name, other)
                ratios.append(ours["per_cpu_s"] / other["per_cpu_s"])
            rounds.append(statistics.median(ratios))
        return statistics.median(rounds)

    def beside_limit(self, case, sim_load, limit_load, share=1.0):
        ratio = self.by_turns(case, "limit", sim_load, limit_load)
        self.figures["of_limit", case] = ratio / share

    def token_case(self, case, algorithm):
        options = ["--alg", algorithm.upper()] if algorithm != "rs256" else []
        words = [urllib.parse.urlencode(CLIENT_CREDENTIALS)]
        with Simulator(self.o.build, *options) as ours:
            url = ours.endpoint("token_endpoint")
            answer = fetch(url, CLIENT_CREDENTIALS)
            signed = json.loads(answer)["access_token"].rpartition(".")[0]
            self.sizes[case] = {"idp-sim": len(answer), "limit": len(answer)}
            with Limit(self.o.build, "--size", str(len(answer)), "--sign", algorithm,
                       "--text", str(len(signed))) as bare:
                self.beside_limit(case,
                                  lambda s: load(ours, "post.lua", url, words, s),
                                  lambda s: load(bare, "post.lua", bare.url, words, s))

    def refresh_case(self, case):
        prefix = "grant_type=refresh_token&client_id=platform-cli&refresh_token="
        with tempfile.NamedTemporaryFile(suffix=".txt") as tokens, Simulator(self.o.build) as ours:
            url = ours.endpoint("token_endpoint")
            answer = ours.refresh_tokens(tokens.name, 1)
            size = len(json.dumps(answer))
            signed = answer["access_token"].rpartition(".")[0]
            self.sizes[case] = {"idp-sim": size, "limit": size}

            def refresh(seconds):
                # Tokens of an earlier load were used up or lost with its last answers.
                ours.refresh_tokens(tokens.name, 2 * CONNECTIONS)
                return load(ours, "refresh.lua", url, [prefix, tokens.name], seconds)

            body = [prefix + answer["refresh_token"]]
            with Limit(self.o.build, "--size", str(size), "--sign", "rs256",
                       "--text", str(len(signed))) as bare:
                self.beside_limit(case, refresh,
                                  lambda s: load(bare, "post.lua", bare.url, body, s), share=0.5)

    def page_case(self, case, member):
        with Simulator(self.o.build) as ours:
            url = ours.endpoint(member) if member else ours.discovery
            size = len(fetch(url))
            self.sizes.setdefault(case, {}).update({"idp-sim": size, "limit": size})
            with Limit(self.o.build, "--size", str(size)) as bare:
                self.beside_limit(case,
                                  lambda s: load(ours, "get.lua", url, (), s),
                                  lambda s: load(bare, "get.lua", bare.url, (), s))
                if case == "discovery":
                    self.keep("memory", "idp-sim", {"loaded_mib": ours.rss()})
                    self.keep("memory", "limit", {"loaded_mib": bare.rss()})

    def threads_case(self):
        """Requests per second of the clock, unpinned: with two threads over with one."""
        words = [urllib.parse.urlencode(CLIENT_CREDENTIALS)]
        gains = []
        for _ in range(self.o.rounds):
            per_s = {}
            for threads in (1, 2):
                with Simulator(self.o.build, pin=None, threads=threads) as ours:
                    url = ours.endpoint("token_endpoint")
                    load(ours, "post.lua", url, words, 1, pin=None)
                    got = load(ours, "post.lua", url, words, self.o.seconds, pin=None)
                    self.keep(f"threads {threads}", "idp-sim", got)
                    per_s["idp-sim", threads] = got["per_s"]
                with Limit(self.o.build, "--size", "1440", "--sign", "rs256", "--threads",
                           str(threads), pin=None) as bare:
                    load(bare, "post.lua", bare.url, words, 1, pin=None)
                    got = load(bare, "post.lua", bare.url, words, self.o.seconds, pin=None)
                    self.keep(f"threads {threads}", "limit", got)
                    per_s["limit", threads] = got["per_s"]
            gains.append((per_s["idp-sim", 2] / per_s["idp-sim", 1])
                         / (per_s["limit", 2] / per_s["limit", 1]))
        self.figures["single", "threads"] = statistics.median(gains)

    def keys_file(self):
        path = os.path.join(self.o.build, "bench-keys.pem")
        if not os.path.exists(path):
            with Simulator(self.o.build, "--keys", path):
                pass
        return path

    def start_case(self):
        """From the start of the process to the first answer, keys from a file."""
        keys, ratios = self.keys_file(), []
        for _ in range(5 * self.o.rounds):
            port, control = free_port(), free_port()
            argv = [os.path.join(self.o.build, "idp-sim", "idp-sim"), "serve", "--port", str(port),
                    "--control-port", str(control), "--exit-on-stdin-close", "--keys", keys,
                    "--quiet"]
            with Server(argv, port=port) as ours:
                cold = ours.wait(ours.url + "/realms/platform/.well-known/openid-configuration")
                self.keep("cold start", "idp-sim", {"ms": cold, "rss_mib": ours.rss()})
            with Server([os.path.join(self.o.build, "idp-sim", "bench", "limit"), "--sign", "rs256",
                         "--key", keys, "--port", str(port)], port=port) as bare:
                least = bare.wait(bare.url)
                self.keep("cold start", "limit", {"ms": least, "rss_mib": bare.rss()})
            ratios.append(cold / least)
        self.figures["single", "cold start"] = statistics.median(ratios)
        self.figures["single", "RSS idle"] = statistics.median(
            s["rss_mib"] for s in self.samples["cold start"]["idp-sim"])

    def beside_peer(self, name, ours, peer, discovery, body):
        """The same of both: their pages, and a token where the peer issues one."""
        endpoints = json.loads(fetch(peer.url + discovery))
        plays = [("discovery", "get.lua", ours.discovery, peer.url + discovery, None, None),
                 ("JWKS", "get.lua", ours.endpoint("jwks_uri"), endpoints["jwks_uri"], None, None)]
        if body:
            plays.append(("client_credentials RS256", "post.lua", ours.endpoint("token_endpoint"),
                          endpoints["token_endpoint"], CLIENT_CREDENTIALS, body))
        for case, script, our_url, url, our_body, its_body in plays:
            words = [[urllib.parse.urlencode(b)] if b else () for b in (our_body, its_body)]
            self.sizes.setdefault(case, {})[name] = len(fetch(url, its_body))
            load(peer, script, url, words[1], 2)
            ratio = self.by_turns(case, name,
                                  lambda s: load(ours, script, our_url, words[0], s),
                                  lambda s: load(peer, script, url, words[1], s))
            best = self.figures.get(("of_peer", case), ratio)
            self.figures["of_peer", case] = min(best, ratio)

    def peer_cases(self):
        for name, argv, discovery, body in [*peers(self.o.peers or ""), *given_peers(self.o.peer)]:
            port = free_port()
            with Simulator(self.o.build) as ours, Server(argv(port), port=port) as peer:
                self.keep("cold start", name,
                          {"ms": peer.wait(peer.url + discovery), "rss_mib": peer.rss()})
                self.beside_peer(name, ours, peer, discovery, body)

    def many_case(self):
        with Simulator(self.o.build) as ours:
            answered, codes, sample = hold_many(ours, 5000, 10000, self.o.seconds)
            self.keep("5,000 connections", "idp-sim", sample)
            self.keep("5,000 connections open", "idp-sim",
                      {"answered": answered, "codes_pending": codes, "rss_mib": ours.rss()})
            self.figures["single", "answered"] = float(answered == 5000 and codes == 10000)

    def openssl_case(self):
        out = subprocess.run(pinned(SERVER_CORE, ["openssl", "speed", "-seconds", "1", "rsa2048",
                                                  "ecdsap256"]),
                             capture_output=True, text=True, check=True).stdout
        for name, word in (("RS256", "rsa"), ("ES256", "256 bits ecdsa")):
            found = re.search(rf"^\s*{word}.*?[\d.]+s\s+[\d.]+s\s+([\d.]+)", out, re.M)
            if found:
                self.keep("openssl speed", name, {"signatures_per_s": float(found.group(1))})

    def soak(self):
        """RSS before, after the first and after the second million of grants (ES256)."""
        words = [urllib.parse.urlencode(CLIENT_CREDENTIALS)]
        with Simulator(self.o.build, "--alg", "ES256") as ours:
            url, rss = ours.endpoint("token_endpoint"), [ours.rss()]
            for _ in range(2):
                done = 0
                while done < 1_000_000:
                    done += load(ours, "post.lua", url, words, 10)["requests"]
                rss.append(ours.rss())
        self.keep("memory, MiB", "idp-sim", {"idle": rss[0], "after_1M": rss[1], "after_2M": rss[2]})
        self.figures["single", "RSS after 1M"] = rss[1]
        self.figures["single", "RSS 2M over 1M"] = rss[2] / rss[1]

    def cases(self):
        rs256, es256 = "client_credentials RS256", "client_credentials ES256"
        yield rs256, lambda: self.token_case(rs256, "rs256")
        yield es256, lambda: self.token_case(es256, "es256")
        yield "refresh RS256", lambda: self.refresh_case("refresh RS256")
        yield "discovery", lambda: self.page_case("discovery", None)
        yield "JWKS", lambda: self.page_case("JWKS", "jwks_uri")
        yield "threads", self.threads_case
        yield "cold start", self.start_case
        yield "connections", self.many_case
        yield "openssl", self.openssl_case
        yield "peers", self.peer_cases
        if self.o.soak:
            yield "soak", self.soak

    def run(self):
        for name, play in self.cases():
            if self.o.case and not any(word in name for word in self.o.case):
                continue
            print(name, file=sys.stderr, flush=True)
            try:
                play()
            except PROBLEMS as problem:
                self.failures.append(f"{name}: {problem}")

    def medians(self):
        return {case: {name: {key: statistics.median(s[key] for s in samples) for key in samples[0]}
                       for name, samples in servers.items()}
                for case, servers in self.samples.items()}


def sanitized(build):
    """Sanitizers cost more than all that is measured here."""
    out = subprocess.run(["meson", "introspect", "--buildoptions", build], capture_output=True,
                         text=True, check=False).stdout
    options = {o["name"]: o["value"] for o in json.loads(out or "[]")}
    return options.get("b_sanitize", "none") not in ("none", [])


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--build", required=True)
    p.add_argument("--peers", help="where peers/install.sh put them")
    p.add_argument("--peer", action="append", nargs=4, default=[],
                   metavar=("NAME", "COMMAND", "DISCOVERY", "FORM"),
                   help="one more: COMMAND with {port} in it, the path of its discovery document, "
                        "the form that gets a token ('' when it issues none)")
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--seconds", type=int, default=2)
    p.add_argument("--case", action="append", help="only the cases with that word in their name")
    p.add_argument("--soak", action="store_true", help="two million grants as well")
    o = p.parse_args()
    if not shutil.which("wrk"):
        print("SKIPPED: wrk is not installed (apt-get install wrk)")
        return 77
    if sanitized(o.build):
        print("SKIPPED: this build has sanitizers (meson setup --buildtype=release DIR)")
        return 77
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    bench = Bench(o)
    with awake() as kept:
        bench.run()
    medians = bench.medians()
    tables = [case_rows(medians, bench.sizes), other_rows(medians), judge(bench.figures, not o.case)]
    for rows in tables:
        if len(rows) > 1:
            show(rows)
    print("cores kept awake" if kept else "cores slept between two requests (to keep them awake is "
          "for those who may write to /dev/cpu_dma_latency): waking them is in all figures")
    for problem in bench.failures:
        print("NOT MEASURED", problem)
    figures = {f"{case}: {kind}": value for (kind, case), value in bench.figures.items()}
    write(o.build, {"medians": medians, "sizes": bench.sizes, "figures": figures,
                    "not_measured": bench.failures}, tables, medians)
    return 0


if __name__ == "__main__":
    sys.exit(main())
