import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CiFixerChart } from '../charts';
import { Testing } from '../core/synth';
import type { JsonObject } from '../core/template';
import { drydock, mistake } from './testing-only/drydock';
import { writeLocalKubeconfig } from './testing-only/local-kubeconfig';

/** An API server that has ConfigMaps and Jobs, and deletes Jobs, and allows nothing else; what sandboxes do in one is in the tests of the sandbox. */
let configMaps: JsonObject[] = [];
let jobs: JsonObject[] = [];
let asked: string[] = [];
const server = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '', 'http://server');
  asked.push(`${request.method} ${pathname}`);
  const answer = answerTo(request.method ?? '', pathname);
  const { code = 200 } = (answer ?? { code: 404 }) as { readonly code?: number };
  response.writeHead(code, { 'content-type': 'application/json' });
  request
    .resume()
    .on('end', () =>
      response.end(JSON.stringify(answer ?? { kind: 'Status', code: 404, reason: 'NotFound' })),
    );
});

function answerTo(method: string, pathname: string): object | undefined {
  const listOf = (items: object[]) => ({ kind: 'List', metadata: { resourceVersion: '1' }, items });
  const [, inNamespace] = /^\/api\/v1\/namespaces\/([^/]+)\/configmaps$/.exec(pathname) ?? [];
  if (pathname === '/api/v1/configmaps') return listOf(configMaps);
  if (inNamespace) return listOf(configMaps.filter((one) => placeOf(one).namespace === inNamespace));
  if (pathname.endsWith('/selfsubjectaccessreviews')) return { metadata: {}, status: { allowed: false } };
  if (method === 'POST' || /\/(namespaces|resourcequotas)$/.test(pathname))
    return { kind: 'Status', code: 403, reason: 'Forbidden', message: 'not for you' };
  const [, name] = /^\/apis\/batch\/v1\/namespaces\/boxes\/jobs(?:\/([^/]+))?$/.exec(pathname) ?? [];
  if (pathname.endsWith('/boxes/jobs')) return listOf(jobs);
  const found = jobs.find((one) => placeOf(one).name === name);
  if (found && method === 'DELETE') jobs = jobs.filter((one) => one !== found);
  return found;
}

const placeOf = ({ metadata }: JsonObject) =>
  metadata as { readonly name: string; readonly namespace?: string };

const folder = mkdtempSync(path.join(tmpdir(), 'drydock-sandbox-test-'));
const before = { ...process.env };
const template = installedTemplate();

function installedTemplate(): string {
  const chart = new CiFixerChart(Testing.app());
  const objects = Testing.synth(chart) as JsonObject[];
  const texts = objects.map(({ data }) => (data as JsonObject | undefined)?.['template.json']);
  return texts.find((text) => typeof text === 'string') as string;
}

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const config = path.join(folder, 'config');
  const { port } = server.address() as AddressInfo;
  writeLocalKubeconfig(config, port);
  process.env.KUBECONFIG = config;
  delete process.env.SANDBOX_TEMPLATE;
  delete process.env.SANDBOX_NAMESPACE;
});
afterAll(async () => {
  process.env = before;
  rmSync(folder, { recursive: true });
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
  configMaps = [configMap('here')];
  jobs = [];
  asked = [];
});

function configMap(namespace: string, data: JsonObject = { 'template.json': template }): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'fixer', namespace, uid: namespace },
    data,
  };
}

const AGE = { running: 90, old: 3 * 3600, finished: 600 };
const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();

function job(name: string, age: number, status: JsonObject, deadline = 7200): JsonObject {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace: 'boxes', uid: name, resourceVersion: '1', creationTimestamp: ago(age) },
    spec: {
      activeDeadlineSeconds: deadline,
      template: { spec: { containers: [{ name: 'a', image: 'tools:1' }] } },
    },
    status,
  };
}
const running = () => job('one', AGE.running, { startTime: ago(AGE.running), ready: 1 });
const finished = () =>
  job('done', AGE.finished, {
    startTime: ago(AGE.finished),
    conditions: [{ type: 'Complete', status: 'True', lastTransitionTime: ago(0) }],
  });
const sandbox = (...argv: string[]) => drydock('sandbox', ...argv, '--namespace', 'boxes');

