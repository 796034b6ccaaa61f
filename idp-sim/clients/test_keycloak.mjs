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

test('keys that were rotated are fetched again', async () => {
  await grant();
  await sim.call('POST', '/_sim/keys/rotate', { provider: 'keycloak' });
  const tokens = await grant();
  assert.equal(tokens.access_token.content.azp, 'platform-cli');
});
