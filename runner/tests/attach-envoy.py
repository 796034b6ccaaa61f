#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""attach-envoy.py GAUNTLET SOURCES [--drain SECONDS] [--keep]: attach mode with a real Envoy.

Envoy runs in a network namespace of its own, behind a pair of interfaces, and speaks TLS: to
clients, of whom it wants a certificate, and to the lab, whose CA it trusts. Gauntlet runs as a
user without rights. What is shown, as lines of TAP:

  the lab stands, doctor proves that Envoy reaches it, a run passes;
  Envoy is reconfigured by a command, once a group (it drains for --drain seconds; 1);
  raw HTTP/2 frames come through TLS, where Envoy chooses h2 by ALPN;
  a lab that cannot be reached is BROKEN with its reason, and nothing is PASSED: ports where nobody
  listens, packets that somebody drops on the way to the lab, or on the way to Envoy;
  an Envoy that does not trust the lab's CA is told so.

Needs root, iproute2 and openssl; without one of them the exit status is 77.
"""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

SKIPPED, NOBODY = 77, 65534
NOWHERE = "198.51.100.7"  # for documentation (RFC 5737)
TLS_OUT = """      transport_socket:
        name: envoy.transport_sockets.tls
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
          common_tls_context:
            validation_context:
              trusted_ca: {{ filename: {ca} }}
"""
TLS_IN = """        - transport_socket:
            name: envoy.transport_sockets.tls
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
              require_client_certificate: true
              common_tls_context:
                alpn_protocols: [h2, http/1.1]
                tls_certificates:
                  - {{ certificate_chain: {{ filename: {dir}/gateway.pem }}, private_key: {{ filename: {dir}/gateway.key }} }}
                validation_context:
                  trusted_ca: {{ filename: {dir}/client.pem }}
          filters:"""
TARGET = """target: envoy-apart
kind: gateway
claims: [http2]
lacks: [gateway.reads_body, gateway.counts_headers]
attach: {{url: "https://{there}:8443", ca: gateway.pem, sni: gateway.example, cert: client.pem, key: client.key}}
providers: [keycloak]
ready: {{timeout: 5s}}
caches: {{jwks: 0s, decisions: 0s}}
reconfigure:
  command: [python3, "{dir}/again.py", "{there}", "{drain}"]
  timeout: 60s
  ready: "${{url}}/health/live"
lab:
  address: {here}
  ca: lab-tls
  idp: {{listen: "{here}:9001", tls: true}}
  pdp: {{listen: "{here}:9002", advertise: "https://{here}:9002", tls: true}}
  upstream: {{listen: "{here}:9003", tls: true}}
"""
# Drains Envoy and lets it end; who started it starts it anew with the file that is there then.
AGAIN = """import sys, time, urllib.request
admin = "http://%s:9901" % sys.argv[1]
ask = lambda method, path: urllib.request.urlopen(urllib.request.Request(admin + path, method=method), timeout=3).read().decode()
end = time.time() + float(sys.argv[2])
ask("POST", "/drain_listeners?graceful&skip_exit")
while time.time() < end:
    time.sleep(0.05)
