import { checkAsked, checkReferences, checkUser } from './kubeconfig-rules';
import { expectFourFacts } from './testing-only/failure';

/** What kubectl takes of a kubeconfig and what it refuses, told by what is wrong in it. */

const good = {
  clusters: [{ name: 'c', cluster: { server: 'https://c:6443' } }],
  users: [{ name: 'u', user: { token: 't' } }],
  contexts: [{ name: 'dev', context: { cluster: 'c', user: 'u', namespace: 'team' } }],
  current: 'dev' as string | undefined,
};

function refusal(check: () => unknown): { found: string; remedy: string } {
  try {
    check();
  } catch (error) {
    expect(error).toMatchObject({ code: 'KUBECONFIG_INVALID', where: 'the file' });
    return expectFourFacts(error as Parameters<typeof expectFourFacts>[0]);
  }
  throw new Error('nothing was refused');
}

const ofUser = (user: object) => refusal(() => checkUser({ ...user }, 'the file'));
const ofFile = (parts: Partial<typeof good>) =>
  refusal(() => checkReferences({ ...good, ...parts }, 'the file'));
const withCluster = (cluster: object) => ({ clusters: [{ name: 'c', cluster }] }) as Partial<typeof good>;

test('the current context gives its cluster, its user and its namespace', () => {
  const others = { name: 'x', cluster: { server: 'https://x' } };
  expect(checkReferences({ ...good, clusters: [others, ...good.clusters] }, 'the file')).toEqual({
    name: 'dev',
    cluster: { server: 'https://c:6443' },
    userName: 'u',
    user: { token: 't' },
    namespace: 'team',
  });
});

test('a context without a user calls without credentials', () => {
  const contexts = [{ name: 'dev', context: { cluster: 'c' } }];
  const { userName, user } = checkReferences({ ...good, contexts, users: [] }, 'the file');
  expect([userName, user]).toEqual(['nobody', {}]);
});

test.each<[parts: Partial<typeof good>, found: string, remedy: RegExp]>([
  [{ current: undefined }, 'no current-context', /set current-context, or pass `context`/],
  [{ current: '' }, 'no current-context', /set current-context/],
  [{ current: 'prod' }, 'no context "prod" among: dev', /correct the file/],
  [{ contexts: [] }, 'no context "dev" among: none', /correct the file/],
  [{ clusters: [] }, 'no cluster "c" among: none', /correct the file/],
  [
    { users: [...'xy'].map((name) => ({ name, user: { token: '' } })) },
    'no user "u" among: x, y',
    /correct the file/,
  ],
  [withCluster({}), 'cluster "c" with server undefined', /correct the file/],
  [withCluster({ server: 5 }), 'cluster "c" with server 5', /correct the file/],
  [withCluster({ server: 'https://' }), 'cluster "c" with server "https://"', /correct the file/],
  [withCluster({ server: 'ftp://c' }), 'cluster "c" with server "ftp://c"', /correct the file/],
  [withCluster({ server: 'see https://c' }), 'cluster "c" with server "see https://c"', /correct the file/],
])('%j is refused: %s', (parts, found, remedy) => {
  const refused = ofFile(parts);
  expect(refused.found).toBe(found);
  expect(refused.remedy).toMatch(remedy);
});

test.each(['certificate-authority', 'certificate-authority-data'])(
  'a %s that is not to be asked is a contradiction; one of the two by itself is none',
  (field) => {
    const server = 'https://c';
    const insecure = { 'insecure-skip-tls-verify': true };
    const authority = { [field]: 'x' };
    const parts = (more: object) => ({ ...good, ...withCluster({ server, ...more }) });
    expect(ofFile(withCluster({ server, ...insecure, ...authority })).found).toBe(
      'cluster "c" with a certificate authority that is not to be asked',
    );
    expect(checkReferences(parts(insecure), 'the file').cluster).toMatchObject(insecure);
    expect(checkReferences(parts(authority), 'the file').cluster).toMatchObject(authority);
  },
);

