import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ApplicationStatus } from '../../gitops';
import {
  type ScriptedServer,
  scriptedServer,
  sendJson,
  statusBody,
} from '../../kube/testing-only/scripted-server';
import { drydock, mistake } from '../testing-only/drydock';
import { writeLocalKubeconfig } from '../testing-only/local-kubeconfig';

const APPLICATION = '/apis/ajj.io/v1/namespaces/here/applications/web';
const COMMIT = '3f2a1bc0d9e8f7a6b5c4d3e2f1a0b9c8d7e6f5a4';

let server: ScriptedServer;
let folder: string;
let status: ApplicationStatus | undefined;

beforeEach(async () => {
  status = { phase: 'Syncing', lastAttemptedRevision: COMMIT };
  server = await scriptedServer((seen, response) => {
    if (seen.path !== APPLICATION) return sendJson(response, 404, statusBody(404, 'NotFound'));
    const metadata = { name: 'web', namespace: 'here', uid: 'u', resourceVersion: '1' };
    sendJson(response, 200, { apiVersion: 'ajj.io/v1', kind: 'Application', metadata, spec: {}, status });
  });
  folder = mkdtempSync(path.join(tmpdir(), 'drydock-gitops-steer-'));
  writeLocalKubeconfig(path.join(folder, 'config'), Number(new URL(server.url).port));
});

afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const gitops = (...argv: string[]) =>
  drydock('gitops', ...argv, `--kubeconfig=${path.join(folder, 'config')}`);
const patched = () =>
  server.seen
    .filter(({ method }) => method === 'PATCH')
    .map(({ body }) => JSON.parse(body).metadata.annotations);

test.each([
  [['promote', 'web'], { 'ajj.io/promote': COMMIT, 'ajj.io/abort': null }, `commit ${COMMIT} goes on`],
  [
    ['promote', 'web', '--step=2'],
    { 'ajj.io/promote': `${COMMIT}@2`, 'ajj.io/abort': null },
    `commit ${COMMIT} goes on past step 2`,
  ],
  [['abort', 'web'], { 'ajj.io/abort': COMMIT }, `commit ${COMMIT} is taken back`],
])('%j says so of the commit that is on its way', async (argv, annotations, told) => {
  expect(await gitops(...argv)).toMatchObject({ code: 0, out: `here/web: ${told}\n`, err: '' });
  expect(patched()).toEqual([annotations]);
});

test.each<[string, ApplicationStatus | undefined, RegExp]>([
  [
    'is whole',
    { phase: 'Healthy', lastAttemptedRevision: COMMIT, message: 'all is well' },
    /Healthy, all is well/,
  ],
  ['was never looked at', undefined, /has no commit on its way: it is new/],
])('of an Application that %s nothing is said', async (_what, now, told) => {
  status = now;
  for (const command of ['promote', 'abort']) {
    const { code, err } = await gitops(command, 'web');
    expect([code, err]).toEqual([2, expect.stringMatching(told)]);
  }
  expect(patched()).toEqual([]);
});

test('what is typed wrong is told, and help is given', async () => {
  const help = 'drydock gitops promote --help';
  expect(await gitops('promote')).toEqual(mistake('promote takes the name of an Application', help));
  expect(await gitops('promote', 'web', '--step=last')).toEqual(
    mistake('--step takes the number of a step, not "last"', help),
  );
  expect((await gitops('promote', '--help')).out).toContain('--step NUMBER');
  expect((await gitops('abort', '--help')).out).toContain('Usage: drydock gitops abort');
  expect((await gitops('abort', 'none')).err).toContain('NOT_FOUND');
});