ask("POST", "/quitquitquit")
open("/proc/self/fd/1", "w").write("drained\\n")
"""


class Stage:
    """Folder, namespace, certificates; all of it goes away at the end."""

    def __init__(self, gauntlet, sources, drain):
        n = os.getpid() % 250
        self.name = f"gauntlet{os.getpid()}"
        self.here, self.there = f"10.203.{n}.1", f"10.203.{n}.2"
        self.gauntlet, self.sources, self.drain = gauntlet, sources, drain
        self.dir = tempfile.mkdtemp(prefix="gauntlet-envoy-")
        os.chmod(self.dir, 0o755)
        self.envoy = self.keeper = None
        self.made = False

    def ip(self, *words):
        subprocess.run(["ip", *words], check=True, capture_output=True, text=True)

    def raise_network(self):
        a, b = f"gv{os.getpid()}a", f"gv{os.getpid()}b"
        self.ip("netns", "add", self.name)
        self.made = True
        self.ip("link", "add", a, "type", "veth", "peer", "name", b, "netns", self.name)
        self.ip("addr", "add", self.here + "/30", "dev", a)
        self.ip("link", "set", a, "up")
        self.ip("-n", self.name, "addr", "add", self.there + "/30", "dev", b)
        self.ip("-n", self.name, "link", "set", b, "up")
        self.ip("-n", self.name, "link", "set", "lo", "up")
        self.ip("-n", self.name, "route", "add", NOWHERE + "/32", "dev", b)
        self.drop(NOWHERE, b, ["-n", self.name])
        self.link = a

    def drop(self, address, device, where):
        """Packets to address get lost: the machine that they are sent to is not there."""
        self.ip(*where, "neigh", "replace", address, "lladdr", "02:00:00:00:00:07", "dev", device,
                "nud", "permanent")

    def certificate(self, name, cn):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", f"/CN={cn}",
                        "-addext", f"subjectAltName=DNS:{cn}", "-keyout", self.at(name + ".key"),
                        "-out", self.at(name + ".pem")], check=True, capture_output=True)

    def at(self, name):
        return os.path.join(self.dir, name)

    def write(self, name, text):
        with open(self.at(name), "w", encoding="utf-8") as f:
            f.write(text)

    def settings(self):
        """Those of the target file that starts Envoy."""
        with open(os.path.join(self.sources, "fixtures/targets/envoy.yaml"), encoding="utf-8") as f:
            block = re.search(r"^settings:.*\n((?:  .*\n)+)", f.read(), re.M)
        return dict(re.findall(r'^  (\w+): "?([^"#\n]*[^"# \n])', block[1] if block else "", re.M))

    def write_envoy(self, ca, lab=None):
        with open(os.path.join(self.sources, "fixtures/targets/envoy/envoy.yaml.tpl"),
                  encoding="utf-8") as f:
            text = f.read()
        lab = lab or self.here
        words = {"gateway_listen.host": self.there, "gateway_listen.port": "8443",
                 "upstream.host": lab, "upstream.port": "9003", "pdp.host": lab,
                 "pdp.port": "9002", "pdp": f"https://{lab}:9002", **self.settings()}
        text = re.sub(r"\$\{([a-z_.]+)\}", lambda m: words[m[1]], text)
        text = text.replace("        - filters:", TLS_IN.format(dir=self.dir), 1)
        text = re.sub(r"(      connect_timeout: 2s\n)", lambda m: m[1] + TLS_OUT.format(ca=ca), text)
        text += (f"admin:\n  address:\n    socket_address: {{ address: {self.there}, "
                 "port_value: 9901 }\n")
        self.write("envoy.yaml", text)

    def start_envoy(self):
        """In the namespace, as nobody; whenever it ends it is started anew."""
        envoy = os.path.join(self.sources, "build/targets/envoy/envoy")
        loop = (f"while :; do '{envoy}' -c {self.dir}/envoy.yaml --concurrency 1 --log-level "
                "warning --disable-hot-restart; done")
        self.envoy = subprocess.Popen(
            ["ip", "netns", "exec", self.name, "setpriv", f"--reuid={NOBODY}",
             f"--regid={NOBODY}", "--clear-groups", "sh", "-c", loop],
            stdout=subprocess.DEVNULL, stderr=open(self.at("envoy.log"), "w"),
            start_new_session=True)

    def stop_envoy(self):
        if self.envoy:
            os.killpg(self.envoy.pid, signal.SIGKILL)
            self.envoy.wait()
            self.envoy = None

    def as_nobody(self, *words, **more):
        env = {"PATH": os.environ["PATH"], "HOME": self.dir, "TMPDIR": self.dir, "TERM": "dumb",
               "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "")}
        return subprocess.Popen([self.gauntlet, *words, "--target", "target.yaml"], cwd=self.dir,
                                env=env, user=NOBODY, group=NOBODY, extra_groups=[], text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **more)

    def says(self, *words):
        p = self.as_nobody(*words)
        text = p.communicate(timeout=500)[0]
        return p.returncode, text

    def prepare(self):
        self.raise_network()
        self.certificate("gateway", "gateway.example")
        self.certificate("client", "client.example")
        self.write("again.py", AGAIN)
        self.write("target.yaml", TARGET.format(here=self.here, there=self.there, dir=self.dir,
                                                drain=self.drain))
        self.write_envoy(self.at("lab-tls/ca.pem"))
        for name in os.listdir(self.dir):
            os.chown(self.at(name), NOBODY, NOBODY)
        os.chown(self.dir, NOBODY, NOBODY)

    def stand(self):
        """The lab first: it makes the certificate that Envoy is to trust."""
        self.keeper = self.as_nobody("lab")
        said = []
        for line in self.keeper.stdout:
            said.append(line)
            if "The lab stands" in line:
                break
        return "".join(said)

    def end(self):
        self.stop_envoy()
        if self.keeper and self.keeper.poll() is None:
            self.keeper.terminate()
            self.keeper.wait()
        if self.made:
            subprocess.run(["ip", "netns", "del", self.name], check=False)
        shutil.rmtree(self.dir, ignore_errors=True)


class Tap:
    def __init__(self):
        self.n = self.failed = 0

    def ok(self, held, what, said=""):
        self.n += 1
        self.failed += not held
        print(f"{'ok' if held else 'not ok'} {self.n} - {what}", flush=True)
        if not held:
            print("\n".join("# " + line for line in said.splitlines()), flush=True)


def verdicts(stage):
    with open(stage.at("r.json"), encoding="utf-8") as f:
        results = json.load(f)["results"]
    return {v: sum(r["verdict"].lower() == v for r in results) for v in ("passed", "failed", "broken")}


def show(stage, tap):
    said = stage.stand()
    tap.ok(f"https://{stage.here}:9002" in said and "lab-tls/ca.pem" in said,
           "the lab stands for nobody's user, with TLS and its CA exported", said)
    stage.start_envoy()
    code, said = stage.says("doctor")
    tap.ok(code == 0 and f"decision point at https://{stage.here}:9002" in said and
           f"upstream at https://{stage.here}:9003" in said,
           "doctor proves by a request through Envoy that it reaches the lab", said)
    since = time.monotonic()
    code, said = stage.says("run", "--section", "401", "--section", "gateway-headers", "--quiet",
                            "--report", "json=r.json")
    took = time.monotonic() - since
    counts = verdicts(stage)
    tap.ok(code == 0 and counts["passed"] > 15 and not counts["failed"] and not counts["broken"],
           f"a run through TLS on both sides, in groups after {stage.drain} s of draining each: "
           f"{counts}, {took:.0f} s", said)
    code, said = stage.says("lab")
    tap.ok(code != 0 and "stands already" in said, "the lab has come back after the run", said)
    code, said = stage.says("run", "--section", "gateway-http2", "--report", "json=r.json")
    counts = verdicts(stage)
    tap.ok(code == 0 and counts["passed"] >= 5 and not counts["failed"] and not counts["broken"],
           f"raw HTTP/2 frames through TLS: {counts}", said)


def show_untrusted(stage, tap):
    """Another CA than the lab's, as when lab-tls was made anew and nobody told Envoy."""
    stage.stop_envoy()
    stage.write_envoy(stage.at("client.pem"))
    stage.start_envoy()
    code, said = stage.says("doctor")
    tap.ok(code == 3 and "TLS handshake" in said and "ca.pem" in said,
           "an Envoy that does not trust the lab's CA is told so", said)
    code, said = stage.says("run", "--section", "401", "--report", "json=r.json")
    counts = verdicts(stage)
    tap.ok(code == 3 and counts["broken"] > 5 and not counts["passed"] and not counts["failed"],
           f"and nothing is PASSED: {counts}", said)


