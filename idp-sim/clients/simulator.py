# SPDX-License-Identifier: Apache-2.0
"""Starts idp-sim for a test and speaks its control API."""
import json
import subprocess
import threading
import urllib.error
import urllib.parse
import urllib.request

TENANT = "11111111-2222-3333-4444-555555555555"
CLIENT = "66666666-7777-8888-9999-aaaaaaaaaaaa"


class Simulator:
    """with Simulator(PROGRAM) as sim: sim.ready has issuers, control URL and CA path."""

    def __init__(self, program, *options):
        self.process = subprocess.Popen(
            [program, "serve", "--port", "0", "--control-port", "0", "--tls", "--tls-port", "0",
             "--ready", "json", "--exit-on-stdin-close", *options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.ready = json.loads(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.ready["control"] + path, data, method=method,
                                         headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=40) as answer:
            return json.loads(answer.read() or b"{}")

    def fail(self, code, **scope):
        self.call("POST", "/_sim/troubles", {"error": code, **scope})

    def clear(self):
        self.call("DELETE", "/_sim/troubles")

    def seen(self, **match):
        """Journal entries that match, oldest first."""
        query = urllib.parse.urlencode({"wait": 0, **match})
        return self.call("GET", "/_sim/journal?" + query)["entries"]

    def when_polled(self, polls, act):
        """Runs act() in a thread after device codes were polled that often."""
        def watch():
            query = urllib.parse.urlencode({"wait": 30, "n": polls, "grant": "device_code"})
            for _ in range(8):  # a client may take its time to start
                if len(self.call("GET", "/_sim/journal?" + query)["entries"]) >= polls:
                    break
            act()
        thread = threading.Thread(target=watch)
        thread.start()
        return thread

    def approve(self, user_code, user="alice"):
        self.call("POST", f"/_sim/devices/{user_code}/approve", {"user": user})

    def deny(self, user_code):
        self.call("POST", f"/_sim/devices/{user_code}/deny")
