# SPDX-License-Identifier: Apache-2.0
"""The runner's own weight beside hurl's: bench.py GAUNTLET-FAKE

1,000 rows of one GET and two assertions, against the same nginx in the same run; the processor
time of the parent and of all its workers counts, the server's does not. hurl is given a file a row,
and all rows as entries of one file; the better one counts. The goal is 0.8 of hurl's checks a CPU
second, of a build without sanitizers. Exit status 77: a tool is missing. hurl comes with

    apt-get install libxml2-dev libcurl4-openssl-dev libclang1-14 pkg-config
    cargo install --locked hurl@8.0.1
"""
import os
import pathlib
import resource
import shutil
import socket
import subprocess
import sys
import tempfile

ROWS, ROUNDS, GOAL, SKIPPED = 1000, 3, 0.8, 77
NGINX = """daemon off; worker_processes 1; pid nginx.pid; error_log stderr;
events {{ worker_connections 512; }}
http {{ access_log off; keepalive_requests 1000000; client_body_temp_path .; proxy_temp_path .;
  fastcgi_temp_path .; uwsgi_temp_path .; scgi_temp_path .;
  server {{ listen 127.0.0.1:{port};
    location / {{ default_type application/json; return 200 '{{"ok":true}}'; }} }} }}
"""
HURL = """GET {url}
HTTP 200
[Asserts]
header "Content-Type" startsWith "application/json"
"""


def cpu_of(command, env):
    """CPU seconds of a command and of all that it waited for."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ran = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if ran.returncode:
        sys.exit(f"{command[0]}: exit status {ran.returncode}: {ran.stdout[-500:]}{ran.stderr[-500:]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def serve(folder):
    """nginx on a socket that listens already: nobody waits for it, no port is guessed."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=511)
    port = listener.getsockname()[1]
    pathlib.Path(folder, "nginx.conf").write_text(NGINX.format(port=port), encoding="utf-8")
    server = subprocess.Popen([shutil.which("nginx") or "/usr/sbin/nginx", "-p", folder, "-c", "nginx.conf",
                               "-e", "stderr"], pass_fds=[listener.fileno()],
                              stderr=subprocess.DEVNULL,
                              env={**os.environ, "NGINX": f"{listener.fileno()};"})
    return server, f"http://127.0.0.1:{port}/"


def main(gauntlet):
    os.environ["PATH"] += ":/usr/sbin:" + os.path.expanduser("~/.cargo/bin")
    missing = [p for p in ("nginx", "hurl") if not shutil.which(p)]
    if "nginx" in missing:
        print("SKIPPED: nginx is not installed")
        return SKIPPED
    env = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
    with tempfile.TemporaryDirectory() as folder:
        server, url = serve(folder)
        files = [pathlib.Path(folder, f"{i}.hurl") for i in range(ROWS)]
        for path in files:
            path.write_text(HURL.format(url=url), encoding="utf-8")
        commands = {"gauntlet": [gauntlet, "run", "--section", "many", "--quiet"]}
        if "hurl" not in missing:
            one = pathlib.Path(folder, "all.hurl")
            one.write_text("\n".join([HURL.format(url=url)] * ROWS), encoding="utf-8")
            commands["hurl, a file a row"] = ["hurl", "--test", "--jobs", "1", *map(str, files)]
            commands["hurl, one file"] = ["hurl", "--test", "--jobs", "1", str(one)]
        env |= {"GAUNTLET_FAKE_MANY": str(ROWS), "GAUNTLET_FAKE_URL": url}
        best = {}
        try:
            for _ in range(ROUNDS):  # in turn, so that a busy machine is busy for both
                for name, command in commands.items():
                    best[name] = min(best.get(name, 1e9), cpu_of(command, env))
        finally:
            server.terminate()
            server.wait()
    for name, seconds in best.items():
        print(f"{name:20}{ROWS / seconds:10.0f} checks a CPU second")
    if missing:
        print("SKIPPED: hurl is not installed, so there is nothing to compare with "
              "(how to install it: the first lines of this program)")
        return SKIPPED
    ratio = min(seconds for name, seconds in best.items() if name != "gauntlet") / best["gauntlet"]
    print(f"ratio {ratio:.2f}, goal {GOAL}")
    return 0 if ratio >= GOAL else 1


sys.exit(main(os.path.abspath(sys.argv[1])))
