# SPDX-License-Identifier: Apache-2.0
"""MSAL Python against the azure dialect, over TLS: it cannot tell.

    python test_msal.py IDP_SIM_PROGRAM
"""
import base64
import hashlib
import os
import sys
import unittest

import msal
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from simulator import CLIENT, TENANT, Simulator

PROGRAM = None
READ = "api://platform/platform.read"
SERVICE = "77777777-8888-9999-aaaa-bbbbbbbbbbbb"
NO_DEVICE = "88888888-9999-aaaa-bbbb-cccccccccccc"
NO_CONSENT = "99999999-aaaa-bbbb-cccc-dddddddddddd"


class KeepsThePort(requests.Session):
    """MSAL forgets the port of an authority when it asks for the user's realm; this puts it back."""

    def __init__(self, origin):
        super().__init__()
        self.origin = origin

    def request(self, method, url, *words, **options):
        realm = url.find("/common/userrealm/")
        return super().request(method, self.origin + url[realm:] if realm > 0 else url,
                               *words, **options)


class Msal(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sim = Simulator(PROGRAM)
        os.environ["REQUESTS_CA_BUNDLE"] = cls.sim.ready["ca"]
        cls.authority = f"{cls.sim.ready['tls_origin']}/{TENANT}"

    @classmethod
    def tearDownClass(cls):
        cls.sim.__exit__()

    def setUp(self):
        self.sim.call("POST", "/_sim/reset")

    def public(self, client=CLIENT):
        return msal.PublicClientApplication(client, authority=self.authority,
                                            http_client=KeepsThePort(self.sim.ready["tls_origin"]),
                                            instance_discovery=False)

    def by_password(self, app, scopes=(READ,), user="alice", password="alice-pw"):
        return app.acquire_token_by_username_password(f"{user}@contoso.test", password,
                                                      list(scopes))

    def test_password_and_silent_refresh(self):
        app = self.public()
        result = self.by_password(app)
        self.assertIn("access_token", result, result)
        self.assertEqual(result["id_token_claims"]["tid"], TENANT)
        account = app.get_accounts()[0]
        self.assertEqual(account["username"], "alice@contoso.test")
        silent = app.acquire_token_silent([READ], account, force_refresh=True)
        self.assertIn("access_token", silent, silent)
        self.assertNotEqual(silent["access_token"], result["access_token"])

    def test_an_origin_of_its_own(self):
        # MSAL reads /TENANT/ behind the host, and wants https.
        with Simulator(PROGRAM, "--tls-dir", os.path.dirname(self.sim.ready["ca"]),
                       "--listen", "azure=https://127.0.0.1:0") as sim:
            origin = sim.ready["origins"]["azure"]
            app = msal.PublicClientApplication(CLIENT, authority=f"{origin}/{TENANT}",
                                               http_client=KeepsThePort(origin),
                                               instance_discovery=False)
            result = self.by_password(app)
            self.assertIn("access_token", result, result)
            self.assertEqual(result["id_token_claims"]["iss"], f"{origin}/{TENANT}/v2.0")

    def test_client_credentials(self):
        app = msal.ConfidentialClientApplication(
            SERVICE, client_credential="svc-secret", authority=self.authority,
            instance_discovery=False)
        result = app.acquire_token_for_client(["api://platform/.default"])
        self.assertIn("access_token", result, result)
        wrong = msal.ConfidentialClientApplication(
            SERVICE, client_credential="wrong", authority=self.authority,
            instance_discovery=False)
        result = wrong.acquire_token_for_client(["api://platform/.default"])
        self.assertEqual(result["error"], "invalid_client")
        self.assertEqual(result["error_codes"], [7000215])

    def test_certificate(self):
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        proof = {"private_key": key.private_bytes(serialization.Encoding.PEM,
                                                  serialization.PrivateFormat.PKCS8,
                                                  serialization.NoEncryption()).decode(),
                 "thumbprint": hashlib.sha1(b"a certificate").hexdigest()}

        def ask():
            app = msal.ConfidentialClientApplication(
                SERVICE, client_credential=proof, authority=self.authority,
                instance_discovery=False)
            return app.acquire_token_for_client(["api://platform/.default"])

        unknown = ask()
        self.assertEqual(unknown["error_codes"], [700027], unknown)
        self.assertIn(proof["thumbprint"].upper(), unknown["error_description"])
        numbers = key.public_key().public_numbers()
        jwk = {"kty": "RSA", **{name: base64.urlsafe_b64encode(
            n.to_bytes((n.bit_length() + 7) // 8, "big")).rstrip(b"=").decode()
            for name, n in (("n", numbers.n), ("e", numbers.e))}}
        self.sim.call("PATCH", f"/_sim/providers/azure/clients/{SERVICE}",
                      {"jwks": {"keys": [jwk]}})
        result = ask()
        self.assertIn("access_token", result, result)
        claims = result["access_token"].split(".")[1]
        self.assertIn(b'"azpacr":"2"', base64.urlsafe_b64decode(claims + "=="))

    def device(self, act, client=CLIENT, polls=2):
        app = self.public(client)
        flow = app.initiate_device_flow([READ])
        self.assertIn("user_code", flow, flow)
        flow["interval"] = 1
        thread = self.sim.when_polled(polls, lambda: act(flow["user_code"]))
        result = app.acquire_token_by_device_flow(flow)
        thread.join()
        return result

    def test_device_flow_polls_while_pending(self):
        result = self.device(self.sim.approve)
        self.assertIn("access_token", result, result)
        pending = self.sim.seen(situation="authorization_pending")
        self.assertGreaterEqual(len(pending), 2)

    def test_device_flow_declined(self):
        result = self.device(self.sim.deny)
        self.assertEqual(result["error"], "authorization_declined", result)

    def test_device_code_expired(self):
        def late(_):
            self.sim.call("POST", "/_sim/clock/advance", {"for": "16m"})
        result = self.device(late)
        self.assertIn(result["error"], ("expired_token", "code_expired"), result)

    def test_device_flow_not_allowed(self):
        result = self.device(lambda _: None, NO_DEVICE, polls=1)
        self.assertEqual(result["error"], "invalid_client", result)
        self.assertIn("AADSTS7000218", result["error_description"])

    def test_unknown_scope_is_aadsts70011(self):
        flow = self.public().initiate_device_flow(["platform:nope"])
        self.assertEqual(flow.get("error"), "invalid_scope", flow)
        self.assertIn("AADSTS70011", flow["error_description"])

    def test_aadsts70011_on_request(self):
        self.sim.fail("AADSTS70011", next=1)
        result = self.by_password(self.public())
        self.assertEqual(result["error"], "invalid_scope", result)
        self.assertIn(70011, result["error_codes"])
        self.assertIn("access_token", self.by_password(self.public()))

    def test_consent_missing(self):
        result = self.by_password(self.public(NO_CONSENT))
        self.assertEqual(result["error"], "invalid_grant", result)
        self.assertEqual(result["suberror"], "consent_required")
        self.assertIn("AADSTS65001", result["error_description"])

    def test_wrong_password(self):
        result = self.by_password(self.public(), password="wrong")
        self.assertEqual(result["error"], "invalid_grant", result)
        self.assertEqual(result["error_codes"], [50126])

    def test_refresh_token_after_ninety_days(self):
        app = self.public()
        self.by_password(app)
        self.sim.call("POST", "/_sim/clock/advance", {"for": "91d"})
        result = app.acquire_token_silent_with_error([READ], app.get_accounts()[0],
                                                     force_refresh=True)
        self.assertEqual(result["error"], "invalid_grant", result)
        self.assertIn("AADSTS700082", result["error_description"])

    def test_keys_rotate(self):
        app = self.public()
        first = self.by_password(app)
        self.sim.call("POST", "/_sim/keys/rotate", {"provider": "azure"})
        second = self.by_password(self.public())
        self.assertNotEqual(first["id_token"].split(".")[0], second["id_token"].split(".")[0])


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main(verbosity=2)
