// SPDX-License-Identifier: Apache-2.0
// MSAL Node against the azure dialect, over TLS. NODE_EXTRA_CA_CERTS is set by run.sh.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { Simulator, TENANT, load } from './simulator.mjs';

const { default: msal } = await load('@azure/msal-node');
const scopes = ['api://platform/platform.read'];
const CLI = '66666666-7777-8888-9999-aaaaaaaaaaaa';
const NO_DEVICE = '88888888-9999-aaaa-bbbb-cccccccccccc';
const NO_CONSENT = '99999999-aaaa-bbbb-cccc-dddddddddddd';
const SERVICE = '77777777-8888-9999-aaaa-bbbbbbbbbbbb';
let sim;

before(async () => { sim = await Simulator.start(process.env.IDP_SIM, '--tls-dir', process.env.TLS_DIR); });
after(() => sim.stop());
beforeEach(async () => {
  await sim.call('POST', '/_sim/reset');
  for (const client of [CLI, NO_CONSENT]) // MSAL Node waits as long as it is told to
    await sim.call('PATCH', `/_sim/providers/azure/clients/${client}`, { lifetimes: { interval: '1s' } });
});

const auth = (clientId, more = {}) => {
  const host = new URL(sim.ready.tls_origin).host;
  return {
    clientId,
    authority: `${sim.ready.tls_origin}/${TENANT}`,
    knownAuthorities: [host],
    // Without this MSAL asks Microsoft itself about an authority that it does not know.
    cloudDiscoveryMetadata: JSON.stringify({
      tenant_discovery_endpoint: `${sim.ready.tls_origin}/${TENANT}/v2.0/.well-known/openid-configuration`,
      'api-version': '1.1',
      metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
    }),
    ...more,
  };
};
const device = (clientId) => {
  const app = new msal.PublicClientApplication({ auth: auth(clientId) });
  return { app, ask: (deviceCodeCallback) => app.acquireTokenByDeviceCode({ scopes, deviceCodeCallback }) };
};

test('device code, then a silent refresh', async () => {
  const { app, ask } = device(CLI);
  const result = await ask(({ userCode }) => {
    sim.afterPoll(() => sim.call('POST', `/_sim/devices/${userCode}/approve`, { user: 'alice' }));
  });
  assert.equal(result.account.username, 'alice@contoso.test');
  const silent = await app.acquireTokenSilent({ account: result.account, forceRefresh: true, scopes });
  assert.notEqual(silent.accessToken, result.accessToken);
});

test('a refused device flow is AADSTS7000218', async () => {
  const { ask } = device(NO_DEVICE);
  await assert.rejects(ask(() => {}), (error) => {
    assert.equal(error.errorCode, 'post_request_failed'); // what MSAL Node makes of any 401
    assert.match(`${error.errorMessage} ${JSON.stringify(error)}`, /AADSTS7000218|401|invalid_client/);
    return true;
  });
  const journal = await sim.call('GET', '/_sim/journal?wait=0&grant=device_code');
  assert.match(journal.entries.at(-1).answer, /AADSTS7000218/);
});

test('pending is polled on, and then it is approved', async () => {
  const { ask } = device(CLI);
  const result = await ask(({ userCode }) => {
    sim.afterPoll(() => sim.call('POST', `/_sim/devices/${userCode}/approve`, { user: 'alice' }), 3);
  });
  assert.ok(result.accessToken);
  const journal = await sim.call('GET', '/_sim/journal?situation=authorization_pending');
  assert.ok(journal.entries.length >= 3);
});

// What MSAL Node makes of a refused poll: its own code, and the provider's error as the message.
const refused = (error, pattern) => {
  assert.equal(error.name, 'AuthError');
  assert.equal(error.errorCode, 'post_request_failed');
  assert.match(error.errorMessage, pattern);
  return true;
};

test('a declined sign-in is reported', async () => {
  const { ask } = device(CLI);
  await assert.rejects(ask(({ userCode }) => {
    sim.afterPoll(() => sim.call('POST', `/_sim/devices/${userCode}/deny`));
  }), (error) => refused(error, /authorization_declined/));
});

test('an expired device code is reported', async () => {
  const { ask } = device(CLI);
  await assert.rejects(ask(() => {
    sim.afterPoll(() => sim.call('POST', '/_sim/clock/advance', { for: '16m' }));
  }), (error) => refused(error, /expired_token/));
});

test('a missing consent is reported, and was AADSTS65001', async () => {
  const { ask } = device(NO_CONSENT);
  await assert.rejects(ask(({ userCode }) => {
    sim.afterPoll(() => sim.call('POST', `/_sim/devices/${userCode}/approve`, { user: 'alice' }));
  }), (error) => refused(error, /invalid_grant/));
  const journal = await sim.call('GET', '/_sim/journal?wait=0&grant=device_code');
  assert.equal(journal.entries.at(-1).code, 'AADSTS65001');
});

test('an expired refresh token is AADSTS700082, and asks for interaction', async () => {
  const { app, ask } = device(CLI);
  const result = await ask(({ userCode }) => {
    sim.afterPoll(() => sim.call('POST', `/_sim/devices/${userCode}/approve`, { user: 'alice' }));
  });
  await sim.call('POST', '/_sim/refresh/expire', { user: 'alice' });
  await assert.rejects(
    app.acquireTokenSilent({ account: result.account, forceRefresh: true, scopes }),
    (error) => {
      assert.equal(error.errorCode, 'invalid_grant');
      assert.match(error.errorMessage, /AADSTS700082/);
      return true;
    },
  );
});

test('AADSTS70011 on request, where Entra gives it', async () => {
  await sim.fail('AADSTS70011', { next: 1 });
  // MSAL Node does not read the device endpoint's error; what it then asks for is refused.
  await assert.rejects(device(CLI).ask(() => {}), { name: 'AuthError' });
  const journal = await sim.call('GET', '/_sim/journal?wait=0&endpoint=device');
  assert.match(journal.entries.at(-1).answer, /AADSTS70011/);
});

test('client credentials, and a wrong scope', async () => {
  const app = new msal.ConfidentialClientApplication({ auth: auth(SERVICE, { clientSecret: 'svc-secret' }) });
  const ask = () => app.acquireTokenByClientCredential({ scopes: ['api://platform/.default'], skipCache: true });
  assert.ok((await ask()).accessToken);
  const wrong = app.acquireTokenByClientCredential({ scopes: ['api://platform/platform.read'], skipCache: true });
  await assert.rejects(wrong, { errorCode: 'invalid_scope' });
});
