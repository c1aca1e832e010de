import fs, { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { loadConfig } from './config';
import { Connection } from './connection';
import { type Credentials, readCredentials, withoutSecrets } from './credentials';
import { failureOf } from './testing-only/failure';
import { configTo } from './testing-only/scripted-server';

/** What is read from the files of a kubeconfig, and what of it goes to the server. */

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kube-files-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const kubeconfig = (user: object = {}, cluster: object = { server: 'https://c:6443' }) => ({
  'current-context': 'dev',
  contexts: [{ name: 'dev', context: { cluster: 'c', user: 'u' } }],
  clusters: [{ name: 'c', cluster }],
  users: [{ name: 'u', user }],
});

/** What a connection with this user would send. */
function credentials(user: object, cluster?: object): Promise<Credentials> {
  return readCredentials(
    loadConfig({ kubeconfig: file('config', kubeconfig(user, cluster)) }),
    false,
    undefined,
  );
}

test.each<[user: object, header: string | undefined]>([
  [{}, undefined],
  [{ token: 't' }, 'Bearer t'],
  [{ tokenFile: 'token' }, 'Bearer of-file'],
  // The file may be newer, and the token is for when it cannot be read.
  [{ tokenFile: 'token', token: 't' }, 'Bearer of-file'],
  [{ tokenFile: 'nowhere', token: 't' }, 'Bearer t'],
  [{ tokenFile: '', token: 't' }, 'Bearer t'],
  [{ username: 'a', password: 'b' }, `Basic ${Buffer.from('a:b').toString('base64')}`],
  [{ username: 'a' }, `Basic ${Buffer.from('a:').toString('base64')}`],
])('a user with %j sends %s', async (user, header) => {
  file('token', 'of-file\n');
  expect((await credentials(user)).headers.Authorization).toBe(header);
});

test('a user that calls as another sends both', async () => {
  const { headers } = await credentials({ token: 't', as: 'jane', 'as-groups': ['a', 'b'] });
  expect(headers).toMatchObject({
    Authorization: 'Bearer t',
    'Impersonate-User': 'jane',
    'Impersonate-Group': ['a', 'b'],
  });
});

test('fields that make no sense together are told with the file', async () => {
  const path = file('config', kubeconfig({ 'as-groups': ['a'] }));
  expect(await failureOf(() => loadConfig({ kubeconfig: path }))).toMatchObject({
    code: 'KUBECONFIG_INVALID',
    where: path,
    found: 'user with `as-uid`, `as-groups` or `as-user-extra` without `as`',
  });
});

test('over plain http a program is not asked and no token leaves; the name that is called in still does', async () => {
  const exec = {
    command: 'x',
    apiVersion: 'client.authentication.k8s.io/v1',
    interactiveMode: 'Never',
  };
  const plain = { server: 'http://c' };
  expect(loadConfig({ kubeconfig: file('config', kubeconfig({ exec }, plain)) }).plugin).toBeUndefined();
  const { headers, tls } = await credentials({ token: 't', as: 'jane' }, plain);
  expect(headers).toEqual({ 'Impersonate-User': 'jane' });
  expect([tls.cert, tls.key]).toEqual([undefined, undefined]);
});

test('a program is asked only when nothing else says who one is', () => {
  const exec = { command: 'x', apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never' };
  const pluginOf = (more: object) =>
    loadConfig({ kubeconfig: file('config', kubeconfig({ exec, ...more })) }).plugin;
  expect(pluginOf({})).toEqual(exec);
  for (const more of [{ token: 't' }, { tokenFile: 'f' }, { username: 'a' }])
    expect(pluginOf(more)).toBeUndefined();
});

test('files are found from the folder of the kubeconfig that names them; data in place goes before a file', async () => {
  mkdirSync(join(folder, 'pki'));
  for (const name of ['ca', 'crt', 'key']) file(`pki/${name}`, `of the file ${name}`);
  const files = { 'client-certificate': 'pki/crt', 'client-key': join(folder, 'pki/key') };
  const cluster = { server: 'https://c', 'certificate-authority': 'pki/ca' };
  const { tls } = await credentials(files, cluster);
  expect([tls.ca, tls.cert, tls.key].map(String)).toEqual(
    ['ca', 'crt', 'key'].map((name) => `of the file ${name}`),
  );
  const data = Buffer.from('in place').toString('base64');
  const both = { ...files, 'client-certificate-data': data, 'client-key-data': data };
  const { tls: inPlace } = await credentials(both, { ...cluster, 'certificate-authority-data': data });
  expect([inPlace.ca, inPlace.cert, inPlace.key].map(String)).toEqual(Array(3).fill('in place'));
});

test('a program that is named with a path is beside the file; a bare name is looked up', () => {
  const commandOf = (command: string) => {
    const exec = { command, apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never' };
    return loadConfig({ kubeconfig: file('config', kubeconfig({ exec })) }).plugin?.command;
  };
  expect(commandOf('./bin/plugin')).toBe(join(folder, 'bin/plugin'));
  expect(commandOf('/bin/plugin')).toBe('/bin/plugin');
  expect(commandOf('plugin')).toBe('plugin');
});

test('TLS is as the cluster says: its own server name, or no check', async () => {
  const { tls } = await credentials({}, { server: 'https://c', 'tls-server-name': 'kubernetes' });
  expect(tls).toMatchObject({ servername: 'kubernetes' });
  expect(tls.rejectUnauthorized).not.toBe(false);
  const { tls: open } = await credentials({}, { server: 'https://c', 'insecure-skip-tls-verify': true });
  expect(open.rejectUnauthorized).toBe(false);
});

test('connections are kept while the TLS identity is the same, whatever the token', async () => {
  const load = (user: object, cluster?: object) =>
    loadConfig({ kubeconfig: file('config', kubeconfig(user, cluster)) });
  const first = await readCredentials(load({ token: 'a' }), false, undefined);
  const second = await readCredentials(load({ token: 'b' }), false, first);
  expect([second.calls === first.calls, second.streams === first.streams]).toEqual([true, true]);
  const others: object[] = [
    { server: 'https://c', 'tls-server-name': 'x' },
    { server: 'https://c', 'insecure-skip-tls-verify': true },
    { server: 'https://c', 'certificate-authority-data': Buffer.from('x').toString('base64') },
  ];
  for (const cluster of others) {
    const other = await readCredentials(load({ token: 'a' }, cluster), false, first);
    expect([other.calls === first.calls, other.streams === first.streams]).toEqual([false, false]);
    expect((await readCredentials(load({ token: 'c' }, cluster), false, other)).calls).toBe(other.calls);
  }
  const data = (text: string) => Buffer.from(text).toString('base64');
  const client = (cert: string, key: string) => ({
    'client-certificate-data': data(cert),
    'client-key-data': data(key),
  });
  const own = await readCredentials(load(client('a', 'b')), false, first);
  for (const other of [client('x', 'b'), client('a', 'x')])
    expect((await readCredentials(load(other), false, own)).calls).not.toBe(own.calls);
});

test('calls share connections, streams have one each', async () => {
  const { calls, streams } = await credentials({});
  expect([calls, streams].map((agent) => (agent as unknown as { keepAlive: boolean }).keepAlive)).toEqual([
    true,
    false,
  ]);
});

test.each<[what: string, content: unknown, found: string]>([
  ['nothing', '', 'an empty file'],
  ['comments only', '# nothing\n', 'an empty file'],
  ['a scalar', 'hello', 'no mapping'],
  ['a list', '- a', 'no mapping'],
  [
    'two users of one name',
    { ...kubeconfig(), users: ['a', 'a'].map((name) => ({ name, user: {} })) },
    'two users named "a"',
  ],
  ['an entry that is null', { ...kubeconfig(), users: [null] }, 'users[0] without a name'],
  ['an empty name', { ...kubeconfig(), clusters: [{ name: '', cluster: {} }] }, 'clusters[0] without a name'],
  [
    'a user that is a list',
    { ...kubeconfig(), users: [{ name: 'u', user: [] }] },
    'users[0].user that is no mapping',
  ],
  [
    'a context that is a text',
    {
      ...kubeconfig(),
      contexts: [
        { name: 'a', context: {} },
        { name: 'b', context: 'x' },
      ],
    },
    'contexts[1].context that is no mapping',
  ],
  ['contexts that are a text', { ...kubeconfig(), contexts: 'x' }, 'contexts that is no list'],
  ['a current-context that is no text', { ...kubeconfig(), 'current-context': 5 }, 'no current-context'],
  ['a key twice', 'a: 1\nb: 2\na: 3\n', 'YAML that does not parse (DUPLICATE_KEY, line 3)'],
  ['a key twice, in JSON', '{"a":1,"b":2,"a":3}', 'YAML that does not parse (DUPLICATE_KEY, line 1)'],
])('a file with %s is refused with what is wrong in it', async (_what, content, found) => {
  const path = file('config', content);
  const error = await failureOf(() => loadConfig({ kubeconfig: path }));
  expect(error.code).toBe('KUBECONFIG_INVALID');
  expect(error.where).toBe(path);
  expect(error.found).toBe(found);
});

test('lists that are left out or null are empty: another file may have them', () => {
  const first = file('first', { 'current-context': 'dev', contexts: kubeconfig().contexts, users: null });
  const second = file('second', { clusters: kubeconfig().clusters, users: kubeconfig({ token: 't' }).users });
  const { config } = loadConfig({ env: { KUBECONFIG: ['', first, second, ''].join(delimiter) } });
  expect(config.getCurrentCluster()?.server).toBe('https://c:6443');
  expect(config.getCurrentUser()).toMatchObject({ name: 'u', token: 't' });
});

test('of two files the first that names a thing wins, and an empty one does not count', () => {
  const first = file('first', kubeconfig({ token: 'first' }));
  const second = file('second', { ...kubeconfig({ token: 'second' }), 'current-context': 'other' });
  const empty = file('empty', '');
  const load = (...paths: string[]) =>
    loadConfig({ env: { KUBECONFIG: paths.join(delimiter) } }).config.getCurrentUser();
  expect(load(empty, first, second)).toMatchObject({ token: 'first' });
});

test('a faulty list of files is told with all of its files', async () => {
  const [one, other] = ['one', 'other'].map((name) => join(folder, name));
  const env = { KUBECONFIG: [one, other].join(delimiter) };
  expect(await failureOf(() => loadConfig({ env }))).toMatchObject({
    code: 'KUBECONFIG_MISSING',
    where: env.KUBECONFIG,
    found: 'no such file',
  });
  for (const path of [one!, other!]) writeFileSync(path, '');
  expect(await failureOf(() => loadConfig({ env }))).toMatchObject({
    code: 'KUBECONFIG_INVALID',
    where: env.KUBECONFIG,
    found: 'an empty file',
  });
});

test('the file in the home folder is taken when $KUBECONFIG names none, and only then', () => {
  mkdirSync(join(folder, '.kube'));
  file('.kube/config', kubeconfig({ token: 'home' }));
  const named = file('named', kubeconfig({ token: 'named' }));
  const tokenWith = (env: Record<string, string>) => loadConfig({ env }).config.getCurrentUser();
  expect(tokenWith({ HOME: folder })).toMatchObject({ token: 'home' });
  expect(tokenWith({ HOME: folder, KUBECONFIG: '' })).toMatchObject({ token: 'home' });
  expect(tokenWith({ HOME: folder, KUBECONFIG: named })).toMatchObject({ token: 'named' });
  expect(loadConfig({ env: { HOME: folder }, kubeconfig: named }).config.getCurrentUser()).toMatchObject({
    token: 'named',
  });
});

test('of several documents in a file the first counts, as kubectl has it', () => {
  const text = `${JSON.stringify(kubeconfig({ token: 'first' }))}\n---\nkind: Other\n`;
  const { config } = loadConfig({ kubeconfig: file('config', text) });
  expect(config.getCurrentUser()).toMatchObject({ token: 'first' });
});

test('in a pod its own account is used: where that is asked for, and where there is nothing else', () => {
  const { readFileSync } = fs;
  jest
    .spyOn(fs, 'readFileSync')
    .mockImplementation((path, how) =>
      String(path).startsWith('/var/run/secrets/kubernetes.io/serviceaccount/')
        ? 'of-pod'
        : readFileSync(path, how),
    );
  const env = { KUBERNETES_SERVICE_HOST: '10.0.0.1', HOME: folder };
  try {
    for (const options of [{ inCluster: true, env }, { env }])
      expect(loadConfig(options).config.getCurrentCluster()?.name).toBe('inCluster');
  } finally {
    jest.restoreAllMocks();
  }
});

test('outside of a pod, the account of the pod is missing, and each missing thing is told by its name', async () => {
  expect(await failureOf(() => loadConfig({ env: { HOME: folder } }))).toMatchObject({
    code: 'KUBECONFIG_MISSING',
    where: join(folder, '.kube', 'config'),
  });
  const env = { KUBERNETES_SERVICE_HOST: '10.0.0.1' };
  expect(await failureOf(() => loadConfig({ inCluster: true, env }))).toMatchObject({
    code: 'KUBECONFIG_MISSING',
    found: 'no token there',
  });
});

test('a KubeConfig of the caller is taken as it is, and chooses its context itself', async () => {
  const own = configTo('https://c');
  expect(loadConfig({ kubeconfig: own })).toEqual({ config: own, impersonation: {}, plugin: undefined });
  const error = await failureOf(() => loadConfig({ kubeconfig: own, context: 'dev' }));
  expect(error).toMatchObject({ code: 'ARGUMENT_INVALID', where: 'options.context' });
  expect(error.found).toBe('dev beside a KubeConfig object');
});

test.each<[given: unknown, found: string]>([
  ['', 'a text, ""'],
  [null, 'null'],
  [5, 'a number, 5'],
  [{}, 'an object, {}'],
  [() => {}, 'a function'],
  [{ text: 'x'.repeat(100) }, `an object, {"text":"${'x'.repeat(48)}...`],
])('%p is neither a path nor a KubeConfig', async (given, found) => {
  expect(await failureOf(() => loadConfig({ kubeconfig: given as string }))).toMatchObject({
    code: 'ARGUMENT_INVALID',
    where: 'options.kubeconfig',
    found,
  });
});

test('a KubeConfig without a cluster, or with one that has no address, is refused', async () => {
  const own = configTo('https://c');
  const withCluster = (cluster: unknown) =>
    Object.create(own, { getCurrentCluster: { value: () => cluster } }) as typeof own;
  for (const [cluster, found] of [
    [null, 'no cluster'],
    [{ name: 'c', server: 'c:6443' }, 'server "c:6443"'],
    [{ name: 'c', server: 'see http://c' }, 'server "see http://c"'],
    [{ name: 'c' }, 'server undefined'],
  ] as const) {
    const error = await failureOf(() => new Connection({ kubeconfig: withCluster(cluster) }));
    expect(error).toMatchObject({ code: 'KUBECONFIG_INVALID', where: 'context "test"', found });
  }
});

test.each<[options: object, where: string]>([
  [{ context: 5 }, 'new Connection context'],
  [{ namespace: {} }, 'new Connection namespace'],
  [{ hooks: 'x' }, 'new Connection hooks'],
  [{ deadlineMs: 0 }, 'options deadlineMs'],
  [{ maxCalls: 0 }, 'options maxCalls'],
])('a connection with %j is refused', async (options, where) => {
  const kubeconfig = configTo('https://c');
  expect(await failureOf(() => new Connection({ kubeconfig, ...options }))).toMatchObject({
    code: 'ARGUMENT_INVALID',
    where,
  });
});

test('text of programs that handle credentials loses what looks like one, and keeps its paths', () => {
  const long = 'a'.repeat(32);
  expect(withoutSecrets('Bearer abc')).toBe('Bearer (removed)');
  expect(withoutSecrets('password = x, token:y secret z')).toBe(
    'password = (removed) token:(removed) secret (removed)',
  );
  expect(withoutSecrets(`got ${long}, not ${'b'.repeat(31)}`)).toBe(`got (removed), not ${'b'.repeat(31)}`);
  expect(withoutSecrets(`no file /${long}/x`)).toBe(`no file /${long}/x`);
});
