// SPDX-License-Identifier: Apache-2.0
// node oidc-provider.mjs MODULES PORT: panva/oidc-provider issuing RS256 JWT access tokens.
import { generateKeyPairSync } from 'node:crypto';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [modules, port] = process.argv.slice(2);
const require = createRequire(`${modules}/package.json`);
const { default: Provider } = await import(pathToFileURL(require.resolve('oidc-provider')).href);

const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
const audience = 'urn:bench';
const server = new Provider(`http://127.0.0.1:${port}`, {
  jwks: { keys: [{ ...key, alg: 'RS256', kid: 'bench', use: 'sig' }] },
  clients: [{
    client_id: 'bench',
    client_secret: 'bench-secret',
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
    token_endpoint_auth_method: 'client_secret_post',
  }],
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => audience,
      getResourceServerInfo: () => ({
        accessTokenFormat: 'jwt', audience, jwt: { sign: { alg: 'RS256' } }, scope: 'api',
      }),
      useGrantedResource: () => true,
    },
  },
});
server.listen(Number(port), '127.0.0.1');
