# SPDX-License-Identifier: Apache-2.0
"""One simulator for all xdist workers, an issuer of its own for each test."""
import json
import os
import subprocess
import urllib.request

import pytest


def pytest_configure(config):
    if hasattr(config, "workerinput"):  # a worker: the controller has started it
        config.idp_sim = json.loads(config.workerinput["idp_sim"])
        return
    config.idp_process = subprocess.Popen(
        [os.environ.get("IDP_SIM", "idp-sim"), "serve", "--port", "0", "--ready", "json",
         "--exit-on-stdin-close"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    config.idp_sim = json.loads(config.idp_process.stdout.readline())


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node):
    node.workerinput["idp_sim"] = json.dumps(node.config.idp_sim)


def pytest_unconfigure(config):
    if hasattr(config, "idp_process"):
        config.idp_process.stdin.close()
        config.idp_process.wait(timeout=20)


class Tenant:
    """An issuer that no other test knows."""

    def __init__(self, control, provider):
        self.control, self.provider = control, provider
        made = self.call("POST", "/_sim/tenants", provider=provider)
        self.id, self.issuer = made["tenant"], made["issuer"]

    def call(self, method, path, **body):
        request = urllib.request.Request(self.control + path, json.dumps(body).encode(), method=method)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def fail(self, code, **more):
        self.call("POST", "/_sim/troubles", error=code, provider=self.provider, tenant=self.id, **more)

    def approve(self, user_code, user="alice"):
        self.call("POST", f"/_sim/devices/{user_code}/approve", user=user)

    def expire_refresh(self):
        return self.call("POST", "/_sim/refresh/expire", provider=self.provider, tenant=self.id)["ended"]


@pytest.fixture
def azure(request):
    return Tenant(request.config.idp_sim["control"], "azure")
