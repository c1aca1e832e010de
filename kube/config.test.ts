import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { inspect } from 'node:util';
import type { ConfigMap } from '../imports/k8s';
import { Connection, type ConnectOptions } from './connection';
import { KubeError } from './errors';
import { get } from './get';
import { resource } from './resource';
import { type Certificates, makeCertificates } from './testing-only/certificates';
import { expectFourFacts } from './testing-only/failure';
import {
  type Handler,
  type ScriptedServer,
  scriptedServer,
  sendJson,
  statusBody,
} from './testing-only/scripted-server';

jest.setTimeout(120_000);

const configMaps = resource<ConfigMap>('v1', 'ConfigMap');
const v1 = { apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never' };
const secret = 'eyJhbGciOiJSUzI1NiJ9.c2VjcmV0LXBheWxvYWQ.c2lnbmF0dXJl';

let certificates: Certificates;
beforeAll(async () => {
  certificates = await makeCertificates();
}, 30_000);

let folder: string;
let server: ScriptedServer | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kube-config-'));
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  await server?.close();
  server = undefined;
});

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

interface Parts {
  readonly url?: string;
  readonly user?: object;
  readonly cluster?: object;
}

function kubeconfig({ url = 'https://127.0.0.1:1', user = { token: secret }, cluster }: Parts = {}): object {
  return {
    'current-context': 'dev',
    contexts: [{ name: 'dev', context: { cluster: 'dev', user: 'dev', namespace: 'team' } }],
    clusters: [{ name: 'dev', cluster: cluster ?? { server: url, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'dev', user }],
  };
}

async function failure(run: () => unknown): Promise<KubeError> {
  const error = await (async () => run())().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(KubeError);
  const printed = inspect(error, { depth: 10, showHidden: true });
  for (const part of secret.split('.')) expect(printed).not.toContain(part);
  return expectFourFacts(error as KubeError);
}

function tlsServer(
  handler: Handler = (_seen, response) => sendJson(response, 200, {}),
): Promise<ScriptedServer> {
  return scriptedServer(handler, certificates.good);
}

const call = (options: ConnectOptions) => get(new Connection(options), configMaps, { name: 'x' });

test('a good file gives server and namespace, and its token goes to the server only', async () => {
  server = await tlsServer();
  const connection = new Connection({ kubeconfig: file('good', kubeconfig({ url: server.url })) });
  expect(connection.namespace).toBe('team');
  await get(connection, configMaps, { name: 'x' });
  expect(server.seen[0]!.headers.authorization).toBe(`Bearer ${secret}`);
  expect(inspect(connection, { depth: 10, showHidden: true })).not.toContain(secret);
  connection.close();
});

const broken: Record<string, [content: unknown, found: RegExp]> = {
  'empty file': ['', /empty/],
  'YAML that does not parse': [`users:\n- name: x\n  user: {token: "${secret}\n`, /does not parse/],
  'a list': ['- a', /no mapping/],
  'clusters that are no list': [{ ...kubeconfig(), clusters: { a: secret } }, /clusters that is no list/],
  'a user without a name': [
    { ...kubeconfig(), users: [{ user: { token: secret } }] },
    /users\[0\] without a name/,
  ],
  'a user that is no mapping': [{ ...kubeconfig(), users: [{ name: 'dev', user: secret }] }, /no mapping/],
  'no current-context': [{ ...kubeconfig(), 'current-context': undefined }, /no current-context/],
  'a context that is not there': [
    { ...kubeconfig(), 'current-context': 'prod' },
    /no context "prod" among: dev/,
  ],
  'a cluster that is not there': [{ ...kubeconfig(), clusters: [] }, /no cluster "dev"/],
  'a user that is not there': [{ ...kubeconfig(), users: [] }, /no user "dev"/],
  'a server that is no address': [
    kubeconfig({ cluster: { server: 'localhost:8080' } }),
    /server "localhost:8080"/,
  ],
};

test.each(Object.entries(broken))('KUBECONFIG_INVALID: %s', async (_name, [content, found]) => {
  const path = file('broken', content);
  const error = await failure(() => new Connection({ kubeconfig: path }));
  expect(error).toMatchObject({ code: 'KUBECONFIG_INVALID', where: path });
  expect(error.found).toMatch(found);
});

test('KUBECONFIG_MISSING: no such file, no file at all, not in a pod', async () => {
  const path = join(folder, 'nowhere');
  const named = await failure(() => new Connection({ kubeconfig: path }));
  expect(named).toMatchObject({ code: 'KUBECONFIG_MISSING', where: path, found: 'ENOENT' });
  const none = await failure(() => new Connection({ env: { HOME: folder } }));
  expect(none.code).toBe('KUBECONFIG_MISSING');
  const inCluster = await failure(() => new Connection({ inCluster: true, env: {} }));
  expect(inCluster).toMatchObject({ code: 'KUBECONFIG_MISSING', found: 'no KUBERNETES_SERVICE_HOST' });
});

test('files in $KUBECONFIG are merged, the first wins, missing ones do not count', () => {
  const first = file('first', { ...kubeconfig({ url: 'http://first:1' }), 'current-context': 'other' });
  const other = {
    contexts: [{ name: 'other', context: { cluster: 'dev', user: 'dev', namespace: 'elsewhere' } }],
    ...{ clusters: [{ name: 'dev', cluster: { server: 'http://second:1' } }] },
  };
  const paths = [join(folder, 'missing'), first, file('second', other)].join(delimiter);
  const connection = new Connection({ env: { KUBECONFIG: paths } });
  expect(connection.server.hostname).toBe('first');
  expect(connection.namespace).toBe('elsewhere');
  expect(new Connection({ env: { KUBECONFIG: paths }, context: 'dev' }).namespace).toBe('team');
});

test('an exec plug-in is refused unless it is allowed, and then runs once for many calls', async () => {
  server = await tlsServer();
  const ran = join(folder, 'ran');
  const credential = {
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    status: { token: secret },
  };
  const script = file('plugin', `#!/bin/sh\necho x >> ${ran}\necho '${JSON.stringify(credential)}'\n`);
  chmodSync(script, 0o755);
  const exec = { ...v1, command: script };
  const path = file('config', kubeconfig({ url: server.url, user: { exec } }));
  const refused = await failure(() => call({ kubeconfig: path }));
  expect(refused.code).toBe('EXEC_PLUGIN_NOT_ALLOWED');
  expect(existsSync(ran)).toBe(false);
  const connection = new Connection({ kubeconfig: path, allowExecPlugin: true });
  await Promise.all([1, 2, 3].map(() => get(connection, configMaps, { name: 'x' })));
  await get(connection, configMaps, { name: 'x' });
  expect(server.seen.map((seen) => seen.headers.authorization)).toEqual(Array(4).fill(`Bearer ${secret}`));
  expect(readFileSync(ran, 'utf8')).toBe('x\n');
  connection.close();
});

test.each([
  ['fails', `echo "no: token=${secret}" >&2; exit 1`, /no: token=\(removed\)/],
  ['prints no JSON', `echo '${secret}'`, /no JSON/],
])('a plug-in that %s is CREDENTIALS_FAILED, and its secrets stay with it', async (_name, script, found) => {
  const command = file('plugin', `#!/bin/sh\n${script}\n`);
  chmodSync(command, 0o755);
  const path = file('config', kubeconfig({ user: { exec: { ...v1, command } } }));
  const error = await failure(() => call({ kubeconfig: path, allowExecPlugin: true }));
  expect(error.code).toBe('CREDENTIALS_FAILED');
  expect(error.found).toMatch(found);
});

test('a plug-in that never answers ends a call at its deadline', async () => {
  const command = file('plugin', '#!/bin/sh\nexec sleep 3\n');
  chmodSync(command, 0o755);
  const exec = { ...v1, command };
  const connection = new Connection({
    kubeconfig: file('config', kubeconfig({ user: { exec } })),
    allowExecPlugin: true,
  });
  const error = await failure(() => get(connection, configMaps, { name: 'x' }, { deadlineMs: 100 }));
  expect(error).toMatchObject({ code: 'DEADLINE_EXCEEDED', effect: 'none' });
});

test.each([
  ['a missing', undefined],
  ['an empty', ''],
  ['a binary', '\u0000\u0001'],
])('%s token file is CREDENTIALS_FAILED', async (_name, content) => {
  if (content !== undefined) file('token', content);
  const path = file('config', kubeconfig({ user: { tokenFile: 'token' } }));
  const error = await failure(() => call({ kubeconfig: path }));
  expect(error).toMatchObject({ code: 'CREDENTIALS_FAILED', where: 'kubeconfig user "dev"' });
});

test('a token that no header can carry is CREDENTIALS_FAILED', async () => {
  const path = file('config', kubeconfig({ user: { token: `${secret}\n${secret}` } }));
  expect((await failure(() => call({ kubeconfig: path }))).code).toBe('CREDENTIALS_FAILED');
});

test('over plain http nothing goes out that proves who one is, as kubectl has it', async () => {
  server = await scriptedServer((_seen, response) => sendJson(response, 200, {}));
  await call({ kubeconfig: file('config', kubeconfig({ cluster: { server: server.url } })) });
  expect(server.seen[0]!.headers.authorization).toBeUndefined();
});

describe('a plug-in', () => {
  const printing = (status: object) =>
    `echo '${JSON.stringify({ apiVersion: v1.apiVersion, kind: 'ExecCredential', status })}'`;
  function connectWith(script: string, more: object = {}): { connection: Connection; runs: () => number } {
    const ran = join(folder, 'ran');
    const command = file('plugin', `#!/bin/sh\necho x >> ${ran}\n${script}\n`);
    chmodSync(command, 0o755);
    const exec = { ...v1, command, ...more };
    const connection = new Connection({
      kubeconfig: file('config', kubeconfig({ url: server!.url, user: { exec } })),
      allowExecPlugin: true,
    });
    return { connection, runs: () => readFileSync(ran, 'utf8').split('\n').length - 1 };
  }
  const ask = (connection: Connection) => get(connection, configMaps, { name: 'x' });

  test('is asked again after a 401, whatever end it named', async () => {
    let valid = 'token-1';
    server = await tlsServer((seen, response) =>
      seen.headers.authorization === `Bearer ${valid}`
        ? sendJson(response, 200, {})
        : sendJson(response, 401, statusBody(401, 'Unauthorized')),
    );
    const expirationTimestamp = '2099-01-01T00:00:00Z';
    file('token', 'token-1');
    const { connection, runs } = connectWith(
      `T=$(cat ${join(folder, 'token')}); ${printing({ token: 'T0KEN', expirationTimestamp }).replace('T0KEN', `'$T'`)}`,
    );
    await ask(connection);
    await ask(connection);
    expect(runs()).toBe(1);
    valid = 'token-2';
    file('token', 'token-2');
    await ask(connection);
    expect(runs()).toBe(2);
    connection.close();
  });

  test('is asked again when what it gave has ended, by our clock', async () => {
    server = await tlsServer();
    const soon = new Date(Date.now() + 3_600_000).toISOString();
    const { connection, runs } = connectWith(printing({ token: 'a', expirationTimestamp: soon }));
    await ask(connection);
    const later = Date.now() + 3_700_000;
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => later);
    await ask(connection);
    clock.mockRestore();
    expect(runs()).toBe(2);
    connection.close();
  });

  test.each<[what: string, script: string, found: RegExp]>([
    ['an answer of another kind', `echo '{"kind":"Secret","apiVersion":"v1"}'`, /no ExecCredential/],
    ['another version', printing({ token: 'a' }).replace('/v1', '/v1beta1'), /another version/],
    ['nothing in it', printing({}), /without a token/],
    ['a certificate without a key', printing({ clientCertificateData: 'x' }), /one is missing/],
    ['an end that is no time', printing({ token: 'a', expirationTimestamp: 'soon' }), /no time/],
    ['too many words', 'head -c 3000000 /dev/zero', /more than/],
  ])('with %s is CREDENTIALS_FAILED', async (_what, script, found) => {
    server = await tlsServer();
    const { connection } = connectWith(script);
    expect(await failure(() => ask(connection))).toMatchObject({
      code: 'CREDENTIALS_FAILED',
      found: expect.stringMatching(found),
    });
    expect(server.seen).toHaveLength(0);
    connection.close();
  });

  test('that is not there says how to get it', async () => {
    server = await tlsServer();
    const { connection } = connectWith('', { command: './nowhere', installHint: 'get it from example.com' });
    expect((await failure(() => ask(connection))).found).toMatch(/nowhere.*; get it from example.com/);
    connection.close();
  });
});

