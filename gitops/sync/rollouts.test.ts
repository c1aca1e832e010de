import type { ServerResponse } from 'node:http';
import { DeployError } from '../../deploy';
import {
  type ScriptedServer,
  type Seen,
  scriptedServer,
  sendJson,
  statusBody,
} from '../../kube/testing-only/scripted-server';
import {
  ABORT_ANNOTATION,
  changeFor,
  PROMOTE_ANNOTATION,
  pausedVerdict,
  rolloutsIn,
  steer,
  wishOf,
} from './rollouts';

const tree = { revision: 'c0ffee', id: '7ree', path: 'app' } as never;
const wish = (annotations: Readonly<Record<string, string>>) =>
  wishOf({ metadata: { name: 'shop', uid: 'u', resourceVersion: '1', annotations } }, tree);

test.each([
  [{ [PROMOTE_ANNOTATION]: 'c0ffee' }, { to: 'promote', step: undefined }],
  [{ [PROMOTE_ANNOTATION]: '7ree@12' }, { to: 'promote', step: 12 }],
  [{ [ABORT_ANNOTATION]: 'c0ffee' }, { to: 'abort' }],
  [{ [PROMOTE_ANNOTATION]: 'c0ffee', [ABORT_ANNOTATION]: '7ree' }, { to: 'abort' }],
  [{ [PROMOTE_ANNOTATION]: 'c0ffee@last' }, undefined],
  [{ [PROMOTE_ANNOTATION]: 'another@1' }, undefined],
  [{ [PROMOTE_ANNOTATION]: '' }, undefined],
  [{ [ABORT_ANNOTATION]: 'another' }, undefined],
  [{}, undefined],
])('%j is %j', (annotations, meant) => {
  expect(wish(annotations as Record<string, string>)).toEqual(meant);
});

test('Rollouts are those of Argo, each in its namespace', () => {
  const one = (apiVersion: string, metadata: object) => ({ apiVersion, kind: 'Rollout', metadata });
  const objects = [
    one('argoproj.io/v1alpha1', { name: 'a' }),
    one('argoproj.io/v1alpha1', { name: 'b', namespace: 'there' }),
    one('example.com/v1', { name: 'c' }),
    { apiVersion: 'argoproj.io/v1alpha1', kind: 'AnalysisTemplate', metadata: { name: 'd' } },
  ];
  expect(rolloutsIn(objects, 'here')).toEqual([
    { name: 'a', namespace: 'here' },
    { name: 'b', namespace: 'there' },
  ]);
});

const moving = {
  ...{ observedGeneration: '2', currentPodHash: 'new', stableRS: 'old', currentStepIndex: 1 },
  pauseConditions: [{ reason: 'CanaryPauseStep' }],
};
const rollout = (status: object | undefined, version = '1') => ({
  ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout' },
  metadata: { name: 'web', namespace: 'here', uid: 'u', resourceVersion: version, generation: 2 },
  ...(status && { status }),
});
const ABORT = { to: 'abort' } as const;
const promote = (step?: number) => ({ to: 'promote', step }) as const;

test.each([
  ['is taken back', ABORT, moving, { abort: true }],
  ['goes all the way', promote(), moving, { promoteFull: true }],
  ['goes past the step at which it stands', promote(1), moving, { pauseConditions: null }],
  ['stands at another step', promote(0), moving, undefined],
  ['works at that step', promote(1), { ...moving, pauseConditions: undefined }, undefined],
  ['is whole', ABORT, { ...moving, stableRS: 'new' }, undefined],
  ['is the first there is', ABORT, { ...moving, stableRS: '' }, undefined],
  ['was taken back already', ABORT, { ...moving, abort: true }, undefined],
  ['was taken back before it was to go on', promote(), { ...moving, abort: true }, undefined],
  ['goes all the way already', promote(), { ...moving, promoteFull: true }, undefined],
  ['was not looked at by its controller', ABORT, { ...moving, observedGeneration: '1' }, undefined],
  ['was never looked at', ABORT, undefined, undefined],
])('a Rollout that %s', (_what, meant, status, change) => {
  expect(changeFor(meant, rollout(status) as never)).toEqual(change);
});

describe('on a server', () => {
  let server: ScriptedServer;
  let answer: (seen: Seen, response: ServerResponse) => void;
  beforeEach(async () => {
    server = await scriptedServer((seen, response) => answer(seen, response));
  });
  afterEach(() => server.close());
  const at = { namespace: 'here', name: 'web' };
  const patches = () =>
    server.seen.filter(({ method }) => method === 'PATCH').map(({ path, body }) => [path, JSON.parse(body)]);
  const PATH = '/apis/argoproj.io/v1alpha1/namespaces/here/rollouts/web/status';

  test('the status is written as it was read, and anew where its controller was faster', async () => {
    let version = 1;
    answer = ({ method }, response) => {
      if (method === 'GET') return sendJson(response, 200, rollout(moving, String(version)));
      version += 1;
      if (version === 2) return sendJson(response, 409, statusBody(409, 'Conflict'));
      return sendJson(response, 200, rollout(moving));
    };
    await steer(server.connect(), at, promote(1));
    const merge = (resourceVersion: string) => ({
      ...{ metadata: { resourceVersion }, status: { pauseConditions: null } },
    });
    expect(patches()).toEqual([
      [PATH, merge('1')],
      [PATH, merge('2')],
    ]);
  });

  test('what its controller has gone past meanwhile is left alone', async () => {
    let looks = 0;
    answer = ({ method }, response) => {
      if (method !== 'GET') return sendJson(response, 409, statusBody(409, 'Conflict'));
      looks += 1;
      sendJson(response, 200, rollout({ ...moving, currentStepIndex: looks }));
    };
    await steer(server.connect(), at, promote(1));
    expect([looks, patches()]).toEqual([2, [[PATH, expect.anything()]]]);
  });

  test('what may not be written is told, and one that is not there is passed over', async () => {
    answer = ({ method }, response) =>
      method === 'GET'
        ? sendJson(response, 200, rollout(moving))
        : sendJson(response, 403, statusBody(403, 'Forbidden'));
    await expect(steer(server.connect(), at, ABORT)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    answer = (_seen, response) => sendJson(response, 404, statusBody(404, 'NotFound'));
    await steer(server.connect(), at, ABORT);
    expect(patches()).toHaveLength(1);
  });
});

test('what stands still is told with what to do, and is not what was applied', () => {
  const facts = { expected: 'x', remedy: 'x' };
  const where = 'Rollout here/web';
  const paused = new DeployError('OBJECT_PAUSED', {
    ...{ ...facts, where, found: 'it is Paused: CanaryPauseStep, at step 1 of 4' },
  });
  const incomplete = new DeployError(
    'APPLY_INCOMPLETE',
    { ...facts, where, found: 'x' },
    { problems: [paused] },
  );
  const verdict = pausedVerdict(
    { metadata: { name: 'shop', uid: 'u', resourceVersion: '1' } },
    tree,
    incomplete,
  );
  expect(verdict).toMatchObject({
    phase: 'Syncing',
    sync: 'OutOfSync',
    outcome: 'working',
    reason: 'Paused',
  });
  expect(verdict.applied).toBeUndefined();
  for (const words of ['at step 1 of 4', 'ajj.io/promote=c0ffee', 'ajj.io/abort=c0ffee'])
    expect(verdict.message).toContain(words);
});
