// SPDX-License-Identifier: Apache-2.0
// One simulator for the file, an issuer of its own for each test. Replace `App` by your own.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";

const CLIENT = "66666666-7777-8888-9999-aaaaaaaaaaaa";
let simulator, ready;

before(async () => {
	simulator = spawn(process.env.IDP_SIM ?? "idp-sim",
		["serve", "--port", "0", "--ready", "json", "--exit-on-stdin-close"],
		{ stdio: ["pipe", "pipe", "inherit"] });
	for await (const line of createInterface({ input: simulator.stdout })) {
		ready = JSON.parse(line);
		break;
	}
});
after(() => simulator.stdin.end());

async function control(method, path, body) {
	const answer = await fetch(ready.control + path, { method, body: JSON.stringify(body) });
	const said = await answer.json();
	assert.ok(answer.ok, said.error);
	return said;
}

async function tenant() {
	const { tenant: id, issuer } = await control("POST", "/_sim/tenants", { provider: "azure" });
	return {
		issuer,
		fail: (error, more) =>
			control("POST", "/_sim/troubles", { error, provider: "azure", tenant: id, ...more }),
		approve: (code) => control("POST", `/_sim/devices/${code}/approve`, { user: "alice" }),
	};
}

class App {
	constructor(issuer) {
		this.base = issuer.replace(/\/v2\.0$/, "/oauth2/v2.0/");
	}
	async post(endpoint, form) {
		const body = new URLSearchParams({ client_id: CLIENT, ...form });
		const answer = await fetch(this.base + endpoint, { method: "POST", body });
		const said = await answer.json();
		if (!answer.ok)
			throw new Error(said.error_description);
		return said;
	}
	begin() {
		return this.post("devicecode", { scope: "openid offline_access" });
	}
	finish(device) {
		return this.post("token", {
			grant_type: "urn:ietf:params:oauth:grant-type:device_code",
			device_code: device.device_code,
		});
	}
}

test("a person signs in", async () => {
	const azure = await tenant();
	const app = new App(azure.issuer);
	const device = await app.begin();
	await azure.approve(device.user_code);
	assert.ok((await app.finish(device)).access_token);
});

test("the scope is not registered", async () => {
	const azure = await tenant();
	await azure.fail("AADSTS70011");
	await assert.rejects(new App(azure.issuer).begin(), /AADSTS70011/);
	const other = await tenant();
	assert.ok((await new App(other.issuer).begin()).device_code);
});
