// SPDX-License-Identifier: Apache-2.0
// openid-client and Okta's own verifier against the okta dialect.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { Simulator, load } from './simulator.mjs';

const oidc = await load('openid-client');
const { default: OktaJwtVerifier } = await load('@okta/jwt-verifier');
const CLI = '0oa15wulqt5yqD9FP5d7';
let sim;
let issuer;
let config;

before(async () => {
  sim = await Simulator.start(process.env.IDP_SIM, '--tls-dir', process.env.TLS_DIR);
  const port = new URL(sim.ready.issuers.okta);
  issuer = new URL(sim.ready.tls_origin + port.pathname);
});
after(() => sim.stop());
beforeEach(async () => {
  await sim.call('POST', '/_sim/reset');
  await sim.call('PATCH', `/_sim/providers/okta/clients/${CLI}`, { lifetimes: { interval: '1s' } });
  config = await oidc.discovery(issuer, CLI, undefined, oidc.None());
});

const begin = (scope = 'openid offline_access platform:read') =>
  oidc.initiateDeviceAuthorization(config, { scope });
const quick = (flow) => ({ ...flow, interval: 1 });

test('device flow, then a rotating refresh', async () => {
  const flow = await begin();
  const approved = sim.afterPoll(() => sim.call('POST', `/_sim/devices/${flow.user_code}/approve`, { user: 'alice' }));
  const tokens = await oidc.pollDeviceAuthorizationGrant(config, quick(flow));
  await approved;
  assert.ok(tokens.access_token);
  const fresh = await oidc.refreshTokenGrant(config, tokens.refresh_token);
  assert.notEqual(fresh.access_token, tokens.access_token);
  const claims = JSON.parse(Buffer.from(fresh.access_token.split('.')[1], 'base64url'));
  const verifier = new OktaJwtVerifier({ issuer: issuer.href, clientId: claims.cid, testing: { disableHttpsCheck: true } });
  const verified = await verifier.verifyAccessToken(fresh.access_token, claims.aud);
  assert.deepEqual(verified.claims.scp.includes('platform:read'), true);
});

test('declined is access_denied', async () => {
  const flow = await begin();
  const denied = sim.afterPoll(() => sim.call('POST', `/_sim/devices/${flow.user_code}/deny`));
  await assert.rejects(oidc.pollDeviceAuthorizationGrant(config, quick(flow)), { error: 'access_denied' });
  await denied;
});

test('an old device code is expired_token', async () => {
  const flow = await begin();
  const late = sim.afterPoll(() => sim.call('POST', '/_sim/clock/advance', { for: '11m' }));
  await assert.rejects(oidc.pollDeviceAuthorizationGrant(config, quick(flow)), { error: 'expired_token' });
  await late;
});

test('an unknown scope is invalid_scope', async () => {
  await assert.rejects(begin('openid platform:nope'), { error: 'invalid_scope' });
});

test('pending is polled on', async () => {
  const flow = await begin();
  const approved = sim.afterPoll(
    () => sim.call('POST', `/_sim/devices/${flow.user_code}/approve`, { user: 'alice' }), 3);
  await oidc.pollDeviceAuthorizationGrant(config, quick(flow));
  await approved;
  const journal = await sim.call('GET', '/_sim/journal?situation=authorization_pending');
  assert.ok(journal.entries.length >= 2);
});

test('an expired refresh token is invalid_grant', async () => {
  const flow = await begin();
  const approved = sim.afterPoll(() => sim.call('POST', `/_sim/devices/${flow.user_code}/approve`, { user: 'alice' }));
  const tokens = await oidc.pollDeviceAuthorizationGrant(config, quick(flow));
  await approved;
  await sim.call('POST', '/_sim/clock/advance', { for: '91d' });
  await assert.rejects(oidc.refreshTokenGrant(config, tokens.refresh_token), {
    error: 'invalid_grant', error_description: 'The refresh token is invalid or expired.',
  });
});

test('a device flow that is switched off is unauthorized_client', async () => {
  const off = await oidc.discovery(issuer, '0oa3nodeviceplat7Qx5d7', undefined, oidc.None());
  await assert.rejects(oidc.initiateDeviceAuthorization(off, { scope: 'openid' }), { error: 'unauthorized_client' });
});

test('a missing consent is consent_required', async () => {
  await sim.fail('consent_missing', { provider: 'okta', grant: 'device_code' });
  const flow = await begin();
  const approved = sim.afterPoll(() => sim.call('POST', `/_sim/devices/${flow.user_code}/approve`, { user: 'alice' }));
  await assert.rejects(oidc.pollDeviceAuthorizationGrant(config, quick(flow)), (error) => {
    assert.match(error.error, /consent_required|access_denied/);
    return true;
  });
  await approved;
});

test('a revoked refresh token is invalid_grant', async () => {
  const flow = await begin();
  const approved = sim.afterPoll(() => sim.call('POST', `/_sim/devices/${flow.user_code}/approve`, { user: 'alice' }));
  const tokens = await oidc.pollDeviceAuthorizationGrant(config, quick(flow));
  await approved;
  await sim.call('POST', '/_sim/refresh/revoke', { user: 'alice' });
  await assert.rejects(oidc.refreshTokenGrant(config, tokens.refresh_token), { error: 'invalid_grant' });
});
