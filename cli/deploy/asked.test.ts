import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DeployError, Deployer, type Outcome, type Plan, type Report } from '../../deploy';
import { drydock } from '../testing-only/drydock';
import { writeLocalKubeconfig } from '../testing-only/local-kubeconfig';

/** What each command asks of a Deployer, and what it makes of the answer; what a Deployer does is asked in deploy/. */
const folder = mkdtempSync(path.join(tmpdir(), 'drydock-asked-test-'));
const set = path.join(folder, 'set.yaml');
const kubeconfig = path.join(folder, 'config');
beforeAll(() => {
  writeLocalKubeconfig(kubeconfig, 1);
  writeFileSync(set, 'kind: One\n---\nkind: Two\n');
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => jest.restoreAllMocks());

const said = (name: string, ...argv: string[]) => drydock(name, 'shop', ...argv, '--kubeconfig', kubeconfig);

const web = { group: 'apps', kind: 'Deployment', namespace: 'here', name: 'web' };
const report: Report = {
  release: 'shop',
  namespace: 'here',
  revision: 2,
  changed: true,
  outcomes: [{ ...web, result: 'applied' }],
};
const REPORTED = 'release shop in namespace here is at revision 2: 1 applied\n';

/** A method of the Deployer that answers so, and keeps what it was asked. */
function asked(name: 'apply' | 'plan' | 'rollback' | 'delete', answer: Report | Plan) {
  return jest.spyOn(Deployer.prototype, name).mockResolvedValue(answer as never);
}

const OBJECTS = [{ kind: 'One' }, { kind: 'Two' }];
const FROM = [`${set} document 1`, `${set} document 2`];
const NOTHING_ALLOWED = {
  adopt: false,
  dryRunAll: false,
  adoptFrom: [],
  forceConflicts: false,
  recreate: [],
  prune: true,
  allowPrune: false,
  allowPruneOf: [],
};

test.each<[readonly string[], object]>([
  [[], {}],
  [['--no-wait'], { wait: false }],
  [['--rollback-on-failure'], { rollbackOnFailure: true }],
  [['--foreground'], { foreground: true }],
  [['--adopt', '--recreate', 'Job'], { adopt: true, recreate: ['Job'] }],
])('apply %j hands over the set with where it was read, and what is allowed', async (argv, more) => {
  const apply = asked('apply', report);
  expect(await said('apply', set, ...argv)).toEqual({ code: 0, out: REPORTED, err: '' });
  const usual = { ...NOTHING_ALLOWED, from: FROM, wait: true, rollbackOnFailure: false, foreground: false };
  expect(apply.mock.calls).toEqual([[OBJECTS, { ...usual, ...more }]]);
});

test.each<[readonly string[], unknown, object]>([
  [[], undefined, {}],
  [['7'], 7, {}],
  [['--no-wait'], undefined, { wait: false }],
  [['7', '--force-conflicts', '--recreate', 'Job'], 7, { forceConflicts: true, recreate: ['Job'] }],
])('rollback %j goes to the revision that is named, or to none by name', async (argv, revision, more) => {
  const rollback = asked('rollback', report);
  expect(await said('rollback', ...argv)).toEqual({ code: 0, out: REPORTED, err: '' });
  const usual = { forceConflicts: false, recreate: [], wait: true };
  expect(rollback.mock.calls).toEqual([[revision, { ...usual, ...more }]]);
});

test('delete takes what is named, and says what it has kept', async () => {
  const kept: Outcome = { group: '', kind: 'Namespace', name: 'blue', result: 'kept' };
  const answer: Report = { ...report, revision: undefined, outcomes: [kept, { ...web, result: 'pruned' }] };
  const deleted = asked('delete', answer);
  expect(await said('delete')).toEqual({
    code: 0,
    out: `kept Namespace blue: it goes with --allow-prune-of Namespace/blue
release shop in namespace here is gone: 1 kept, 1 pruned
`,
    err: '',
  });
  await said('delete', '--foreground', '--allow-prune-of', 'Namespace/blue');
  expect(deleted.mock.calls).toEqual([
    [{ allowPruneOf: [], foreground: false }],
    [{ allowPruneOf: ['Namespace/blue'], foreground: true }],
  ]);
});

test.each([
  ['apply', 'apply', [set]],
  ['rollback', 'rollback', []],
  ['delete', 'delete', []],
] as const)(
  '%s prints its report as JSON and nothing else, where that is asked',
  async (name, method, argv) => {
    asked(method, report);
    const { code, out, err } = await said(name, ...argv, '-o', 'json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toEqual(report);
  },
);

const plan: Plan = { release: 'shop', namespace: 'here', objects: [], leftOut: [], problems: [] };
const changed = { ...web, action: 'change' as const, changes: [], taken: [] };
const refused = new DeployError('OBJECT_REFUSED', {
  where: 'x',
  found: 'y',
  expected: 'z',
  remedy: 'Mend it.',
});

test.each<[string, Partial<Plan>, number]>([
  ['0 where nothing would change', {}, 0],
  ['1 where something would', { objects: [changed] }, 1],
  ['2 where it is refused, whatever else would change', { objects: [changed], problems: [refused] }, 2],
])('diff ends with %s', async (_, more, code) => {
  const planned = asked('plan', { ...plan, ...more });
  expect((await said('diff', set, '--adopt')).code).toBe(code);
  expect(planned.mock.calls).toEqual([[OBJECTS, { ...NOTHING_ALLOWED, adopt: true, from: FROM }]]);
});

test('diff prints its plan as JSON, where a refusal is its facts', async () => {
  asked('plan', { ...plan, problems: [refused] });
  const { out } = await said('diff', set, '-o', 'json');
  expect(JSON.parse(out)).toEqual({
    ...plan,
    problems: [{ code: 'OBJECT_REFUSED', where: 'x', found: 'y', expected: 'z', remedy: 'Mend it.' }],
  });
});

test('an integer that no number of JavaScript holds is printed as its digits', async () => {
  const change = { path: 'spec.nonce', hidden: false, owners: [], after: 9_007_199_254_740_993n };
  asked('plan', { ...plan, objects: [{ ...changed, changes: [change] }] });
  expect((await said('diff', set, '-o', 'json')).out).toContain('"after": 9007199254740993\n');
});

test('diff tells any failure in one sentence, and ends with 2, as 1 is a difference', async () => {
  jest.spyOn(Deployer.prototype, 'plan').mockRejectedValue(new TypeError('broken'));
  expect(await said('diff', set)).toEqual({ code: 2, out: '', err: 'drydock: broken\n' });
});

test('what a Deployer refuses is one sentence, and ends with 1', async () => {
  jest.spyOn(Deployer.prototype, 'apply').mockRejectedValue(refused);
  expect(await said('apply', set)).toEqual({ code: 1, out: '', err: `drydock: ${refused.message}\n` });
});

test('a Deployer is closed, however its command ends', async () => {
  const close = jest.spyOn(Deployer.prototype, 'close');
  asked('apply', report);
  await said('apply', set);
  expect(close).toHaveBeenCalledTimes(1);
  jest.spyOn(Deployer.prototype, 'delete').mockRejectedValue(refused);
  await said('delete');
  expect(close).toHaveBeenCalledTimes(2);
});
