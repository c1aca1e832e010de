import { DeployError } from '../../deploy';
import type { ApplicationStatus } from '../api/application';
import { GitopsError } from '../errors';
import { dependent, superseded, syncing, verdictAt, verdictOf, verdictOfFailure } from './verdict';

// All that is said of what a reconcile has come to; status.test.ts has what is written of it.

const facts = { where: 'w', found: 'f', expected: 'e', remedy: 'r' };
const tree = { revision: 'abc', id: 'folder' };
const before: ApplicationStatus = { health: 'Degraded' };
const objectIs = (state: 'healthy' | 'waiting' | 'failed', namespace?: string) => ({
  ...{ group: 'apps', kind: 'Deployment', name: 'web', state, why: 'no pods' },
  ...(namespace && { namespace }),
});
const release = (...objects: readonly ReturnType<typeof objectIs>[]) =>
  ({ release: 'shop', namespace: 'shop', revisions: [], objects }) as never;

test('of what is applied is said how it is, with the first that is not well', () => {
  const applied = { sync: 'Synced', attempted: 'abc', applied: tree };
  expect(verdictOf(tree, release(objectIs('healthy'), objectIs('healthy')))).toEqual({
    ...{
      ...applied,
      phase: 'Healthy',
      health: 'Healthy',
      outcome: 'ready',
      history: 'Applied',
      inventory: 2,
    },
    ...{ reason: 'Applied', message: '2 object(s) are as commit abc says' },
  });
  expect(verdictOf(tree, release(objectIs('waiting', 'shop')))).toEqual({
    ...{ ...applied, phase: 'Syncing', health: 'Progressing', outcome: 'working', inventory: 1 },
    ...{ reason: 'Progressing', message: 'Deployment shop/web is waiting: no pods' },
  });
  expect(verdictOf(tree, release(objectIs('waiting', 'shop'), objectIs('failed')))).toEqual({
    ...{
      ...applied,
      phase: 'Degraded',
      health: 'Degraded',
      outcome: 'failed',
      history: 'Degraded',
      inventory: 2,
    },
    ...{ reason: 'Unhealthy', message: 'Deployment /web is failed: no pods' },
  });
});

test('of another commit with the same folder the same is said, by its name', () => {
  const known = verdictOf(tree, release(objectIs('healthy')));
  const next = { revision: 'def', id: 'folder' };
  expect(verdictAt(next, known)).toEqual({
    ...{ ...known, attempted: 'def', applied: next },
    message: '1 object(s) are as commit def says',
  });
});

test('while it goes on the health is what it was', () => {
  const working = { sync: 'OutOfSync', outcome: 'working' };
  const syncs = {
    ...{ ...working, phase: 'Syncing', reason: 'Syncing', attempted: 'abc' },
    message: 'commit abc is being applied',
  };
  expect(syncing(before, 'abc')).toEqual({ ...syncs, health: 'Degraded' });
  expect(syncing(undefined, 'abc')).toEqual({ ...syncs, health: 'Unknown' });
  const left = {
    reason: 'Superseded',
    history: 'Superseded',
    message: 'commit abc was left for a newer one',
  };
  expect(superseded(before, 'abc')).toEqual({ ...syncs, ...left, health: 'Degraded' });
  const waits = {
    ...{ ...working, phase: 'Pending', reason: 'DependencyNotReady' },
    message: 'commit abc waits for Application db, which is not there',
  };
  const on = 'Application db, which is not there';
  expect(dependent(before, 'abc', on)).toEqual({ ...waits, health: 'Degraded' });
  expect(dependent(undefined, 'abc', on)).toEqual({ ...waits, health: 'Unknown' });
});

test('a failure is told with its code, its words, and what is known of the objects', () => {
  const refused = new GitopsError('SOURCE_REFUSED', facts);
  expect(verdictOfFailure(before, 'abc', refused)).toEqual({
    ...{ phase: 'Failed', sync: 'OutOfSync', health: 'Degraded', outcome: 'stalled', history: 'Failed' },
    ...{ reason: 'SourceRefused', message: refused.message, attempted: 'abc' },
  });
  const away = new GitopsError('SOURCE_UNREACHABLE', facts);
  expect(verdictOfFailure(undefined, undefined, away)).toEqual({
    ...{ phase: 'Degraded', sync: 'Unknown', health: 'Unknown', outcome: 'failed' },
    ...{ reason: 'SourceUnreachable', message: away.message, attempted: undefined },
  });
  const incomplete = new DeployError('APPLY_INCOMPLETE', facts);
  expect(verdictOfFailure({ health: 'Healthy' }, 'abc', incomplete)).toEqual({
    ...{ phase: 'Degraded', sync: 'OutOfSync', health: 'Degraded', outcome: 'failed', history: 'Degraded' },
    ...{ reason: 'ApplyIncomplete', message: incomplete.message, attempted: 'abc' },
  });
});

