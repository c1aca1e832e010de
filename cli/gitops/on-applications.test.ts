import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { until } from '../../cluster';
import type { ApplicationStatus } from '../../gitops';
import { ModelCluster } from '../../kube/testing-only/model-cluster';
import {
  type ScriptedServer,
  scriptedServer,
  sendJson,
  statusBody,
} from '../../kube/testing-only/scripted-server';
import { drydock, mistake } from '../testing-only/drydock';
import { writeLocalKubeconfig } from '../testing-only/local-kubeconfig';

const COLLECTION = '/apis/ajj.io/v1/namespaces/here/applications';
const COMMIT = '3f2a1bc0d9e8f7a6b5c4d3e2f1a0b9c8d7e6f5a4';

let model: ModelCluster;
let server: ScriptedServer;
let folder: string;
let patched: unknown[];
let whenPatched: () => void;

beforeEach(async () => {
  model = new ModelCluster();
  patched = [];
  whenPatched = () => {};
  server = await scriptedServer((seen, response) => {
    const name = seen.path.slice(COLLECTION.length + 1);
    if (seen.path === COLLECTION) return model.handle(seen, response);
    const found = seen.path.startsWith(COLLECTION) && model.objects.get(name);
    if (!found) return sendJson(response, 404, statusBody(404, 'NotFound'));
    sendJson(response, 200, found);
    if (seen.method !== 'PATCH') return;
    patched.push(JSON.parse(seen.body));
    whenPatched();
  });
  folder = mkdtempSync(path.join(tmpdir(), 'drydock-gitops-cli-'));
  writeLocalKubeconfig(path.join(folder, 'config'), Number(new URL(server.url).port));
});

afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const gitops = (...argv: string[]) =>
  drydock('gitops', ...argv, `--kubeconfig=${path.join(folder, 'config')}`);

function put(name: string, status: ApplicationStatus | undefined, spec: object = {}): void {
  const metadata = { generation: 2 };
  const parts = { apiVersion: 'ajj.io/v1', kind: 'Application', metadata, spec, ...(status && { status }) };
  model.put(name, parts as Parameters<typeof model.put>[1]);
}

const well: ApplicationStatus = {
  ...{ phase: 'Healthy', sync: 'Synced', health: 'Healthy', observedGeneration: 2, inventory: 12 },
  ...{ lastAppliedRevision: COMMIT, lastAttemptedRevision: COMMIT, message: 'all is well' },
};
const pending: ApplicationStatus = {
  ...well,
  phase: 'Pending',
  sync: 'OutOfSync',
  message: 'it would change a',
};

test('each Application has a line, in the order of names, and what is wrong is said', async () => {
  put('web', well);
  put('api', {
    ...well,
    phase: 'Failed',
    sync: 'OutOfSync',
    message: 'app/a.yaml:3: a colon\u001b[2J is missing',
  });
  put('new', undefined);
  expect(await gitops('status')).toEqual({
    code: 1,
    out: [
      'here/api  Failed    OutOfSync  Healthy      3f2a1bc0d9  12 objects',
      '  app/a.yaml:3: a colon^[[2J is missing',
      'here/new  Pending   Unknown    Unknown',
      'here/web  Healthy   Synced     Healthy      3f2a1bc0d9  12 objects',
      '',
    ].join('\n'),
    err: '',
  });
  expect(await gitops('status', 'web')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^here\/web .*\n$/),
  });
});

test.each<[string, Partial<ApplicationStatus>]>([
  ['of an older state of the Application', { observedGeneration: 1 }],
  ['not of the branch', { sync: 'OutOfSync' }],
  ['not healthy', { phase: 'Degraded' }],
])('what is %s is not well', async (_, change) => {
  put('web', well);
  expect((await gitops('status')).code).toBe(0);
  put('web', { ...well, ...change });
  expect((await gitops('status')).code).toBe(1);
});

test('each cluster has its line', async () => {
  const east = {
    name: 'east',
    phase: 'Healthy',
    sync: 'Synced',
    health: 'Healthy',
    revision: COMMIT,
  } as const;
  const west = { ...east, name: 'west', phase: 'Degraded', message: 'it does not answer' } as const;
  put('web', { ...well, clusters: [east, west] });
  expect((await gitops('status')).out.split('\n').slice(1)).toEqual([
    '  in east  Healthy  Synced  Healthy  3f2a1bc0d9',
    '  in west  Degraded  Synced  Healthy  3f2a1bc0d9: it does not answer',
    '',
  ]);
});

test('programs are given the objects', async () => {
  put('web', well);
  const { out } = await gitops('status', '-o', 'json');
  expect(JSON.parse(out)).toMatchObject([{ metadata: { name: 'web' }, status: well }]);
  expect((await gitops('status', 'none')).err).toContain('NOT_FOUND');
});

