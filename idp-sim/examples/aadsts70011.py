# SPDX-License-Identifier: Apache-2.0
"""Your app, your client id, no tenant: what MSAL makes of AADSTS70011. See the README."""
import sys

import msal

port = sys.argv[1] if len(sys.argv) > 1 else "8483"
app = msal.PublicClientApplication(
    "0a1b2c3d-1111-2222-3333-444455556666",
    authority=f"https://127.0.0.1:{port}/5e6f7a8b-9999-8888-7777-666655554444",
    instance_discovery=False)
answer = app.initiate_device_flow(["api://my-app/read"])
print(answer.get("error"), answer.get("error_description", answer))
