// Access tokens that are JWTs, signed by the npm package `jose`: good ones, and ones that no check may accept.
//
// Its one argument is JSON with the issuer, the audience and the time in Unix seconds. It prints the key set and the tokens
// as JSON. Each token has a name, and says whether it must be accepted.

import { createHmac } from 'node:crypto';
import * as jose from 'jose';

const { issuer, audience, now } = JSON.parse(process.argv[2]);
const encode = (value) => jose.base64url.encode(typeof value === 'string' ? value : JSON.stringify(value));

// A key of each algorithm that is accepted by default, and of some that are not.
const algorithms = ['ES256', 'RS256', 'PS256', 'Ed25519', 'ES384', 'ES512', 'RS512'];
const pairs = {};
const keys = [];
for (const alg of algorithms) {
  pairs[alg] = await jose.generateKeyPair(alg, { extractable: true });
  keys.push({ ...(await jose.exportJWK(pairs[alg].publicKey)), kid: alg, alg, use: 'sig' });
}
const foreign = await jose.generateKeyPair('ES256', { extractable: true });
const foreignJwk = await jose.exportJWK(foreign.publicKey);

const claims = {
  iss: issuer, aud: audience, sub: 'alex', client_id: 'mobile', scope: 'profile', jti: 'a',
  iat: now, exp: now + 300,
};
const sign = (changed = {}, header = {}, alg = 'ES256', key = pairs[alg].privateKey) =>
  new jose.SignJWT({ ...claims, ...changed })
    .setProtectedHeader({ alg, kid: alg, typ: 'at+jwt', ...header })
    .sign(key);