def show_gone(stage, tap):
    """Routes to the lab are taken away, as by a firewall: Envoy can be asked, and asks in vain."""
    stage.stop_envoy()
    text = open(stage.at("envoy.yaml"), encoding="utf-8").read()
    stage.write("envoy.yaml", text.replace("port_value: 9002", "port_value: 9012")
                .replace("port_value: 9003", "port_value: 9013"))
    stage.start_envoy()
    code, said = stage.says("run", "--section", "401", "--report", "json=r.json")
    counts = verdicts(stage)
    tap.ok(code == 3 and "to the lab at" in said and counts["broken"] > 5 and
           not counts["passed"],
           f"a lab that cannot be reached is BROKEN with its reason: {counts}", said)
    stage.stop_envoy()
    code, said = stage.says("doctor")
    tap.ok(code == 3 and "is not ready" in said, "an Envoy that is gone is BROKEN", said)


def tried(stage, tap, what, part, *words):
    """A command that ends with 3 in half a minute, says so, and passes and fails nothing."""
    limit = 30 + float(stage.drain)
    since = time.monotonic()
    code, said = stage.says(*words)
    took = time.monotonic() - since
    counts = verdicts(stage) if "run" in words else {"passed": 0, "failed": 0, "broken": 6}
    tap.ok(code == 3 and part in " ".join(said.split()) and took < limit and counts["broken"] > 5 and
           not counts["passed"] and not counts["failed"], f"{what}: {took:.1f} s", said)


