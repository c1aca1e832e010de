import { DeployError } from '../../deploy';
import type { Stored } from '../../kube';
import type { Application, ApplicationStatus } from '../api/application';
import { milliseconds } from '../api/duration';
import { GitopsError, type GitopsErrorCode } from '../errors';
import { releaseName, settingsOf } from './settings';
import { statusOf } from './status';
import { superseded, syncing, type Verdict, verdictOf, verdictOfFailure } from './verdict';

const facts = { where: 'w', found: 'f', expected: 'e', remedy: 'r' };
const app = (status?: ApplicationStatus, spec: object = {}): Stored<Application> =>
  ({
    ...{ apiVersion: 'ajj.io/v1', kind: 'Application' },
    metadata: { name: 'shop', namespace: 'team', uid: 'u', resourceVersion: '1', generation: 4 },
    spec: { source: { url: 'https://example.com/x' }, ...spec },
    ...(status ? { status } : {}),
  }) as Stored<Application>;

const at = (day: number) => new Date(Date.UTC(2026, 0, day));
const tree = (revision: string) => ({ revision, id: `tree-${revision}` });
const object = (state: 'healthy' | 'waiting' | 'failed' | 'missing' | 'foreign', name = 'web') => ({
  ...{ group: 'apps', kind: 'Deployment', namespace: 'shop', name, state, why: 'no pods' },
});
const release = (...objects: readonly ReturnType<typeof object>[]) => ({
  ...{ release: 'shop', namespace: 'shop', revisions: [], objects },
});

test('how the objects are is what is said of the Application, the worst first', () => {
  const words = (...objects: readonly ReturnType<typeof object>[]) => {
    const { phase, health, outcome } = verdictOf(tree('a'), release(...objects));
    return [phase, health, outcome];
  };
  expect(words(object('healthy'))).toEqual(['Healthy', 'Healthy', 'ready']);
  expect(words(object('healthy'), object('waiting'))).toEqual(['Syncing', 'Progressing', 'working']);
  for (const state of ['failed', 'missing', 'foreign'] as const)
    expect(words(object('waiting'), object(state))).toEqual(['Degraded', 'Degraded', 'failed']);
  expect(verdictOf(tree('a'), release(object('failed'))).message).toContain(
    'Deployment shop/web is failed: no pods',
  );
});

test('the same verdict again is the same status, at whatever time', () => {
  for (const verdict of [
    verdictOf(tree('a'), release(object('healthy'))),
    verdictOf(tree('a'), release(object('failed'))),
    syncing(undefined, 'a'),
    verdictOfFailure(undefined, 'a', new GitopsError('RENDER_FAILED', facts)),
    verdictOfFailure(undefined, undefined, new GitopsError('SOURCE_UNREACHABLE', facts)),
  ]) {
    const first = statusOf(app(), verdict, at(1));
    expect(statusOf(app(first), verdict, at(2))).toEqual(first);
  }
});

test('history has the newest five commits, each once with what became of it last', () => {
  let status: ApplicationStatus | undefined;
  const say = (verdict: Verdict, day: number) => {
    status = statusOf(app(status), verdict, at(day));
  };
  say(syncing(undefined, 'a'), 1);
  expect(status?.history).toEqual([]);
  say(verdictOf(tree('a'), release(object('failed'))), 2);
  say(verdictOf(tree('a'), release(object('healthy'))), 3);
  expect(status?.history).toEqual([{ revision: 'a', at: '2026-01-03T00:00:00Z', outcome: 'Applied' }]);
  for (const [day, revision] of [...'bcdef'].entries()) say(superseded(status, revision), day + 4);
  expect(status?.history?.map((one) => one.revision)).toEqual(['f', 'e', 'd', 'c', 'b']);
  expect([status?.lastAttemptedRevision, status?.lastAppliedRevision]).toEqual(['f', 'a']);
});

test('a change of jj belongs to its commit, and goes where a commit says none', () => {
  let status: ApplicationStatus | undefined;
  const changes = (verdict: Verdict) => {
    status = statusOf(app(status), verdict, at(1));
    const { lastAttemptedChange, lastAppliedChange, history = [] } = status;
    return [
      lastAttemptedChange,
      lastAppliedChange,
      history.map(({ revision, change }) => `${revision} ${change}`),
    ];
  };
  const done = (revision: string, change?: string) =>
    changes({ ...verdictOf(tree(revision), release(object('healthy'))), change });
  expect(changes({ ...syncing(undefined, 'a'), change: 'kk' })).toEqual(['kk', undefined, []]);
  expect(done('a', 'kk')).toEqual(['kk', 'kk', ['a kk']]);
  // Described anew: another commit of the same change.
  expect(done('b', 'kk')).toEqual(['kk', 'kk', ['b kk', 'a kk']]);
  const failed = verdictOfFailure(status, 'c', new GitopsError('RENDER_FAILED', facts));
  expect(changes({ ...failed, change: 'll' })).toEqual(['ll', 'kk', ['c ll', 'b kk', 'a kk']]);
  expect(changes(verdictOfFailure(status, undefined, new GitopsError('SOURCE_UNREACHABLE', facts)))).toEqual([
    ...['ll', 'kk', ['c ll', 'b kk', 'a kk']],
  ]);
  expect(done('d').slice(0, 2)).toEqual(['', '']);
});

