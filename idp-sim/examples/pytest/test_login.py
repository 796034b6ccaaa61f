# SPDX-License-Identifier: Apache-2.0
"""What the application does when the provider says no. Replace `App` by your own."""
import json
import urllib.error
import urllib.parse
import urllib.request

import pytest

CLIENT = "66666666-7777-8888-9999-aaaaaaaaaaaa"
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"


class App:
    """Stands for your application: a device login, and a refresh."""

    def __init__(self, issuer):
        self.base = issuer.removesuffix("/v2.0") + "/oauth2/v2.0/"

    def post(self, endpoint, **form):
        data = urllib.parse.urlencode({"client_id": CLIENT, **form}).encode()
        try:
            with urllib.request.urlopen(self.base + endpoint, data, timeout=20) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refused:
            raise PermissionError(json.load(refused)["error_description"]) from None

    def begin(self):
        return self.post("devicecode", scope="openid offline_access")

    def finish(self, device):
        return self.post("token", grant_type=DEVICE_CODE, device_code=device["device_code"])

    def refresh(self, tokens):
        return self.post("token", grant_type="refresh_token", refresh_token=tokens["refresh_token"])


def login(azure):
    app = App(azure.issuer)
    device = app.begin()
    azure.approve(device["user_code"])
    return app, app.finish(device)


def test_a_person_signs_in(azure):
    app, tokens = login(azure)
    assert app.refresh(tokens)["access_token"]


def test_the_scope_is_not_registered(azure):
    azure.fail("AADSTS70011")
    with pytest.raises(PermissionError, match="AADSTS70011"):
        App(azure.issuer).begin()


def test_nobody_consented(azure):
    azure.fail("AADSTS65001", next=1)
    with pytest.raises(PermissionError, match="AADSTS65001"):
        login(azure)


def test_the_refresh_token_is_too_old(azure):
    app, tokens = login(azure)
    assert azure.expire_refresh() == 1
    with pytest.raises(PermissionError, match="AADSTS700082"):
        app.refresh(tokens)


@pytest.mark.parametrize("turn", range(8))
def test_others_do_not_notice(azure, turn):
    assert login(azure)