describe('TLS', () => {
  const tlsConfig = (url: string, ca: string, user: object = { token: secret }) =>
    kubeconfig({
      user,
      cluster: { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') },
    });

  test.each([
    ['good', undefined],
    ['expired', 'CERTIFICATE_EXPIRED'],
    ['otherHost', 'CERTIFICATE_UNTRUSTED'],
  ] as const)('a server certificate that is %s', async (which, code) => {
    const tls = certificates[which];
    server = await scriptedServer((_seen, response) => sendJson(response, 200, {}), tls);
    const path = file('config', tlsConfig(server.url, tls.ca));
    if (code) expect(await failure(() => call({ kubeconfig: path }))).toMatchObject({ code, effect: 'none' });
    else await call({ kubeconfig: path });
    expect(server.seen).toHaveLength(code ? 0 : 1);
  });

  test('the wrong certificate authority', async () => {
    server = await scriptedServer((_seen, response) => sendJson(response, 200, {}), certificates.good);
    const path = file('config', tlsConfig(server.url, certificates.strangerCa));
    const error = await failure(() => call({ kubeconfig: path }));
    expect(error.code).toBe('CERTIFICATE_UNTRUSTED');
    expect(error.remedy).toContain('certificate-authority');
  });

  test('https to a port that speaks no TLS', async () => {
    server = await scriptedServer((_seen, response) => sendJson(response, 200, {}));
    const path = file('config', tlsConfig(server.url.replace('http', 'https'), certificates.good.ca));
    expect((await failure(() => call({ kubeconfig: path }))).code).toBe('TLS_FAILED');
  });

  test('a 401 with an expired client certificate says so', async () => {
    const unauthorized = statusBody(401, 'Unauthorized');
    server = await scriptedServer(
      (_seen, response) => sendJson(response, 401, unauthorized),
      certificates.good,
    );
    const data = (text: string) => Buffer.from(text).toString('base64');
    const { cert, key } = certificates.expired;
    const user = { 'client-certificate-data': data(cert), 'client-key-data': data(key) };
    const path = file('config', tlsConfig(server.url, certificates.good.ca, user));
    const error = await failure(() => call({ kubeconfig: path }));
    expect(error.code).toBe('UNAUTHENTICATED');
    expect(error.found).toContain('the client certificate expired on Jan  1 00:00:00 2021 GMT');
  });
});

test('a rotated token file is read again after a 401, and the call goes through', async () => {
  let valid = 'token-1';
  server = await tlsServer((seen, response) =>
    seen.headers.authorization === `Bearer ${valid}`
      ? sendJson(response, 200, {})
      : sendJson(response, 401, statusBody(401, 'Unauthorized')),
  );
  file('token', 'token-1\n');
  const path = file('config', kubeconfig({ url: server.url, user: { tokenFile: 'token' } }));
  const connection = new Connection({ kubeconfig: path });
  const ask = () => get(connection, configMaps, { name: 'x' });
  await ask();
  valid = 'token-2';
  file('token', 'token-2\n');
  await ask();
  expect(server.seen.map((seen) => seen.headers.authorization)).toEqual([
    'Bearer token-1',
    'Bearer token-1',
    'Bearer token-2',
  ]);
  valid = 'token-3';
  expect((await failure(ask)).code).toBe('UNAUTHENTICATED');
  expect(server.seen).toHaveLength(4);
  connection.close();
});
