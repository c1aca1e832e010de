import { whyNoToken } from './auth-provider';

const NOW_MS = 1_700_000_000_000;
const NOW = NOW_MS / 1000;

function jwt(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return ['{}', part(claims), 'signature'].join('.');
}

const renewable = { 'refresh-token': 'r', 'client-id': 'c', 'idp-issuer-url': 'https://issuer.example' };
const secret = { 'client-secret': 'hush-hush' };
const old = { 'id-token': jwt({ exp: NOW - 1 }) };
const was = `an id-token that was valid until ${new Date((NOW - 1) * 1000).toISOString()}`;

const why = (config: object | undefined, name = 'oidc') =>
  whyNoToken({ name: 'u', authProvider: { name, config } }, NOW_MS);

test.each<[what: string, config: object]>([
  ['a token that is valid', { 'id-token': jwt({ exp: NOW + 1 }) }],
  ['one of a client with a secret', { 'id-token': jwt({ exp: NOW + 1 }), ...renewable, ...secret }],
  ['one in its last second', { 'id-token': jwt({ exp: NOW }) }],
  ['an old one that a public client can renew', { ...old, ...renewable }],
  ['one with an empty secret', { ...old, ...renewable, 'client-secret': '' }],
])('%s is taken', (_what, config) => {
  expect(why(config)).toBeUndefined();
});

test.each<[what: string, config: object | undefined, found: string]>([
  [
    'an old token that only a client secret renews',
    { ...old, ...renewable, ...secret },
    `${was}, and a client secret, with which tokens are not renewed here`,
  ],
  ['no token and a client secret', { ...renewable, ...secret }, 'no id-token, and a client secret'],
  ['no token that could be renewed', renewable, 'no id-token'],
  ['an old token alone', old, `${was}, and no refresh-token to get a new one with`],
  ['an old token without an issuer', { ...old, ...renewable, 'idp-issuer-url': '' }, 'no idp-issuer-url'],
  ['an old token without a client', { ...old, ...renewable, 'client-id': undefined }, 'no client-id'],
  ['a token that is none', { 'id-token': 'hush-hush' }, 'an id-token that is no JWT'],
  ['a token without an end', { 'id-token': jwt({}) }, 'does not say until when it is valid'],
  [
    'a token whose claims are null',
    { 'id-token': `{}.${Buffer.from('null').toString('base64url')}.s` },
    'no JWT',
  ],
  ['a token of very long ago', { 'id-token': jwt({ exp: -1e300 }) }, 'valid until second -1e+300'],
  ['nothing', undefined, 'no id-token, and no refresh-token'],
])('%s is told, without a secret', (_what, config, found) => {
  const { found: told, remedy } = why(config) ?? {};
  expect(told).toContain(found);
  expect(remedy).toMatch(/kubectl|sign in anew/);
  expect(`${told}${remedy}`).not.toContain('hush');
});

test('other providers, and users without one, are none of its business', () => {
  expect(why(undefined, 'gcp')).toBeUndefined();
  expect(whyNoToken({ name: 'u' }, NOW_MS)).toBeUndefined();
  expect(whyNoToken(null, NOW_MS)).toBeUndefined();
});
