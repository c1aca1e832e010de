import { Connection } from './connection';
import type { KubeError } from './errors';
import { expectFourFacts } from './testing-only/failure';

/** A kubeconfig that somebody else has written: what it may say, and what would let it reach into this machine. */

const SECRET = 'sesame-1234';
const text = (user: object = { token: SECRET }, cluster: object = {}) =>
  JSON.stringify({
    clusters: [{ name: 'c', cluster: { server: 'https://c.example.com:6443', ...cluster } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', namespace: 'team' } }],
    'current-context': 'x',
  });
const open = (kubeconfigText: string) => new Connection({ kubeconfigText, env: {} });

test('an address with credentials in place is taken, and nothing else is looked at', () => {
  for (const given of [
    text(),
    text({ 'client-certificate-data': 'YQ==', 'client-key-data': 'YQ==' }),
    text({ username: 'me', password: SECRET }),
    text({ token: SECRET, tokenFile: '', exec: null }, { 'insecure-skip-tls-verify': false }),
  ]) {
    const connection = new Connection({ kubeconfigText: given, kubeconfig: '/no/such/file', env: {} });
    expect([connection.server.href, connection.namespace]).toEqual(['https://c.example.com:6443/', 'team']);
    connection.close();
  }
});

const exec = { command: '/bin/sh', apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never' };

test.each<[field: string, given: string]>([
  ['exec', text({ exec })],
  ['exec', text({ token: SECRET, exec })],
  ['auth-provider', text({ 'auth-provider': { name: 'gcp', config: { 'cmd-path': '/bin/sh' } } })],
  ['tokenFile', text({ tokenFile: '/var/run/secrets/kubernetes.io/serviceaccount/token' })],
  ['tokenFile', text({ token: SECRET, tokenFile: '../../token' })],
  ['client-certificate', text({ 'client-certificate': '/etc/cert', 'client-key': '/etc/key' })],
  ['client-key', text({ 'client-certificate-data': 'YQ==', 'client-key': '/etc/key' })],
  ['certificate-authority', text(undefined, { 'certificate-authority': '/etc/shadow' })],
  ['insecure-skip-tls-verify', text(undefined, { 'insecure-skip-tls-verify': true })],
  ['proxy-url', text(undefined, { 'proxy-url': 'http://169.254.169.254' })],
  ['as', text({ token: SECRET, as: 'system:admin' })],
  ['as-groups', text({ token: SECRET, as: 'a', 'as-groups': ['system:masters'] }).replace('"as":"a",', '')],
])('what says %s is refused', (field, given) => {
  const error = refusalOf(given);
  expect(error.message).toContain(`\`${field}\``);
  expect(error.message).not.toContain(SECRET);
});

test.each<[what: string, given: string, words: RegExp]>([
  ['no TLS', text(undefined, { server: 'http://c' }), /without TLS/],
  ['another scheme', text(undefined, { server: 'file:///etc' }), /server/],
  ['no credentials', text({}), /without credentials/],
  ['a token that is a list', text({ token: ['a'] }), /`token` that is no text/],
  ['nothing', '', /nothing/],
  ['a list', '[]', /no mapping/],
  ['YAML that is broken', `token: [${SECRET}`, /does not parse/],
  ['aliases that stand for too much', bomb(), /aliases/],
  ['an alias of nothing', 'clusters: *gone', /does not parse|aliases/],
  ['no context', text().replace('"current-context":"x"', '"a":1'), /no current-context/],
])('%s is told', (_what, given, words) => {
  const error = refusalOf(given);
  expect(error.message).toMatch(words);
  expect(error.message).not.toContain(SECRET);
});

test.each([42, null, {}])('%j is no text', (given) => {
  expect(refusalOf(given as never).code).toBe('KUBECONFIG_INVALID');
});

function bomb(): string {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let n = 1; n < 9; n += 1)
    lines.push(
      `a${n}: &a${n} [${Array(10)
        .fill(`*a${n - 1}`)
        .join(', ')}]`,
    );
  return lines.join('\n');
}

function refusalOf(given: string): KubeError {
  try {
    open(given).close();
  } catch (error) {
    expectFourFacts(error as KubeError);
    expect(error).toMatchObject({ code: 'KUBECONFIG_INVALID' });
    return error as KubeError;
  }
  throw new Error('nothing was refused');
}
