import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const folder = mkdtempSync(path.join(tmpdir(), 'bundle-kube-config-'));

beforeAll(() => {
  const script = path.join(__dirname, 'bundle-kube-config.ts');
  execFileSync(process.execPath, ['--import', require.resolve('tsx'), script, folder]);
});
afterAll(() => rmSync(folder, { recursive: true }));

const applied = (user: object, cluster: object = {}) => `
  const config = new KubeConfig();
  config.loadFromString(JSON.stringify({
    clusters: [{ name: 'a', cluster: { server: 'https://127.0.0.1:1', ...${JSON.stringify(cluster)} } }],
    users: [{ name: 'a', user: ${JSON.stringify(user)} }],
    contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
    'current-context': 'a',
  }));
  const options = {};
  const failure = await config.applyToHTTPSOptions(options).then(() => undefined, (error) => error);
  console.log(JSON.stringify({
    token: options.headers?.Authorization, agent: options.agent?.constructor.name, failure: failure?.message,
    hasFetch: process.moduleLoadList.some((one) => one.includes('undici')),
  }));`;

/** What becomes of the options of a request, in a Node of its own. */
function seen(code: string) {
  const file = path.join(folder, 'kube-config.cjs');
  const program = `const { KubeConfig } = require(${JSON.stringify(file)}); (async () => {${code}})();`;
  return JSON.parse(execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' }));
}

test('a token is given without what only other kubeconfigs need', () => {
  const { token, hasFetch } = seen(applied({ token: 'secret' }));
  expect({ token, hasFetch }).toEqual({ token: 'Bearer secret', hasFetch: false });
});

test('a proxy that speaks SOCKS is spoken to by its agent', () => {
  expect(seen(applied({}, { 'proxy-url': 'socks5://127.0.0.1:2' })).agent).toMatch(/^SocksProxyAgent/);
});

test('an issuer of tokens is asked for a new one, with what was loaded then', () => {
  const coded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const longOver = `${coded({})}.${coded({ exp: 1 })}.x`;
  const config = {
    ...{ 'client-id': 'a', 'id-token': longOver, 'refresh-token': 'b' },
    'idp-issuer-url': 'https://127.0.0.1:1',
  };
  const { failure, hasFetch } = seen(applied({ 'auth-provider': { name: 'oidc', config } }));
  expect({ failure, hasFetch }).toEqual({ failure: expect.stringMatching(/fetch failed/), hasFetch: true });
});

test('a token is read from what a program of an older file prints', () => {
  const config = {
    'cmd-path': process.execPath,
    'cmd-args': `-p 'JSON.stringify({ credential: { access_token: "new", token_expiry: "2100-01-01T00:00:00Z" } })'`,
    ...{ 'token-key': '{.credential.access_token}', 'expiry-key': '{.credential.token_expiry}' },
  };
  expect(seen(applied({ 'auth-provider': { name: 'gcp', config } })).token).toBe('Bearer new');
});
