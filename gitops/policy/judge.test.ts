import type { KubeObject } from '../../kube';
import { inWords, Judge, requireGood } from './judge';

const pod = (name: string, spec: object = {}) =>
  ({
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name } },
    spec: { hostNetwork: true, containers: [{ name: 'c', image: 'c:1' }], ...spec },
  }) as KubeObject;
const today = new Date('2026-03-02T12:00:00Z');
const rulesOf = (exceptions: readonly object[] = [], level?: 'privileged') => {
  const policy = { mode: 'strict', exceptions, ...(level && { level }) } as const;
  return new Judge().judge('a', [pod('a')], policy as never, today).findings.map(({ rule }) => rule);
};

test('pods have to meet the strictest level unless another is named', () => {
  expect(rulesOf()).toContain('pod-security');
  expect(rulesOf([], 'privileged')).not.toContain('pod-security');
});

test.each([
  ['2026-03-01', true],
  ['2026-03-02', false],
  ['2026-03-03', false],
])('an exception until %s: it is found again %p', (until, isFound) => {
  const exception = { rule: 'pod-security', object: 'Pod/a', reason: 'It is moved.', until };
  expect(rulesOf([exception]).includes('pod-security')).toBe(isFound);
});

test('an exception that nothing needs is no finding', () => {
  const unused = { rule: 'pod-security', object: 'Pod/gone', reason: 'It is moved.', until: '2026-12-31' };
  expect(rulesOf([unused])).not.toContain('waiver-unused');
});

test('the same set is looked at once, and again for another level or other exceptions', () => {
  const judge = new Judge();
  const ask = (id: string, objects: readonly KubeObject[], more: object = {}) =>
    judge.judge(id, objects, { mode: 'audit', ...more }, today).findings;
  const found = ask('a', [pod('a')]);
  expect(ask('a', [])).toBe(found);
  expect(ask('b', [])).toEqual([]);
  expect(ask('a', [], { level: 'privileged' })).toEqual([]);
  // So many others make it be forgotten, but not what is asked about meanwhile.
  for (let at = 0; at < 600; at += 1) {
    ask(`other-${at}`, []);
    if (at < 400) expect(ask('b', [pod('b')])).toEqual([]);
  }
  expect(ask('a', [])).toEqual([]);
});

const judged = (count: number, mode: 'strict' | 'permissive' | 'audit' = 'strict') => {
  const finding = { rule: 'r', object: 'Pod/a', field: 'spec.x', why: 'It is so.', fix: 'Change it.' };
  return { by: 'check', mode, findings: Array(count).fill(finding) };
};
const TOLD = 'r at Pod/a spec.x: It is so. Change it.';

test.each([
  [0, 'nothing was found'],
  [1, `1 finding(s): ${TOLD}`],
  [10, `10 finding(s): ${Array(10).fill(TOLD).join(' ')}`],
  [12, `12 finding(s): ${Array(10).fill(TOLD).join(' ')} and 2 more`],
])('%i findings are told', (count, words) => expect(inWords([judged(count)])).toBe(words));

test('a strict policy refuses what it has found, and no other does', () => {
  expect(() => requireGood([judged(1)])).toThrow(
    expect.objectContaining({
      ...{ code: 'POLICY_DENIED', where: 'the rules of `spec.policy`', found: `1 finding(s): ${TOLD}` },
      ...{ expected: 'none, as the policy is strict', remedy: expect.stringContaining('mend the manifests') },
    }),
  );
  for (const judgement of [judged(0), judged(1, 'permissive'), judged(1, 'audit')])
    expect(() => requireGood([judgement])).not.toThrow();
});

test('an integer that only 64 bits hold is a whole number to the rules', () => {
  const withSeconds = (seconds: unknown) => {
    const object = pod('a', { terminationGracePeriodSeconds: seconds });
    return new Judge().judge('a', [object], { mode: 'audit' }, today).findings.map(({ field }) => field);
  };
  expect(withSeconds(9223372036854775807n)).toEqual(withSeconds(30));
  expect(withSeconds('30')).toContain('spec.terminationGracePeriodSeconds');
});
