import type { Job } from '../../imports/k8s';
import type { Stored } from '../../kube';
import { claimPatch } from './changes';
import { variablesBetween, withVariables } from './given-env';
import { hasTimeFor, memberJob, poolOf } from './member';

const job = (
  change: { image?: string; env?: object[]; labels?: Record<string, string>; hash?: string } = {},
): Job => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: {
    name: 'one',
    namespace: 'boxes',
    labels: change.labels ?? {},
    annotations: { hash: change.hash ?? 'a' },
  },
  spec: {
    activeDeadlineSeconds: 60,
    template: {
      spec: { containers: [{ name: 'sandbox', image: change.image ?? 'a:1', env: change.env as never }] },
    },
  },
});

test('a pool is what its members are, but for what a claim can still give', () => {
  const pool = poolOf(job());
  expect(pool).toMatch(/^[0-9a-f]{40}$/);
  const same = job({ env: [{ name: 'A', value: 'b' }], labels: { a: 'b' } });
  expect(poolOf({ ...same, metadata: { ...same.metadata, name: 'two' } })).toBe(pool);
  expect(poolOf({ ...job(), spec: { ...job().spec!, activeDeadlineSeconds: 61 } })).toBe(pool);
  expect(poolOf(job({ image: 'b:1' }))).not.toBe(pool);
  expect(poolOf(job({ hash: 'b' }))).not.toBe(pool);
  expect(poolOf({ ...job(), spec: { ...job().spec!, suspend: true } })).not.toBe(pool);
});

test('the order in which fields were written is no difference', () => {
  const { spec, metadata } = job();
  expect(poolOf({ spec, metadata } as Job)).toBe(poolOf({ metadata, spec } as Job));
});

test('the labels of a claim take the place of those that a member was made with, and its marks stay', () => {
  const member = memberJob(job({ labels: { keep: '1', old: '2' } }), 'pool', 'me', 300) as Stored<Job>;
  const planned = job({ labels: { keep: '1', 'a/b': '3' } });
  const marks = { pool: 'pool', owner: 'me', nonce: 'n', deadlineSeconds: 9 };
  const changed = claimPatch(member, planned, marks).filter(({ op }) => op === 'remove' || op === 'add');
  expect(changed.map((one) => ('path' in one ? `${one.op} ${one.path}` : ''))).toEqual([
    'add /metadata/labels/pool.drydock.dev~1owner',
    'add /metadata/labels/pool.drydock.dev~1nonce',
    'remove /metadata/labels/old',
    'add /metadata/labels/a~1b',
  ]);
});

test.each([
  [30, 200, true],
  [31, 200, false],
  [30, 201, false],
])('a member that waits %i of 60 s, in a pod of 230 s, asked for %i s: %s', (waited, ttl, isFit) => {
  const member = memberJob(job(), 'pool', 'me', 60) as Stored<Job>;
  const pod = { ...member.spec!.template.spec!, activeDeadlineSeconds: 230 };
  const at = {
    ...member,
    spec: { ...member.spec!, template: { spec: pod } },
    status: { startTime: '2026-11-30T00:00:00Z' },
  };
  expect(hasTimeFor(at, ttl, Date.parse('2026-11-30T00:00:00Z') + waited * 1000)).toBe(isFit);
});

test('the variables of a claim are those that its member has not, and those to remove', () => {
  const member = job({
    env: [
      { name: 'SAME', value: 'x' },
      { name: 'GONE', value: 'y' },
    ],
  });
  const planned = job({
    env: [
      { name: 'SAME', value: 'x' },
      { name: 'NEW', value: 'pa$$word' },
    ],
  });
  expect(variablesBetween(member, planned)).toEqual({ GONE: undefined, NEW: 'pa$word' });
  expect(variablesBetween(member, job({ env: [{ name: 'A', value: '$$(B)' }] }))).toMatchObject({
    A: '$(B)',
  });
  expect(variablesBetween(member, job({ env: [{ name: 'A', value: '$(B)' }] }))).toBeUndefined();
  expect(variablesBetween(member, job({ env: [{ name: 'A', valueFrom: {} }] }))).toBeUndefined();
});

test('every kind of command is given the variables of its claim, below its own', async () => {
  const heard: unknown[] = [];
  const hear = async (_what: unknown, options?: { env?: unknown }) => {
    heard.push(options?.env);
    return undefined as never;
  };
  const commands = { run: hear, shell: hear, start: hear, attach: hear as never, list: hear as never };
  const given = withVariables(commands, { A: '1', B: '2' });
  await given.run(['a'], { env: { B: '3' } });
  await given.shell('a');
  await given.start(['a'], { cwd: '/' });
  expect(heard).toEqual([
    { A: '1', B: '3' },
    { A: '1', B: '2' },
    { A: '1', B: '2' },
  ]);
  expect(withVariables(commands, {})).toBe(commands);
});
