import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MANAGER } from '../../deploy/cluster/cluster-api';
import { PART_OF, releaseOf } from '../../deploy/inventory/names';
import { drydock } from '../testing-only/drydock';
import { writeLocalKubeconfig } from '../testing-only/local-kubeconfig';
import { type RememberingServer, rememberingServer } from '../testing-only/remembering-server';

/** An API server that has one ConfigMap that is not the release's any more. */
let server: RememberingServer;

const folder = mkdtempSync(path.join(tmpdir(), 'drydock-remembered-test-'));
const kubeconfig = path.join(folder, 'config');

beforeAll(async () => {
  server = await rememberingServer();
  const { port, paths, remember } = server;
  writeLocalKubeconfig(kubeconfig, port);
  paths.set('/api/v1', {
    kind: 'APIResourceList',
    groupVersion: 'v1',
    resources: [{ name: 'configmaps', kind: 'ConfigMap', namespaced: true, verbs: ['get', 'list', 'patch'] }],
  });
  paths.set('/api/v1/namespaces/here/configmaps/theirs', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'theirs', namespace: 'here', uid: 'x', resourceVersion: '1' },
  });
  remember('empty', [], 'good');
  remember('broken', [], 'failed');
  remember('begun', [], 'applying');
  remember('shop', ['gone', 'theirs'], 'good');
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await server.close();
});

const said = (name: string, release: string, ...argv: string[]) =>
  drydock(name, release, '--kubeconfig', kubeconfig, ...argv);

test('status is 0 where all is well: each object healthy, and the newest revision a good one', async () => {
  expect(await said('status', 'empty')).toEqual({
    code: 0,
    out: 'release empty in namespace here, revision 10 (good) of 2026-01-02T00:00:00Z\n',
    err: '',
  });
  expect((await said('status', 'broken')).code).toBe(1);
  expect((await said('status', 'begun')).code).toBe(1);
  expect((await said('status', 'empty', '-o', 'json')).code).toBe(0);
  expect((await said('status', 'broken', '-o', 'json')).code).toBe(1);
});

test('status is 1 where an object is not well, and says of each why', async () => {
  expect(await said('status', 'shop')).toEqual({
    code: 1,
    out: `release shop in namespace here, revision 10 (good) of 2026-01-02T00:00:00Z
  missing ConfigMap here/gone: it was deleted by somebody else
  foreign ConfigMap here/theirs: it has lost our label or our fields
`,
    err: '',
  });
  const { code, out } = await said('status', 'shop', '-o', 'json');
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({
    release: 'shop',
    objects: [
      { name: 'gone', state: 'missing' },
      { name: 'theirs', state: 'foreign' },
    ],
  });
});

test('on a terminal the state of an object is painted: green for a healthy one, red for one that is gone', async () => {
  const { paths, remember } = server;
  const metadata = {
    ...{ name: 'well', namespace: 'here', uid: 'w', resourceVersion: '1' },
    labels: { [PART_OF]: releaseOf('painted', 'here').id },
    managedFields: [{ manager: MANAGER, operation: 'Apply', apiVersion: 'v1', fieldsV1: {} }],
  };
  const well = { apiVersion: 'v1', kind: 'ConfigMap', metadata };
  paths.set('/api/v1/namespaces/here/configmaps/well', well);
  paths.set('/api/v1/namespaces/here/configmaps', {
    ...{ apiVersion: 'v1', kind: 'ConfigMapList', metadata: { resourceVersion: '9' } },
    items: [well],
  });
  remember('painted', ['well', 'gone'], 'good');
  const own = Object.getOwnPropertyDescriptor(process.stdout, 'isTTY');
  const before = { ...process.env };
  Object.defineProperty(process.stdout, 'isTTY', { value: true, configurable: true });
  delete process.env.NO_COLOR;
  process.env.TERM = 'xterm';
  try {
    const { out } = await said('status', 'painted');
    expect(out).toContain('  \u001b[32mhealthy\u001b[0m ConfigMap here/well\n');
    expect(out).toContain('  \u001b[31mmissing\u001b[0m ConfigMap here/gone: ');
  } finally {
    if (own) Object.defineProperty(process.stdout, 'isTTY', own);
    else Reflect.deleteProperty(process.stdout, 'isTTY');
    process.env = before;
  }
});

test('history has a line for each revision, the newest last, or JSON', async () => {
  expect(await said('history', 'shop')).toEqual({
    code: 0,
    out: `   9  failed    2026-01-01T00:00:00Z  1 objects
  10  good      2026-01-02T00:00:00Z  2 objects
`,
    err: '',
  });
  const { code, out } = await said('history', 'shop', '--output', 'json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject([{ revision: 9 }, { revision: 10, state: 'good' }]);
});

test.each(['status', 'history', 'rollback'])('%s of a release that is not there says so', async (name) => {
  const { code, out, err } = await said(name, 'nowhere');
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toContain('nowhere');
});
