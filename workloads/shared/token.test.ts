import { type Claims, sign, verify } from './token';

const key = 'k'.repeat(32);
const claims: Claims = {
  session: '0b9a3c1e-0000-4000-8000-000000000000',
  scope: 'all',
  expires: 2_000_000_000,
};
const token = sign(claims, key);
const [payload, mac] = token.split('.') as [string, string];

test('what was signed is read again, until it ends', () => {
  const end = claims.expires * 1000;
  expect(verify(token, key, end - 1)).toEqual(claims);
  expect(verify(token, key, end)).toBeUndefined();
});

const others = Buffer.from(JSON.stringify({ ...claims, scope: 'all', session: 'other' })).toString(
  'base64url',
);
test.each<[string, string]>([
  ['nothing', ''],
  ['a word', 'session'],
  ['other claims with the same signature', `${others}.${mac}`],
  ['no signature', `${payload}.`],
  ['half a signature', `${payload}.${mac.slice(0, 20)}`],
  ['the signature in other letters', `${payload}.${mac.toLowerCase()}`],
  ['a signature of another key', sign(claims, 'o'.repeat(32))],
  ['more after it', `${token}.x`],
  ['a blank after it', `${token} `],
  ['a token as long as a book', `${'a'.repeat(100_000)}.${mac}`],
])('%s is refused', (_, forged) => {
  expect(verify(forged, key, 0)).toBeUndefined();
});