def show_dropped(stage, tap):
    """Somebody between drops packets: nobody is refused, and nobody is answered."""
    run = ("run", "--section", "401", "--report", "json=r.json")
    lost = "no request of the target came to the lab at"
    stage.write_envoy(stage.at("lab-tls/ca.pem"), NOWHERE)
    stage.start_envoy()
    tried(stage, tap, "doctor says that Envoy's packets to the lab get lost", lost, "doctor")
    tried(stage, tap, "and a run is BROKEN", lost, *run)
    text = open(stage.at("target.yaml"), encoding="utf-8").read()
    stage.write("target.yaml", re.sub(r"reconfigure:\n(  .*\n)+", "", text))
    stage.drop(stage.there, stage.link, [])
    mute = "no connection in time"
    tried(stage, tap, "doctor says that packets to Envoy get lost", mute, "doctor")
    tried(stage, tap, "and a run is BROKEN", mute, *run)


def main():
    gauntlet, sources = (os.path.abspath(p) for p in sys.argv[1:3])
    drain = sys.argv[sys.argv.index("--drain") + 1] if "--drain" in sys.argv else "1"
    missing = [w for w in ("ip", "openssl", "setpriv") if not shutil.which(w)]
    if os.geteuid() != 0 or missing:
        print(f"1..0 # SKIP needs root, iproute2 and openssl; missing: {missing or 'root'}")
        return SKIPPED
    done = subprocess.run([os.path.join(sources, "fixtures/targets/install/envoy.sh")], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        print(f"1..0 # SKIP {done.stdout.strip()}")
        return done.returncode
    stage, tap = Stage(gauntlet, sources, drain), Tap()
    try:
        stage.prepare()
        show(stage, tap)
        show_untrusted(stage, tap)
        show_gone(stage, tap)
        show_dropped(stage, tap)
    except subprocess.CalledProcessError as e:
        print(f"1..0 # SKIP no network namespace here: {e.stderr}")
        return SKIPPED
    finally:
        if "--keep" in sys.argv:
            input(stage.dir)
        stage.end()
    print(f"1..{tap.n}")
    return tap.failed != 0


if __name__ == "__main__":
    sys.exit(main())