// A token whose header or claims `jose` would not write, signed all the same.
const signText = async (header, payload) => {
  const signed = `${encode(header)}.${encode(payload)}`;
  const { privateKey } = pairs.ES256;
  const signature = await crypto.subtle.sign(
    { name: 'ECDSA', hash: 'SHA-256' }, privateKey, new TextEncoder().encode(signed));
  return `${signed}.${jose.base64url.encode(new Uint8Array(signature))}`;
};
const hmac = async (secret) => {
  const signed = `${encode({ alg: 'HS256', kid: 'RS256', typ: 'at+jwt' })}.${encode(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
};

const rsa = await jose.exportJWK(pairs.RS256.privateKey);
const good = await sign();
const [head, payload, signature] = good.split('.');
const header = { alg: 'ES256', kid: 'ES256', typ: 'at+jwt' };
const text = JSON.stringify(claims);
const accepted = {
  'ES256': good,
  'RS256': await sign({}, {}, 'RS256'),
  'PS256': await sign({}, {}, 'PS256'),
  'Ed25519': await sign({}, {}, 'Ed25519'),
  'EdDSA': await sign({}, { alg: 'EdDSA' }, 'Ed25519'),
  'the full media type': await sign({}, { typ: 'application/at+jwt' }),
  'several audiences': await sign({ aud: ['other', audience] }),
  'a foreign jwk beside the right signature': await sign({}, { jwk: foreignJwk }),
  'valid for a moment': await sign({ nbf: now - 1, exp: now + 1 }),
};
const refused = {
  'none': new jose.UnsecuredJWT(claims).encode(),
  'none with the header of a good token': `${encode({ ...header, alg: 'none' })}.${payload}.`,
  'none with a signature': `${encode({ ...header, alg: 'none' })}.${payload}.${signature}`,
  'HMAC with the public key as PEM': await hmac(await jose.exportSPKI(pairs.RS256.publicKey)),
  'HMAC with the public key as JWK': await hmac(JSON.stringify(keys[1])),
  'HMAC with an empty secret': await hmac(''),
  'ES384, which is not in the list': await sign({}, {}, 'ES384'),
  'ES512': await sign({}, {}, 'ES512'),
  'RS512, which is not in the list': await sign({}, {}, 'RS512'),
  'PS256 by the key of RS256': await sign({}, { kid: 'RS256' }, 'PS256', await jose.importJWK(rsa, 'PS256')),
  'the key of another algorithm': await sign({}, { kid: 'RS256' }),
  'a foreign key': await sign({}, {}, 'ES256', foreign.privateKey),
  'a foreign key that the token brings': await sign({}, { jwk: foreignJwk }, 'ES256', foreign.privateKey),
  'a foreign key at an address': await sign(
    {}, { jku: 'https://evil.example/jwks', kid: 'evil' }, 'ES256', foreign.privateKey),
  'a foreign certificate': await sign({}, { x5c: ['AAAA'], x5u: 'https://evil.example/' }, 'ES256', foreign.privateKey),
  'an unknown key ID': await sign({}, { kid: 'other' }),
  'a key ID that is a path': await sign({}, { kid: '../../../../dev/null' }),
  'a key ID that is a query': await sign({}, { kid: "' union select 'x" }),
  'no key ID, and two keys that fit': await sign({}, { kid: undefined }, 'RS256'),
  'the type of an ID token': await sign({}, { typ: 'JWT' }),
  'no type': await sign({}, { typ: undefined }),
  'another type': await sign({}, { typ: 'logout+jwt' }),
  'a critical extension': await signText({ ...header, crit: ['x'], x: 1 }, text),
  'another issuer': await sign({ iss: 'https://evil.example' }),
  'a longer issuer': await sign({ iss: `${issuer}/` }),
  'a list of issuers': await sign({ iss: [issuer] }),
  'no issuer': await sign({ iss: undefined }),
  'another audience': await sign({ aud: 'other' }),
  'other audiences': await sign({ aud: ['other', 'another'] }),
  'no audience': await sign({ aud: undefined }),
  'expired': await sign({ exp: now - 61 }),
  'no end': await sign({ exp: undefined }),
  'an end that is a text': await signText(header, JSON.stringify({ ...claims, exp: 'never' })),
  'an end that is null': await signText(header, JSON.stringify({ ...claims, exp: null })),
  'not yet valid': await sign({ nbf: now + 61 }),
  'a start that is a text': await signText(header, JSON.stringify({ ...claims, nbf: '0' })),
  'no user': await sign({ sub: undefined }),
  'an empty user': await sign({ sub: '' }),
  'the client as the user': await sign({ sub: 'mobile' }),
  'a user twice': await signText(header, text.replace('"sub":"alex"', '"sub":"alex","sub":"jun"')),
  'an end twice': await signText(header, text.replace('{', '{"exp":1,')),
  'an algorithm twice': await signText('{"alg":"none","alg":"ES256","kid":"ES256","typ":"at+jwt"}', text),
  'claims that are a list': await signText(header, JSON.stringify([claims])),
  'claims that are no JSON': await signText(header, 'alex'),
  'changed claims': `${head}.${encode({ ...claims, sub: 'jun' })}.${signature}`,
  'a changed header': `${encode({ ...header, x: 1 })}.${payload}.${signature}`,
  'zeros as signature': `${head}.${payload}.${jose.base64url.encode(new Uint8Array(64))}`,
  'no signature': `${head}.${payload}.`,
  'half a signature': good.slice(0, -43),
  'padding': `${good}=`,
  'four parts': `${good}.${signature}`,
  'two parts': `${head}.${payload}`,
  'an encrypted token': await new jose.EncryptJWT(claims)
    .setProtectedHeader({ alg: 'dir', enc: 'A128GCM', kid: 'ES256', typ: 'at+jwt' })
    .encrypt(new Uint8Array(16)),
  'too long': await sign({ x: 'y'.repeat(32 * 1024) }),
};
const list = (tokens, isAccepted) =>
  Object.entries(tokens).map(([name, token]) => ({ name, token, isAccepted }));
// A second RSA key without an algorithm of its own, so that two keys fit RS256.
keys.push({ ...(await jose.exportJWK((await jose.generateKeyPair('RS256')).publicKey)), kid: 'second', use: 'sig' });
console.log(JSON.stringify({ keys, tokens: [...list(accepted, true), ...list(refused, false)] }));
