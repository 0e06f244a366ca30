// A provider that is not written here (https://github.com/panva/node-oidc-provider), for tests.
//
// It takes its settings as one argument of JSON, listens on a free loopback port, prints one line
// of JSON when it is ready, and ends when its standard input does, so that it dies with its
// parent. A line of standard input moves its clock on by so many seconds. People sign in at its own
// development pages with any name; that name is their subject.

import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { Provider } from 'oidc-provider';

const settings = JSON.parse(process.argv[2]);

const machineTime = Date.now;
let ahead = 0;
Date.now = () => machineTime() + ahead;

const client = (client_id, token_endpoint_auth_method) => ({
  client_id,
  client_secret: settings.clientSecret,
  token_endpoint_auth_method,
  redirect_uris: [settings.redirectUri],
  post_logout_redirect_uris: [new URL('/', settings.redirectUri).href],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
});

const server = createServer();
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const issuer = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(issuer, {
  clients: [
    client(settings.clientId, 'client_secret_post'),
    client(settings.basicClientId, 'client_secret_basic'),
  ],
  claims: { openid: ['sub', 'auth_time'], profile: ['name'], email: ['email', 'email_verified'] },
  clockTolerance: 0,
  cookies: { keys: ['a key that signs nothing of value'] },
  features: {
    devInteractions: { enabled: true },
    introspection: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_ctx, audience) => ({ audience, scope: 'api', accessTokenFormat: 'jwt' }),
    },
    revocation: { enabled: true },
    rpInitiatedLogout: { enabled: true },
    userinfo: { enabled: true },
  },
  findAccount: (_ctx, sub, token) => ({
    accountId: sub,
    claims: async () => ({
      sub,
      name: `Person ${sub}`,
      email: `${sub}@people.example`,
      email_verified: true,
      auth_time: token && (await provider.Session.findByUid(token.sessionUid))?.loginTs,
    }),
  }),
  pkce: { required: () => true },
  rotateRefreshToken: true,
  ttl: { AccessToken: settings.accessTokenSeconds },
});

server.on('request', provider.callback());
const lines = createInterface({ input: process.stdin });
lines.on('line', (seconds) => (ahead += 1000 * seconds)).on('close', () => process.exit(0));
console.log(JSON.stringify({ baseUrl: issuer }));

// From here on nobody reads its output, and writing to a closed pipe would end it.
console.info = console.warn = () => {};