test('ps is a table of what there is: its state, its age, and when it ends', async () => {
  jobs = [running(), finished(), job('new', AGE.old, {})];
  const { code, out, err } = await sandbox('ps');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['ID', 'STATE', 'AGE', 'ENDS IN', 'IMAGE'],
    ['one', 'running', expect.stringMatching(/^9\ds$/), expect.stringMatching(/^11[89]m$/), 'tools:1'],
    ['done', 'finished', '10m', '-', 'tools:1'],
    ['new', 'starting', '3h', '-', 'tools:1'],
    [''],
  ]);
  const starts = out
    .split('\n')
    .slice(0, 4)
    .map((line) => line.search(/tools|IMAGE/));
  expect(new Set(starts).size).toBe(1);
});

test('what a Job says cannot drive a terminal', async () => {
  const one = running();
  jobs = [{ ...one, spec: { template: { spec: { containers: [{ name: 'a', image: 'a\u001b[2J' }] } } } }];
  expect((await sandbox('ps')).out).toContain('a^[[2J');
});

test('gc deletes what has finished and names it; with --all the rest as well', async () => {
  jobs = [running(), finished()];
  expect(await sandbox('gc')).toEqual({ code: 0, out: 'done\n', err: '' });
  expect(jobs.map((one) => placeOf(one).name)).toEqual(['one']);
  jobs = [running(), finished()];
  expect(await sandbox('gc', '--all')).toEqual({ code: 0, out: 'done\none\n', err: '' });
  expect(jobs).toEqual([]);
});

test('preflight has a line for each check, with what to do below it where it is not well', async () => {
  const { code, out, err } = await drydock('sandbox', 'preflight', '--image', 'ci-fixer-sandbox:1.0.0');
  expect({ code, err }).toEqual({ code: 1, err: '' });
  expect(out).toMatch(
    /^BAD {5}rights-sufficient: not granted: .*\n {10}Right after the installation, wait: /m,
  );
  expect(out).toMatch(/^ok {6}rights-not-excessive: nothing beyond what sandboxes need\n\S/m);
  expect(out).toMatch(
    /^BAD {5}admission-policy: the template's own Job is refused: .*not for you.*\n {10}Give /m,
  );
  expect(out).toMatch(/^unknown pod-security: .*\n {10}Ask an administrator: /m);
  expect(out).toMatch(/^BAD {5}start: .*\n {10}\S/m);
});

describe('the template that is installed', () => {
  test('is looked for beside the context first, then in the whole cluster', async () => {
    configMaps = [configMap('here'), configMap('there')];
    expect((await sandbox('ps')).code).toBe(0);
    expect(asked).not.toContain('GET /api/v1/configmaps');
    const { data: _, ...empty } = configMap('here');
    configMaps = [empty, configMap('here', { other: 'x' }), configMap('there')];
    expect((await sandbox('ps')).code).toBe(0);
    expect(asked).toContain('GET /api/v1/configmaps');
  });

  test('has to be named where there are several', async () => {
    configMaps = [configMap('blue'), configMap('green')];
    const { code, err } = await sandbox('ps');
    expect(code).toBe(2);
    expect(err).toMatch(/several templates are installed \(blue\/fixer, green\/fixer\): .* --template/);
  });

  test('has to be installed, or a file', async () => {
    configMaps = [];
    const { code, err } = await sandbox('ps');
    expect(code).toBe(1);
    expect(err).toMatch(
      /found no ConfigMap with template\.json in the cluster; .* name a file with --template/,
    );
  });
});

test.each([
  [['run', '--ttl', '0'], '--ttl takes a whole number of seconds, found "0"'],
  [['run', '--ttl', '1.5'], '--ttl takes a whole number of seconds, found "1.5"'],
  [['run', '--ttl', 'soon'], '--ttl takes a whole number of seconds, found "soon"'],
  [['run', '--orphan-ttl', '1.5'], '--orphan-ttl takes a whole number of seconds or none, found "1.5"'],
  [['run', '--orphan-ttl', 'never'], '--orphan-ttl takes a whole number of seconds or none, found "never"'],
])('%j is refused before a sandbox is made', async ([name, ...argv], sentence) => {
  const command = ['--image', 'tools:1', '--namespace', 'boxes', '--', 'true'];
  expect(await drydock('sandbox', name as string, ...argv, ...command)).toEqual(
    mistake(sentence, 'drydock sandbox --help'),
  );
  expect(asked.filter((one) => !one.includes('configmaps'))).toEqual([]);
});

test.each([['exec'], ['cp']])('%s of a sandbox that is not there says so, with its name', async (name) => {
  const argv =
    name === 'exec'
      ? ['gone', '--namespace', 'boxes', '--', 'true']
      : ['gone:/a', 'b', '--namespace', 'boxes'];
  const { code, out, err } = await drydock('sandbox', name, ...argv);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toContain('gone');
});