test('with --watch each change is said, until it is interrupted', async () => {
  put('web', { ...well, phase: 'Syncing' });
  const { io, ended } = { io: gitops('status', '--watch'), ended: () => process.emit('SIGTERM', 'SIGTERM') };
  const watched = () => server.seen.some(({ query }) => query.get('watch'));
  await until('the watch', async () => watched(), { withinMs: 5_000, everyMs: 10 });
  await new Promise((resolve) => setTimeout(resolve, 100));
  put('web', well);
  model.delete('none');
  await new Promise((resolve) => setTimeout(resolve, 100));
  model.delete('web');
  await new Promise((resolve) => setTimeout(resolve, 100));
  ended();
  const { code, out } = await io;
  expect(code).toBe(143);
  expect(out.split('\n').map((line) => line.split(/ +/).slice(0, 3).join(' '))).toEqual([
    'here/web Syncing Synced',
    ' all is',
    'here/web Healthy Synced',
    'here/web is deleted',
    '',
  ]);
});

describe('sync', () => {
  const manual = { sync: { auto: false } };

  test('allows the commit that was told, and waits until it is healthy', async () => {
    put('web', pending, manual);
    whenPatched = () => {
      put('web', { ...pending, phase: 'Syncing' }, manual);
      setTimeout(() => put('web', well, manual), 50);
    };
    const { code, out, err } = await gitops('sync', 'web');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(patched).toEqual([{ metadata: { annotations: { 'ajj.io/sync': COMMIT } } }]);
    expect(out).toMatch(/here\/web {2}Syncing[\s\S]*here\/web {2}Healthy/);
  });

  test.each<[string, ApplicationStatus]>([
    ['fails', { ...pending, phase: 'Failed' }],
    ['is overtaken by another one', { ...pending, lastAttemptedRevision: 'f'.repeat(40) }],
  ])('a commit that %s ends with 1', async (_, status) => {
    put('web', pending, manual);
    whenPatched = () => put('web', status, manual);
    expect(await gitops('sync', 'web')).toMatchObject({ code: 1, err: '' });
  });

  test('what does not become healthy in time ends with 1, and --no-wait does not wait', async () => {
    put('web', pending, manual);
    expect(await gitops('sync', 'web', '--no-wait')).toEqual({ code: 0, out: '', err: '' });
    expect(await gitops('sync', 'web', '--timeout=200ms')).toMatchObject({
      code: 1,
      err: 'drydock: here/web has not become healthy within the time\n',
    });
  });

  test.each<[string, object, ApplicationStatus | undefined, string[], string]>([
    [
      'applies each commit by itself',
      {},
      pending,
      [],
      'here/web applies each commit by itself: there is nothing to allow',
    ],
    [
      'was never looked at',
      manual,
      undefined,
      [],
      'here/web has told of no commit yet: no controller has looked at it',
    ],
    [
      'has told of another commit',
      manual,
      pending,
      ['--revision=abcdef0'],
      `here/web has told what commit ${COMMIT} would change, not "abcdef0"`,
    ],
  ])('an Application that %s is allowed nothing', async (_, spec, status, more, sentence) => {
    put('web', status, spec);
    expect(await gitops('sync', 'web', ...more)).toEqual(mistake(sentence, 'drydock gitops sync --help'));
    expect(patched).toEqual([]);
  });
});

test.each<[string[], string, string]>([
  [['status', '--output=xml'], '--output takes text or json, not "xml"', 'drydock gitops status --help'],
  [
    ['status', '-w', '-o', 'json'],
    '--watch tells changes as text, not as json',
    'drydock gitops status --help',
  ],
  [
    ['status', 'web', '-A'],
    'one name is of one namespace: leave out --all-namespaces',
    'drydock gitops status --help',
  ],
  [['status', 'a', 'b'], 'status takes one Application, not "a b"', 'drydock gitops --help'],
  [['sync'], 'sync takes the name of an Application', 'drydock gitops sync --help'],
  [['preview'], 'preview takes the name of an Application', 'drydock gitops preview --help'],
  [
    ['preview', 'a', '-o', 'html'],
    '--output takes text, json or markdown, not "html"',
    'drydock gitops preview --help',
  ],
  [
    ['preview', 'a', '--pull-request', '0x1'],
    '--pull-request takes a number, not "0x1"',
    'drydock gitops preview --help',
  ],
  [
    ['preview', 'a', '--pull-request', '1', '--revision', 'main'],
    '--revision and --pull-request are one or the other',
    'drydock gitops preview --help',
  ],
  [
    ['preview', 'a', '--program-namespace', 'boxes'],
    '--program-template and --program-namespace go together',
    'drydock gitops preview --help',
  ],
])('%j is a mistake, told in one sentence', async (argv, sentence, help) => {
  expect(await gitops(...argv)).toEqual(mistake(sentence, help));
});

test.each(['status', 'sync', 'preview'])('%s says what it takes', async (name) => {
  expect((await gitops(name, '--help')).out).toContain(`Usage: drydock gitops ${name} `);
});