test.each([
  [new TypeError('odd'), 'Failed', 'odd'],
  ['a text', 'Failed', 'a text'],
  [Object.assign(new Error('no'), { code: 'ENOENT' }), 'Enoent', 'no'],
  [Object.assign(new Error('no'), { code: 'lower case' }), 'Failed', 'no'],
  [Object.assign(new Error('no'), { code: 7 }), 'Failed', 'no'],
  [Object.assign(new Error('no'), { code: 'A_B2_CD' }), 'AB2Cd', 'no'],
])('of %p the reason is %s', (error, reason, message) => {
  expect(verdictOfFailure(undefined, 'abc', error)).toMatchObject({ reason, message, phase: 'Degraded' });
});

test.each([
  'RELEASE_LOCKED',
  'LOCK_LOST',
  'NAMESPACE_TERMINATING',
  'NAMESPACE_MISSING',
  'RIGHTS_MISSING',
] as const)('%s is of the moment, also as one of several problems', (code) => {
  const error = new DeployError(code, facts);
  expect(verdictOfFailure(undefined, 'abc', error).phase).toBe('Degraded');
  const sum = new DeployError('PLAN_REFUSED', facts, { problems: [error, error] });
  expect(verdictOfFailure(undefined, 'abc', sum).phase).toBe('Degraded');
});

test.each([
  ['allow it with --allow-prune', 'allow it with `spec.sync.allowPrune`'],
  ['with --allow-prune-of Namespace/shop', 'with `spec.sync.allowPruneOf`'],
  ['with --allow-prune-of, or not', 'with `spec.sync.allowPruneOf`, or not'],
  ['take it over with --adopt', 'take it over with `spec.sync.adopt`'],
  ['take it over with --adopt-from helm, twice', 'take it over with `spec.sync.adopt` twice'],
  ['wait longer with --timeout', 'wait longer with `spec.sync.timeout`'],
  ['use drydock delete shop', 'delete the Application'],
  ['mend it, then apply again', 'mend it, and push again, or wait: it is tried again'],
  ['run the same again: it goes on from here', 'and push again, or wait: it is tried again'],
  [
    'mend what is told and run the same again: it goes on from here. Nothing was pruned',
    'mend what is told and push again, or wait: it is tried again. Nothing was pruned',
  ],
  [
    'with --adopt (`drydock diff --adopt` shows what changes hands), or use another name',
    'with `spec.sync.adopt`, or use another name',
  ],
  ['--adopted and --timeouts are other words', '--adopted and --timeouts are other words'],
])('%s is told as: %s', (remedy, told) => {
  const { message } = verdictOfFailure(
    undefined,
    'abc',
    new DeployError('PLAN_REFUSED', { ...facts, remedy }),
  );
  // The first letter of a remedy is a large one in the message.
  expect(message.toLowerCase()).toContain(told.toLowerCase());
});

test('a full disk of the controller is told with what to do, and mends itself; another error of the system is told as it is', () => {
  const ofSystem = (code: string) => Object.assign(new Error(`${code}: what it says, write`), { code });
  for (const code of ['ENOSPC', 'EDQUOT']) {
    const verdict = verdictOfFailure(before, undefined, ofSystem(code));
    expect(verdict).toMatchObject({ phase: 'Degraded', sync: 'Unknown', outcome: 'failed' });
    expect([verdict.reason, verdict.message]).toEqual([
      'SourceUnreachable',
      expect.stringMatching(new RegExp(`found a full disk, on this side \\(${code}\\).* more room`)),
    ]);
  }
  expect(verdictOfFailure(before, undefined, ofSystem('EIO')).message).toBe('EIO: what it says, write');
});
