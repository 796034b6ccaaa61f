# SPDX-License-Identifier: Apache-2.0
"""Servers under load: started, pinned, measured, stopped."""
import contextlib
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import time
import urllib.parse
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
TICKS = os.sysconf("SC_CLK_TCK")
CORES = sorted(os.sched_getaffinity(0))
# The server alone on one core, the load on another; where there is one only, nothing is pinned.
SERVER_CORE = str(CORES[0]) if len(CORES) > 1 else None
LOAD_CORE = str(CORES[1]) if len(CORES) > 1 else None
CONNECTIONS = 32


@contextlib.contextmanager
def awake():
    """Keeps the cores from sleeping (Linux, PM QoS); gives False where that is not allowed.

    A core that slept between two requests is woken by the server, more often the slower it is, and
    in a virtual machine for the price of several microseconds.
    """
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(open("/dev/cpu_dma_latency", "wb", buffering=0)).write(bytes(4))
            kept = True
        except OSError:
            kept = False
        yield kept


def pinned(core, argv):
    return ["taskset", "-c", core, *argv] if core else list(argv)


class Server:
    """A started server: CPU seconds and memory of its process."""

    def __init__(self, argv, port=None, ready=None, pin=SERVER_CORE):
        self.argv = pinned(pin, argv)
        self.started = time.monotonic()
        # Only what says when it is ready is read: one that talks on would wait for a reader.
        self.process = subprocess.Popen(self.argv, stdin=subprocess.PIPE, text=True,
                                        stdout=subprocess.PIPE if ready else subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        self.info = {}
        if ready == "port":
            port = int(self.process.stdout.readline())
        elif ready == "json":
            self.info = json.loads(self.process.stdout.readline())
        self.port = port
        self.url = f"http://127.0.0.1:{port}"

    def wait(self, url):
        """Milliseconds from start to the first answer."""
        for _ in range(10000):
            try:
                fetch(url)
                return (time.monotonic() - self.started) * 1000
            except OSError:
                time.sleep(0.001)
        raise RuntimeError(f"{self.argv}: no answer from {url}")

    def cpu(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def rss(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as f:
            return int(re.search(r"VmRSS:\s+(\d+)", f.read()).group(1)) / 1024

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        self.process.stdin.close()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()


class Limit(Server):
    """limit.c: what the HTTP library and the signature alone cost."""

    def __init__(self, build, *flags, pin=SERVER_CORE):
        super().__init__([os.path.join(build, "idp-sim", "bench", "limit"), *flags],
                         ready="port", pin=pin)


class Simulator(Server):
    def __init__(self, build, *options, pin=SERVER_CORE, threads=1):
        program = os.path.join(build, "idp-sim", "idp-sim")
        super().__init__([program, "serve", "--port", "0", "--control-port", "0", "--ready", "json",
                          "--exit-on-stdin-close", "--threads", str(threads), *options],
                         ready="json", pin=pin)
        self.discovery = self.info["issuers"]["keycloak"] + "/.well-known/openid-configuration"

    def endpoint(self, name):
        return json.loads(fetch(self.discovery))[name]

    def refresh_tokens(self, path, count):
        """As many sign-ins, a refresh token a line: each can be exchanged by one connection."""
        url = self.endpoint("token_endpoint")
        body = {"grant_type": "password", "client_id": "platform-cli", "scope": "openid",
                "username": "alice", "password": "alice-pw"}
        with open(path, "w", encoding="ascii") as f:
            for _ in range(count):
                answer = json.loads(fetch(url, body))
                f.write(answer["refresh_token"] + "\n")
        return answer


CLIENT_CREDENTIALS = {"grant_type": "client_credentials", "client_id": "platform-svc",
                      "client_secret": "svc-secret"}


def fetch(url, body=None):
    data = urllib.parse.urlencode(body).encode() if body else None
    with urllib.request.urlopen(url, data, timeout=10) as answer:
        return answer.read()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def load(server, script, url, words=(), seconds=2, pin=LOAD_CORE, connections=CONNECTIONS):
    """Runs wrk; requests per CPU second of the server, per wall second, and latencies in ms."""
    argv = pinned(pin, ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s",
                        os.path.join(HERE, script), url])
    if words:
        argv += ["--", *words]
    before = server.cpu()
    out = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    spent = server.cpu() - before
    found = re.search(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+)", out)
    if not found:
        raise RuntimeError(f"wrk said nothing about {url}: {out}")
    requests, bad, duration, p50, p99 = map(int, found.groups())
    if bad or not requests:
        raise RuntimeError(f"{bad} of {requests} answers of {url} were errors")
    return {"per_cpu_s": requests / max(spent, 1 / TICKS), "per_s": requests * 1e6 / duration,
            "requests": requests, "p50_ms": p50 / 1000, "p99_ms": p99 / 1000}


def peers(at):
    """name, argv of a port, discovery path, token body (None: it issues no such token)."""
    body = {"grant_type": "client_credentials", "client_id": "bench",
            "client_secret": "bench-secret"}
    node, modules = shutil.which("node"), os.path.join(at, "node_modules")
    mockoidc = os.path.join(at, "mockoidc", "mockoidc")
    mock = os.path.join(modules, "oauth2-mock-server", "dist", "oauth2-mock-server.mjs")
    if os.path.exists(mockoidc):
        yield ("mockoidc", lambda port: [mockoidc, str(port)],
               "/oidc/.well-known/openid-configuration", None)
    if node and os.path.exists(os.path.join(modules, "oidc-provider")):
        script = os.path.join(HERE, "peers", "oidc-provider.mjs")
        yield ("oidc-provider", lambda port: [node, script, at, str(port)],
               "/.well-known/openid-configuration", body)
    if node and os.path.exists(mock):
        yield ("oauth2-mock-server", lambda port: [node, mock, "-a", "127.0.0.1", "-p", str(port)],
               "/.well-known/openid-configuration", body)


def given_peers(rows):
    """The same of --peer NAME COMMAND DISCOVERY FORM."""
    for name, command, discovery, form in rows:
        yield (name, lambda port, words=shlex.split(command): [
            w.replace("{port}", str(port)) for w in words],
               discovery, dict(urllib.parse.parse_qsl(form)) or None)
