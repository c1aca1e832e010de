import fs, { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import type { ConfigMap } from '../imports/k8s';
import { Connection } from './connection';
import { create } from './create';
import { type Credentials, clientCertificateNote } from './credentials';
import { get } from './get';
import { resource } from './resource';
import { type Certificates, makeCertificates } from './testing-only/certificates';
import { failureOf } from './testing-only/failure';
import { connectTo, type ScriptedServer, scriptedServer, sendJson } from './testing-only/scripted-server';

/** When credentials are read, shared, kept and read again. */

const configMaps = resource<ConfigMap>('v1', 'ConfigMap');
let folder: string;
let now: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kube-connection-'));
  now = 1_700_000_000_000;
  jest.spyOn(Date, 'now').mockImplementation(() => now);
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const token = (text: string) => writeFileSync(join(folder, 'token'), text);

function connect(user: object = { tokenFile: 'token' }, server = 'https://127.0.0.1:1'): Connection {
  const config = {
    'current-context': 'c',
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    clusters: [{ name: 'c', cluster: { server } }],
    users: [{ name: 'u', user }],
  };
  const kubeconfig = join(folder, 'config');
  writeFileSync(kubeconfig, JSON.stringify(config));
  return new Connection({ kubeconfig });
}

const tokenOf = ({ headers }: Credentials) => headers.Authorization;

test.each([
  ['127.0.0.1:1', '127.0.0.1:1'],
  ['https://', 'https://'],
  ['https://host:port', 'https://host:port'],
  ['https://me:secret@host:port', 'https://...@host:port'],
  ['https://[::1', 'https://[::1'],
])('the address %j is refused with the cluster that has it', async (server, shown) => {
  const error = await failureOf(async () => connect({}, server));
  expect(error).toMatchObject({
    ...{ code: 'KUBECONFIG_INVALID', where: join(folder, 'config') },
    found: `cluster "c" with server "${shown}"`,
  });
  connect({}, 'https://[::1]:6443').close();
});

test('of a KubeConfig object too', async () => {
  const kubeconfig = {
    getCurrentContext: () => 'mine',
    getContextObject: () => null,
    getCurrentCluster: () => ({ name: 'c', server: 'https://host:port' }),
    getCurrentUser: () => null,
    applyToHTTPSOptions: async () => {},
  };
  const error = await failureOf(async () => new Connection({ kubeconfig }));
  expect(error).toMatchObject({
    code: 'KUBECONFIG_INVALID',
    where: 'context "mine"',
    found: 'server "https://host:port"',
  });
});

test('a token file is read again after 10 s, and not before', async () => {
  token('one');
  const connection = connect();
  expect(tokenOf(await connection.credentials())).toBe('Bearer one');
  token('two');
  now += 9_999;
  expect(tokenOf(await connection.credentials())).toBe('Bearer one');
  now += 1;
  expect(tokenOf(await connection.credentials())).toBe('Bearer two');
});

test('calls at the same time share one reading', async () => {
  token('one');
  const connection = connect();
  const [first, second] = [connection.credentials(), connection.credentials()];
  expect(first).toBe(second);
  await first;
});

test('a reading that failed is not kept: the next call reads again', async () => {
  const connection = connect();
  const error = await failureOf(() => connection.credentials());
  expect(error).toMatchObject({ code: 'CREDENTIALS_FAILED', where: 'kubeconfig user "u"' });
  expect(error.found).toBe(`ENOENT: no such file or directory, open '${join(folder, 'token')}'`);
  token('now');
  expect(tokenOf(await connection.credentials())).toBe('Bearer now');
});

test('a file that holds no token is told by its whole name, which usually ends in `token`, and whether it is empty', async () => {
  const connection = connect();
  token(' \n');
  expect(await failureOf(() => connection.credentials())).toMatchObject({
    found: `${join(folder, 'token')} is empty`,
  });
  token('two words');
  expect(await failureOf(() => connection.credentials())).toMatchObject({
    found: `${join(folder, 'token')} holds no token`,
  });
});

test('refused credentials are renewed only by others: then a call can be repeated', async () => {
  token('one');
  const connection = connect();
  const refused = await connection.credentials();
  expect(await connection.renewed(refused)).toBeUndefined();
  token('two');
  expect(tokenOf((await connection.renewed(refused))!)).toBe('Bearer two');
  // Another call has read newer ones already: they are tried, and the file is not read again.
  token('three');
  expect(tokenOf((await connection.renewed(refused))!)).toBe('Bearer two');
});

test('calls that are refused at the same time share one renewal', async () => {
  token('one');
  const connection = connect();
  const refused = await connection.credentials();
  token('two');
  const reads = jest.spyOn(fs, 'readFileSync');
  const both = await Promise.all([connection.renewed(refused), connection.renewed(refused)]);
  expect(both.map((one) => one && tokenOf(one))).toEqual(['Bearer two', 'Bearer two']);
  expect(reads.mock.calls.filter(([path]) => path === join(folder, 'token'))).toHaveLength(1);
});

test('a program of an older kind of user is refused as any other', async () => {
  const provider = { name: 'gcp', config: { 'cmd-path': '/bin/true' } };
  const error = await failureOf(() => connect({ 'auth-provider': provider }).credentials());
  expect(error).toMatchObject({
    code: 'EXEC_PLUGIN_NOT_ALLOWED',
    found: 'credentials from running a program',
  });
});

test('an OIDC token goes out as long as it is valid; what only a client secret renews is refused, without a call', async () => {
  const until = (exp: number) => `e30.${Buffer.from(JSON.stringify({ exp })).toString('base64url')}.e30`;
  const user = (token: string) => ({
    'auth-provider': {
      name: 'oidc',
      config: {
        ...{ 'id-token': token, 'refresh-token': 'r', 'client-id': 'c', 'client-secret': 'hush' },
        'idp-issuer-url': 'https://127.0.0.1:1',
      },
    },
  });
  const [good, old] = [until(now / 1000 + 60), until(now / 1000 - 60)];
  expect(tokenOf(await connect(user(good)).credentials())).toBe(`Bearer ${good}`);
  expect(tokenOf(await connect({ ...user(old), token: 'in place' }).credentials())).toBe('Bearer in place');
  const error = await failureOf(() => connect(user(old)).credentials());
  expect(error).toMatchObject({
    code: 'CREDENTIALS_FAILED',
    found: expect.stringContaining('a client secret, with which tokens are not renewed here'),
    remedy: expect.stringContaining('call kubectl once'),
  });
  expect(error.message).not.toMatch(/hush|e30/);
});

test('close() ends the connections that were kept', async () => {
  const server: ScriptedServer = await scriptedServer((_seen, response) => sendJson(response, 200, {}));
  const gone = new Promise((resolve) => {
    server.server.once('connection', (socket) => socket.once('close', resolve));
  });
  const connection = connectTo(server.url);
  await get(connection, configMaps, { name: 'x' });
  expect(connection.closing.aborted).toBe(false);
  connection.close();
  expect(connection.closing.aborted).toBe(true);
  await gone;
  await server.close();
});

describe('keys and certificates', () => {
  let certificates: Certificates;
  beforeAll(async () => {
    jest.restoreAllMocks();
    certificates = await makeCertificates();
  }, 30_000);

  test('are read once, however many connections are opened', async () => {
    const scripted = await scriptedServer(
      (_seen, response) => sendJson(response, 200, { apiVersion: 'v1', kind: 'ConfigMap', metadata: {} }),
      certificates.good,
    );
    try {
      const read = jest.spyOn(tls, 'createSecureContext');
      const connection = scripted.connect();
      const asked = Array.from({ length: 8 }, () => get(connection, configMaps, { name: 'a' }));
      expect(await Promise.all(asked)).toHaveLength(8);
      expect(scripted.opened()).toBeGreaterThan(1);
      expect(read).toHaveBeenCalledTimes(1);
    } finally {
      await scripted.close();
    }
  });

  const noteOn = (cert: unknown) => clientCertificateNote({ tls: { cert } } as Credentials);

  test('the note on one of a client tells one that expired and one that cannot be read; a good one or none is no reason', () => {
    now = Date.UTC(2026, 0, 1);
    const expired = 'the client certificate expired on Jan  1 00:00:00 2021 GMT';
    expect(noteOn(certificates.expired.cert)).toBe(expired);
    expect(noteOn(Buffer.from(certificates.expired.cert))).toBe(expired);
    expect(noteOn('no certificate')).toBe('the client certificate cannot be read');
    now = Date.UTC(2020, 11, 31);
    expect(noteOn(certificates.expired.cert)).toBeUndefined();
    expect(noteOn(undefined)).toBeUndefined();
    expect(noteOn([certificates.expired.cert])).toBeUndefined();
  });
});

test('a connection in the name of another says so in each call, keeps the rules on writing, and ends with the first', async () => {
  const server = await scriptedServer((_seen, response) => sendJson(response, 200, {}));
  let refusals = 0;
  const own = connectTo(server.url, {
    mayWrite: () => {
      refusals += 1;
      throw new Error('not the leader');
    },
  });
  const other = own.as('system:serviceaccount:shop:deployer');
  try {
    await get(own, configMaps, { name: 'a' });
    await get(other, configMaps, { name: 'a' });
    expect(server.seen.map(({ headers }) => headers['impersonate-user'])).toEqual([
      undefined,
      'system:serviceaccount:shop:deployer',
    ]);
    const made = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'b' } } as const;
    await expect(create(other, configMaps, made)).rejects.toThrow();
    expect([refusals, server.seen.length]).toEqual([1, 2]);
    own.close();
    expect(other.closing.aborted).toBe(true);
  } finally {
    own.close();
    await server.close();
  }
});

test.each(['', ' ', 'a b', 'a\nb', 'ä', 1, null])('%j is no user to call in the name of', (user) => {
  const own = connect({ token: 't' });
  expect(() => own.as(user as string)).toThrow(expect.objectContaining({ code: 'ARGUMENT_INVALID' }));
  expect(own.as('jane').closing.aborted).toBe(false);
});
