// SPDX-License-Identifier: Apache-2.0
// Keycloak's own adapter for Node against the keycloak dialect.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { Simulator, load } from './simulator.mjs';

const { default: Keycloak } = await load('keycloak-connect');
let sim;
let keycloak;

before(async () => { sim = await Simulator.start(process.env.IDP_SIM); });
after(() => sim.stop());
beforeEach(async () => {
  await sim.call('POST', '/_sim/reset');
  keycloak = new Keycloak({}, {
    'auth-server-url': `${sim.ready.origin}/`,
    'bearer-only': false,
    'min-time-between-jwks-requests': -1,
    'public-client': true,
    realm: 'platform',
    resource: 'platform-cli',
  });
});

const grant = (password = 'alice-pw') =>
  keycloak.grantManager.obtainDirectly('alice', password, undefined, 'openid platform:read');

test('password grant, validated with the published keys', async () => {
  const tokens = await grant();
  assert.equal(tokens.access_token.content.preferred_username, 'alice');
  assert.equal((await keycloak.grantManager.userInfo(tokens.access_token)).preferred_username, 'alice');
});

test('an expired grant is refreshed, and validated again', async () => {
  const tokens = await grant();
  const old = tokens.access_token.token;
  tokens.access_token.content.exp = 1;
  const fresh = await keycloak.grantManager.ensureFreshness(tokens);
  assert.notEqual(fresh.access_token.token, old);
});

test('a wrong password is refused', async () => {
  await assert.rejects(grant('wrong'), /401/);
});

test('an expired refresh token is refused', async () => {
  const tokens = await grant();
  await sim.call('POST', '/_sim/refresh/expire', { user: 'alice' });
  tokens.access_token.content.exp = 1;
  await assert.rejects(keycloak.grantManager.ensureFreshness(tokens));
});

// Keycloak's adapter has no device flow; what its documentation points to is any OpenID client.
const oidc = await load('openid-client');
const begin = async () => {
  const config = await oidc.discovery(new URL(sim.ready.issuers.keycloak), 'platform-cli', undefined, oidc.None(),
    { execute: [oidc.allowInsecureRequests] });
  const flow = await oidc.initiateDeviceAuthorization(config, { scope: 'openid offline_access' });
  return { config, flow, poll: () => oidc.pollDeviceAuthorizationGrant(config, { ...flow, interval: 1 }) };
};

test('device flow: pending is polled on, then approved, then refreshed', async () => {
  await sim.call('PATCH', '/_sim/providers/keycloak/clients/platform-cli', { lifetimes: { interval: '1s' } });
  const { config, flow, poll } = await begin();
  const approved = sim.afterPoll(() => sim.call('POST', `/_sim/devices/${flow.user_code}/approve`, { user: 'alice' }), 2);
  const tokens = await poll();
  await approved;
  const fresh = await oidc.refreshTokenGrant(config, tokens.refresh_token);
  assert.notEqual(fresh.access_token, tokens.access_token);
});

test('device flow: declined is access_denied', async () => {
  const { flow, poll } = await begin();
  const denied = sim.afterPoll(() => sim.call('POST', `/_sim/devices/${flow.user_code}/deny`));
  await assert.rejects(poll(), { error: 'access_denied' });
  await denied;
});

test('device flow: an old device code is expired_token', async () => {
  const { poll } = await begin();
  const late = sim.afterPoll(() => sim.call('POST', '/_sim/clock/advance', { for: '601s' }));
  await assert.rejects(poll(), { error: 'expired_token' });
  await late;
});

test('keys that were rotated are fetched again', async () => {
  await grant();
  await sim.call('POST', '/_sim/keys/rotate', { provider: 'keycloak' });
  const tokens = await grant();
  assert.equal(tokens.access_token.content.azp, 'platform-cli');
});