const program = { command: 'aws', apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never' };

test.each<[user: object]>([
  [{}],
  [{ token: 't' }],
  [{ username: 'a', password: 'b' }],
  [{ 'client-certificate': 'a', 'client-key': 'b' }],
  [{ 'client-certificate-data': 'a', 'client-key': 'b' }],
  [{ 'client-certificate': 'a', 'client-key-data': 'b' }],
  [{ token: 't', 'client-certificate-data': 'a', 'client-key-data': 'b' }],
  [{ 'auth-provider': { name: 'oidc' } }],
  [{ 'auth-provider': { name: 'ours', config: { exec: {} } } }],
  [{ 'auth-provider': null }],
  [{ token: 't', username: '', password: null }],
  [{ exec: null }],
  ...['Never', 'IfAvailable', 'Always'].map((interactiveMode): [object] => [
    { exec: { ...program, interactiveMode } },
  ]),
  ...[undefined, ''].map((interactiveMode): [object] => [
    { exec: { ...program, apiVersion: `${program.apiVersion}beta1`, interactiveMode } },
  ]),
])('a user with %j is taken as it is', (user) => {
  expect(checkUser({ ...user }, 'the file')).toEqual(user);
});

const tokenAndName = 'a user with a token and a user name';
const programAndProvider = 'a user with a program and an auth provider';
test.each<[user: object, found: string]>([
  [{ token: 't', username: 'a' }, tokenAndName],
  [{ token: 't', password: 'b' }, tokenAndName],
  [{ exec: program, 'auth-provider': {} }, programAndProvider],
  [{ 'client-certificate': 'a' }, 'a client certificate without a key'],
  [{ 'client-certificate-data': 'a' }, 'a client certificate without a key'],
  [{ exec: { ...program, command: '' } }, 'a user with a program without `command`'],
  [{ exec: { ...program, command: 5 } }, 'a user with a program without `command`'],
  [{ exec: { ...program, apiVersion: undefined } }, 'a program that speaks undefined'],
  [{ exec: { ...program, apiVersion: '' } }, 'a program that speaks ""'],
  [{ exec: { ...program, interactiveMode: 'Perhaps' } }, 'a program with interactiveMode "Perhaps"'],
  [{ exec: { ...program, interactiveMode: '' } }, 'a program with interactiveMode ""'],
  [{ exec: { ...program, interactiveMode: undefined } }, 'a program with interactiveMode undefined'],
])('a user with %j is refused: %s', (user, found) => {
  expect(ofUser(user).found).toBe(found);
});

const ofAsked = (user: object) => refusal(() => checkAsked({ ...user }, 'the file'));

test.each(['client-key', 'client-key-data'])('of a user that is asked, `%s` alone is refused', (key) => {
  expect(ofAsked({ [key]: 'a' }).found).toBe('a client key without a certificate');
  const whole = { [key]: 'a', 'client-certificate': 'b' };
  expect(() => checkAsked(whole, 'the file')).not.toThrow();
  // kubectl does not look at it on a way without TLS, where nobody is asked.
  expect(() => checkUser({ [key]: 'a' }, 'the file')).not.toThrow();
});

test.each<[user: object, found: string]>([
  [{ 'auth-provider': { name: 'elsewhere' } }, 'an auth provider "elsewhere"'],
  [{ 'auth-provider': {} }, 'an auth provider undefined'],
  [
    { exec: { ...program, apiVersion: 'client.authentication.k8s.io/v1alpha1' } },
    'a program that speaks "client.authentication.k8s.io/v1alpha1"',
  ],
])('a user with %j, who is asked for credentials, is refused: %s', (user, found) => {
  expect(ofAsked(user).found).toBe(found);
  // Whoever calls without TLS asks nobody, and kubectl does not mind.
  expect(checkUser({ ...user }, 'the file')).toEqual(user);
});

test.each<[user: object]>([
  [{}],
  [{ exec: program }],
  [{ exec: { ...program, apiVersion: `${program.apiVersion}beta1` } }],
  [{ exec: null }],
  [{ 'auth-provider': { name: 'oidc' } }],
  [{ 'auth-provider': { name: 'ours', config: { exec: {} } } }],
  [{ 'auth-provider': null }],
])('a user with %j can be asked', (user) => {
  expect(() => checkAsked({ ...user }, 'the file')).not.toThrow();
});

test('what a program has to say is in the remedy', () => {
  expect(ofAsked({ exec: { ...program, apiVersion: 'v1' } }).remedy).toContain(
    'client.authentication.k8s.io/v1',
  );
  expect(ofUser({ exec: { ...program, interactiveMode: 'Perhaps' } }).remedy).toContain('IfAvailable');
});
