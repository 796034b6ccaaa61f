# SPDX-License-Identifier: Apache-2.0
"""redis-server, two copies of idp-sim on it, and nginx in front of both: for copies_test.py."""
import http.client
import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import urllib.parse

SECRET = "hush/hush@here"
NGINX = """daemon off; worker_processes 1; pid nginx.pid; error_log stderr crit;
events {{ worker_connections 512; }}
http {{ access_log off; client_body_temp_path .; proxy_temp_path .; fastcgi_temp_path .;
  uwsgi_temp_path .; scgi_temp_path .;
  upstream copies {{ server {a}; server {b}; }}
  server {{ listen 127.0.0.1:{port}; add_header X-Copy $upstream_addr always;
    location / {{ proxy_pass http://copies; }} }} }}
"""


class Answer:
    def __init__(self, raw, text):
        self.status, self.text, self.headers = raw.status, text, raw.headers
        try:
            self.json = json.loads(text)
        except ValueError:
            self.json = {}

    def __getitem__(self, name):
        return self.json.get(name)


class Peer:
    """Somebody who is asked; a connection a thread, made anew when it was lost."""

    def __init__(self, origin):
        self.origin, self.place = origin, urllib.parse.urlsplit(origin).netloc
        self.own = threading.local()

    def ask(self, method, path, body=None, kind="application/x-www-form-urlencoded"):
        line = getattr(self.own, "line", None) or http.client.HTTPConnection(self.place, timeout=30)
        self.own.line = None
        line.request(method, path, body, {"Content-Type": kind} if body is not None else {})
        raw = line.getresponse()
        answer = Answer(raw, raw.read().decode())
        self.own.line = line
        return answer

    def get(self, path, **query):
        return self.ask("GET", path + ("?" + urllib.parse.urlencode(query) if query else ""))

    def post(self, path, **form):
        return self.ask("POST", path, urllib.parse.urlencode(form))

    def tell(self, path, method="POST", **body):
        return self.ask(method, path, json.dumps(body), "application/json")


class Redis:
    """With a log of every write, so that a restart loses nothing."""

    def __init__(self, folder):
        self.folder, self.path, self.process = folder, os.path.join(folder, "redis.sock"), None
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", self.path, "--requirepass", SECRET, "--save", "",
             "--appendonly", "yes", "--appendfsync", "no", "--dir", self.folder],
            stdout=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            if "ready to accept connections" in line:
                return
        raise AssertionError("redis-server did not start")

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def url(self):
        return f"unix://:{urllib.parse.quote(SECRET, safe='')}@{self.path}?db=1&prefix=pair"


class Copy:
    def __init__(self, program, config, keys, public_url):
        self.process = subprocess.Popen(
            [program, "serve", "--port", "0", "--ready", "json", "--exit-on-stdin-close", "--config", config,
             "--keys", keys, "--public-url", public_url],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.line = self.process.stdout.readline()
        ready = json.loads(self.line)
        self.surface, self.control = Peer(ready["listener"]), Peer(ready["control"])

    def end(self):
        self.process.stdin.close()
        code = self.process.wait(timeout=30)
        self.process.stdout.close()
        return code


class Pair:
    """redis-server, two copies, and nginx that gives each the next request."""

    def __init__(self, program):
        self.folder = tempfile.mkdtemp()
        self.redis = Redis(self.folder)
        listener = socket.create_server(("127.0.0.1", 0), backlog=511)
        port = listener.getsockname()[1]
        self.front = Peer(f"http://127.0.0.1:{port}")
        config = os.path.join(self.folder, "idp-sim.yaml")
        with open(config, "w", encoding="utf-8") as file:
            json.dump({"state": self.redis.url(), "providers": {}}, file)
        self.start = lambda: Copy(program, config, os.path.join(self.folder, "keys.pem"), self.front.origin)
        self.a, self.b = self.start(), self.start()
        with open(os.path.join(self.folder, "nginx.conf"), "w", encoding="utf-8") as file:
            file.write(NGINX.format(port=port, a=self.a.surface.place, b=self.b.surface.place))
        self.nginx = subprocess.Popen(
            [shutil.which("nginx"), "-p", self.folder, "-c", "nginx.conf", "-e", "stderr"],
            stderr=subprocess.DEVNULL, pass_fds=[listener.fileno()], env={**os.environ, "NGINX": f"{listener.fileno()};"})
        listener.close()

    def end(self):
        codes = [copy.end() for copy in (self.a, self.b)]
        self.nginx.terminate()
        self.nginx.wait()
        self.redis.stop()
        shutil.rmtree(self.folder)
        return codes