test('a source that cannot be asked leaves what was applied, what was tried and its history as they were', () => {
  const before = statusOf(app(), verdictOf(tree('a'), release(object('healthy'))), at(1));
  const after = statusOf(
    app(before),
    verdictOfFailure(before, undefined, new GitopsError('SOURCE_DENIED', facts)),
    at(2),
  );
  const { history, lastAppliedRevision, lastAttemptedRevision, inventory, health } = before;
  expect(after).toMatchObject({ history, lastAppliedRevision, lastAttemptedRevision, inventory, health });
  expect([after.phase, after.sync]).toEqual(['Degraded', 'Unknown']);
  expect(after.conditions?.find(({ type }) => type === 'Ready')).toMatchObject({
    status: 'False',
    reason: 'SourceDenied',
  });
});

test.each<[GitopsErrorCode, string]>([
  ['SOURCE_UNREACHABLE', 'Degraded'],
  ['SOURCE_DENIED', 'Degraded'],
  ['BRANCH_MISSING', 'Degraded'],
  ['SECRET_MISSING', 'Degraded'],
  ['SECRET_INVALID', 'Degraded'],
  ['SECRET_UNREADABLE', 'Degraded'],
  ['GIT_MISSING', 'Degraded'],
  ['KUBECONFIG_REFUSED', 'Degraded'],
  ['CLUSTER_DENIED', 'Degraded'],
  ['CLUSTER_UNREACHABLE', 'Degraded'],
  ['CLUSTERS_TOO_MANY', 'Degraded'],
  ['CLUSTERS_NONE', 'Degraded'],
  ['CLUSTER_MISSING', 'Degraded'],
  ['SOURCE_INVALID', 'Failed'],
  ['SOURCE_TOO_LARGE', 'Failed'],
  ['SOURCE_REFUSED', 'Failed'],
  ['PATH_MISSING', 'Failed'],
  ['RENDER_FAILED', 'Failed'],
  ['POLICY_DENIED', 'Failed'],
  ['ACCOUNT_MISSING', 'Failed'],
])('%s makes it %s', (code, phase) => {
  const verdict = verdictOfFailure(undefined, 'a', new GitopsError(code, facts));
  expect([verdict.phase, verdict.outcome]).toEqual([phase, phase === 'Failed' ? 'stalled' : 'failed']);
});

test('what deploy refuses waits for a commit, unless it is of the moment or of what runs', () => {
  const phase = (code: DeployError['code']) =>
    verdictOfFailure(undefined, 'a', new DeployError(code, facts)).phase;
  expect((['OBJECT_REFUSED', 'PLAN_REFUSED', 'SET_EMPTY', 'PRUNE_TOO_MANY'] as const).map(phase)).toEqual(
    Array(4).fill('Failed'),
  );
  expect(
    (['RELEASE_LOCKED', 'NAMESPACE_MISSING', 'RIGHTS_MISSING', 'APPLY_INCOMPLETE'] as const).map(phase),
  ).toEqual(Array(4).fill('Degraded'));
  expect(verdictOfFailure(undefined, 'a', new TypeError('odd'))).toMatchObject({
    phase: 'Degraded',
    reason: 'Failed',
  });
});

test('of several problems all have to be of the moment', () => {
  const of = (...codes: readonly DeployError['code'][]) => {
    const problems = codes.map((code) => new DeployError(code, facts));
    return verdictOfFailure(undefined, 'a', new DeployError('PLAN_REFUSED', facts, { problems })).phase;
  };
  expect(of('RIGHTS_MISSING', 'RIGHTS_MISSING')).toBe('Degraded');
  expect(of('RIGHTS_MISSING', 'OBJECT_REFUSED')).toBe('Failed');
});

test('options of commands are told as fields of an Application', () => {
  const told = (remedy: string) =>
    verdictOfFailure(undefined, 'a', new DeployError('PLAN_REFUSED', { ...facts, remedy })).message;
  expect(told('Allow it with --allow-prune.')).toContain('with `spec.sync.allowPrune`.');
  expect(told('Name it with --allow-prune-of Namespace/shop')).toContain('with `spec.sync.allowPruneOf`');
  expect(told('Take it over with --adopt, or --adopt-from helm')).not.toContain('--');
});

test('times are read as Kubernetes writes them', () => {
  expect(['1s', '1m30s', '2h', '1500ms', '1h1m1s'].map(milliseconds)).toEqual([
    1e3, 9e4, 7.2e6, 1500, 3_661_000,
  ]);
  expect(settingsOf(app())).toMatchObject({
    branch: 'main',
    path: '',
    namespace: 'team',
    intervalMs: 30_000,
    prune: true,
  });
});

test('the name of a release is one that deploy takes, and another one for each namespace', () => {
  for (const name of ['a', 'a.b.c', 'x'.repeat(253), `${'x'.repeat(30)}-y`])
    expect(releaseName('team', name)).toMatch(/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/);
  expect(releaseName('a', 'shop')).not.toBe(releaseName('b', 'shop'));
  expect(releaseName('a', `${'x'.repeat(40)}1`)).not.toBe(releaseName('a', `${'x'.repeat(40)}2`));
});
