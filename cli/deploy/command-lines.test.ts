import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { drydock, mistake } from '../testing-only/drydock';
import { allowedBy, milliseconds } from './options';

const COMMANDS = ['apply', 'diff', 'status', 'history', 'rollback', 'delete'];
const folder = mkdtempSync(path.join(tmpdir(), 'drydock-deploy-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(COMMANDS)('drydock %s', (name) => {
  const help = `drydock ${name} --help`;

  test('takes a release', async () => {
    expect(await drydock(name)).toEqual(mistake(`${name} takes the name of a release`, help));
  });

  test('takes text or json as its output', async () => {
    for (const output of ['yaml', 'JSON', ''])
      expect(await drydock(name, 'shop', `--output=${output}`)).toEqual(
        mistake(`--output takes text or json, not "${output}"`, help),
      );
  });

  test.each(['5 minutes', '1d', '1.5h', '-1', '', '12345678'])(
    'does not take the time "%s"',
    async (time) => {
      expect(await drydock(name, 'shop', `--timeout=${time}`)).toEqual(
        mistake(`--timeout takes a time such as 90s or 5m, not "${time}"`, help),
      );
    },
  );

  test('says which option was probably meant', async () => {
    expect(await drydock(name, 'shop', '--namespce', 'x')).toEqual(
      mistake('unknown option --namespce, did you mean --namespace?', help),
    );
  });
});

test.each(['latest', '1.5', '-', '1234567890', '0x1'])(
  'rollback does not take the revision "%s"',
  async (revision) => {
    expect(await drydock('rollback', 'shop', revision)).toEqual(
      mistake(`a revision is a number, not "${revision}"`, 'drydock rollback --help'),
    );
  },
);

test.each([
  ['90', 90_000],
  ['90s', 90_000],
  ['5m', 300_000],
  ['2h', 7_200_000],
  ['250ms', 250],
])('a time of %s is %i milliseconds', (text, ms) => {
  expect(milliseconds('apply', text)).toBe(ms);
});

test('nothing is allowed that is not asked for, and pruning is', () => {
  const asked = {
    adopt: false,
    'force-conflicts': false,
    'no-prune': false,
    'dry-run-all': false,
    'allow-prune': false,
  };
  const nothing = {
    adopt: false,
    adoptFrom: [],
    forceConflicts: false,
    recreate: [],
    dryRunAll: false,
    prune: true,
    allowPrune: false,
    allowPruneOf: [],
  };
  expect(allowedBy(asked)).toEqual(nothing);
  expect(allowedBy({ ...asked, adopt: true })).toEqual({ ...nothing, adopt: true });
  expect(allowedBy({ ...asked, 'adopt-from': ['helm'] })).toEqual({ ...nothing, adoptFrom: ['helm'] });
  expect(allowedBy({ ...asked, 'force-conflicts': true })).toEqual({ ...nothing, forceConflicts: true });
  expect(allowedBy({ ...asked, 'dry-run-all': true })).toEqual({ ...nothing, dryRunAll: true });
  expect(allowedBy({ ...asked, 'no-prune': true })).toEqual({ ...nothing, prune: false });
  expect(allowedBy({ ...asked, 'allow-prune': true })).toEqual({ ...nothing, allowPrune: true });
  expect(allowedBy({ ...asked, recreate: ['Job'], 'allow-prune-of': ['Namespace/a'] })).toEqual({
    ...nothing,
    recreate: ['Job'],
    allowPruneOf: ['Namespace/a'],
  });
});

describe('a cluster that refuses everything', () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(403, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ kind: 'Status', code: 403, reason: 'Forbidden', message: 'no entry' }));
  });
  let kubeconfig: string;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    kubeconfig = path.join(folder, 'config');
    const cluster = (name: string) => ({ name, cluster: { server: `http://127.0.0.1:${port}/${name}` } });
    const context = (name: string) => ({
      name,
      context: { cluster: name, user: 'me', namespace: `of-${name}` },
    });
    writeFileSync(
      kubeconfig,
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        clusters: [cluster('one'), cluster('two')],
        contexts: [context('one'), context('two')],
        'current-context': 'one',
        users: [{ name: 'me', user: {} }],
      }),
    );
    writeFileSync(path.join(folder, 'set.yaml'), 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n');
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  beforeEach(() => {
    asked.length = 0;
  });

  test.each(COMMANDS)(
    '%s tells it in one sentence; diff with 2, as 1 is a difference there',
    async (name) => {
      const paths = name === 'apply' || name === 'diff' ? [path.join(folder, 'set.yaml')] : [];
      const { code, out, err } = await drydock(name, 'shop', ...paths, '--kubeconfig', kubeconfig);
      expect({ code, out }).toEqual({ code: name === 'diff' ? 2 : 1, out: '' });
      expect(err).toMatch(/^drydock: .*no entry.*\n$/);
      expect(asked.length).toBeGreaterThan(0);
      expect(asked.filter((one) => !one.includes(' /one/'))).toEqual([]);
    },
  );

  test('the context and the namespace are those that are named', async () => {
    await drydock('status', 'shop', '--kubeconfig', kubeconfig);
    expect(asked.join()).toContain('/namespaces/of-one/');
    asked.length = 0;
    await drydock('status', 'shop', '--kubeconfig', kubeconfig, '--context', 'two', '-n', 'mine');
    expect(asked.join()).toContain('/two/api/v1/namespaces/mine/');
  });
});
