import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { GitopsError } from '../errors';
import { Credentials, credentialsIn } from './credentials';
import { Sources } from './sources';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-sources-'));
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const url = 'https://git.example.com/shop.git';
const inSecret = (data: Readonly<Record<string, string>>) =>
  credentialsIn(
    'Secret team/git',
    Object.fromEntries(
      Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
    ),
  );

test('who follows the same with the same credentials shares a source, and no other does', () => {
  const sources = new Sources({ folder });
  const of = (more: object = {}, password = 'p') =>
    sources.of({ url, branch: 'main', ...more }, new Credentials({ username: 'u', password }));
  expect(of()).toBe(of());
  const others = [of({ branch: 'next' }), of({ url: `${url}x` }), of({}, 'other')];
  expect(new Set([of(), ...others]).size).toBe(4);
  // No name of a folder says what it is for.
  expect(readdirSync(folder).join()).toMatch(/^([0-9a-f]{32},?){4}$/);
});

test('what has not been asked for longer than any interval is removed, with its folder', () => {
  let now = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => now);
  const sources = new Sources({ folder });
  const at = (branch: string) => sources.of({ url, branch }, new Credentials());
  const [old, used] = [at('old'), at('used')];
  now += 24 * 3_600_000;
  expect(at('used')).toBe(used);
  now += 2 * 3_600_000;
  at('new');
  expect(readdirSync(folder)).toHaveLength(2);
  expect(at('used')).toBe(used);
  expect(at('old')).not.toBe(old);
});

const KEY = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n';
test.each<[string, Readonly<Record<string, string>>, boolean]>([
  ['a password', { username: 'u', password: 'p' }, true],
  ['a token', { password: 'p' }, true],
  ['an authority', { 'ca.crt': '-----BEGIN CERTIFICATE-----\nx\n' }, true],
  ['other keys beside', { password: 'p', note: 'x' }, true],
  ['a key and whom to believe', { 'ssh-privatekey': KEY, known_hosts: 'a ssh-ed25519 AAAA' }, true],
  [
    'a name beside a key',
    { username: 'git', 'ssh-privatekey': KEY, known_hosts: 'a ssh-ed25519 AAAA' },
    true,
  ],
  ['a key without whom to believe', { 'ssh-privatekey': KEY }, false],
  ['a key and nobody to believe', { 'ssh-privatekey': KEY, known_hosts: ' \n' }, false],
  ['a public key as the key', { 'ssh-privatekey': 'ssh-ed25519 AAAA', known_hosts: 'a' }, false],
  ['half a key', { 'ssh-privatekey': KEY.slice(0, -9), known_hosts: 'a' }, false],
  ['nothing', {}, false],
  ['other keys', { token: 'p' }, false],
  ['a name alone', { username: 'u' }, false],
  ['a header behind the password', { username: 'u', password: 'p\r\nX-Admin: 1' }, false],
  ['a header behind the name', { username: 'u\nX: 1', password: 'p' }, false],
])('a Secret with %s is taken or told', (_what, data, isTaken) => {
  let code = 'taken';
  try {
    inSecret(data);
  } catch (error) {
    if (!(error instanceof GitopsError)) throw error;
    expect(error.message).not.toContain('X-Admin');
    code = error.code;
  }
  expect(code).toBe(isTaken ? 'taken' : 'SECRET_INVALID');
});

test('credentials are for their address alone, and nothing that prints them shows them', () => {
  const credentials = new Credentials({ username: 'u', password: 'hunter2' });
  expect(credentials.settings(url, '/f')).toEqual([
    [`http.${url}.extraHeader`, `Authorization: Basic ${Buffer.from('u:hunter2').toString('base64')}`],
  ]);
  expect(`${inspect(credentials)} ${JSON.stringify(credentials)} ${credentials}`).not.toContain('hunter2');
  expect(new Credentials().settings(url, '/f')).toEqual([]);
});

test('over ssh nothing is asked without a key and whom to believe', () => {
  const ssh = { url: 'ssh://git@git.example.com/shop.git', branch: 'main' };
  const of = (data: object) => () => new Sources({ folder }).of(ssh, new Credentials(data));
  const told = (lacks: string) =>
    expect.objectContaining({
      code: 'SECRET_INVALID',
      message: expect.stringContaining(`without ${lacks}; expected`),
    });
  expect(of({ password: 'p' })).toThrow(told('`ssh-privatekey` and `known_hosts`'));
  expect(of({ 'ssh-privatekey': KEY })).toThrow(told('`known_hosts`'));
  expect(of({ known_hosts: 'a' })).toThrow(told('`ssh-privatekey`'));
  expect(of({ 'ssh-privatekey': KEY, known_hosts: 'a' })).not.toThrow();
});

test.each([
  'ssh://git.example.com/shop.git',
  'ssh://git:password@git.example.com/shop.git',
  'ssh://-oProxyCommand=touch@git.example.com/shop.git',
  'ssh://git@-oProxyCommand=touch/shop.git',
  'ssh://git@git.example.com',
  'ssh+git://git@git.example.com/shop.git',
  'git@git.example.com:shop.git',
  'https://git@git.example.com/shop.git',
  'https://-x/shop.git',
])('the address %s is refused', (bad) => {
  const of = (address: string) => () =>
    new Sources({ folder }).of(
      { url: address, branch: 'main' },
      new Credentials({ 'ssh-privatekey': KEY, known_hosts: 'a' }),
    );
  expect(of(bad)).toThrow(expect.objectContaining({ code: 'SOURCE_INVALID' }));
  expect(of('ssh://git@git.example.com:2222/team/shop.git')).not.toThrow();
});
