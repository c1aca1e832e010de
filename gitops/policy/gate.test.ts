import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubeObject } from '../../kube';
import type { PolicyEngine, PolicyFinding, PolicyRequest } from './engine';
import { Gate, type PolicyOptions } from './gate';
import { inWords, type PolicyMode, requireGood } from './judge';

const finding: PolicyFinding = {
  rule: 'r',
  object: 'Pod/a',
  field: 'spec.x',
  why: 'It is so.',
  fix: 'Change it.',
};
const asked: PolicyRequest[] = [];
const engine = (
  judge: () => Promise<readonly PolicyFinding[]>,
  more: Partial<PolicyEngine> = {},
): PolicyEngine => ({
  ...{ name: 'own', version: '1' },
  judge: (request) => {
    asked.push(request);
    return judge();
  },
  ...more,
});
const finds = (...findings: readonly PolicyFinding[]) => engine(async () => findings);
const today = new Date('2026-03-02T12:00:00Z');

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a' },
  spec: { hostNetwork: true },
} as KubeObject;
const judge = (gate: Gate, { mode, id = 'one' }: { readonly mode?: PolicyMode; readonly id?: string } = {}) =>
  gate.judge(
    {
      app: {
        ...{ apiVersion: 'ajj.io/v1', kind: 'Application' },
        metadata: { name: 'shop', namespace: 'team', uid: 'u', resourceVersion: '1' },
        spec: { source: { url: 'https://example.com/x' }, ...(mode ? { policy: { mode } } : {}) },
      },
      ...{ rendered: { id, objects: [pod], from: ['a.yaml'] }, namespace: 'there' },
    },
    today,
  );

beforeEach(() => {
  asked.length = 0;
});

test('without engines and without rules of its own nobody is asked', async () => {
  expect(await judge(new Gate())).toEqual([]);
  const own = await judge(new Gate(), { mode: 'strict' });
  expect(own).toMatchObject([{ by: 'check', mode: 'strict' }]);
});

test('an engine sees whose objects they are and where they go', async () => {
  await judge(new Gate({ engines: [finds()] }));
  expect(asked).toMatchObject([
    {
      ...{ application: { namespace: 'team', name: 'shop' }, namespace: 'there' },
      objects: [{ metadata: { namespace: 'there' } }],
    },
  ]);
});

test.each([
  ['strict', undefined, 'strict'],
  ['strict', 'audit', 'strict'],
  ['permissive', 'audit', 'permissive'],
  ['permissive', 'strict', 'strict'],
  ['audit', 'permissive', 'permissive'],
  [undefined, 'audit', 'strict'],
] as const)('the controller says %s and the Application %s: %s', async (ours, mode, is) => {
  const gate = new Gate({ engines: [finds(finding)], ...(ours ? { mode: ours } : {}) });
  const judgements = await judge(gate, mode ? { mode } : {});
  const [engines] = judgements.filter(({ by }) => by === 'own');
  expect(engines?.mode).toBe(is);
  // Its own rules are held as it says itself.
  expect(judgements.find(({ by }) => by === 'check')?.mode).toBe(mode);
  const isRefused = is === 'strict';
  if (isRefused)
    expect(() => requireGood(judgements)).toThrow(expect.objectContaining({ code: 'POLICY_DENIED' }));
  else expect(() => requireGood(judgements)).not.toThrow();
});

test('what the Application only notes stops nothing, though the controller is strict', async () => {
  const judgements = await judge(new Gate({ engines: [finds()] }), { mode: 'audit' });
  expect(judgements.find(({ by }) => by === 'check')?.findings).not.toEqual([]);
  expect(() => requireGood(judgements)).not.toThrow();
});

test('a warning stops nothing in any mode', async () => {
  const gate = new Gate({ engines: [finds({ ...finding, isWarning: true })] });
  const judgements = await judge(gate);
  expect(judgements.map(({ mode, findings }) => [mode, findings.length])).toEqual([
    ['strict', 0],
    ['permissive', 1],
  ]);
  expect(() => requireGood(judgements)).not.toThrow();
  expect(inWords(judgements)).toBe('1 finding(s): own r at Pod/a spec.x: It is so. Change it.');
});

const broken = (words = 'of the password hush') => engine(() => Promise.reject(new TypeError(words)));

test.each([
  ['strict', true],
  ['permissive', false],
  ['audit', false],
] as const)('an engine without a verdict stops a commit that is %s: %p', async (mode, isRefused) => {
  const judgements = await judge(new Gate({ engines: [broken(), finds()], mode }));
  expect(inWords(judgements)).toMatch(/^POLICY_FAILED at the engine own: found TypeError/);
  expect(inWords(judgements)).not.toContain('hush');
  const refuse = () => requireGood(judgements);
  if (isRefused)
    expect(refuse).toThrow(expect.objectContaining({ code: 'POLICY_FAILED', waitsForPerson: false }));
  else expect(refuse).not.toThrow();
});

test('findings of one are told before the failure of another', async () => {
  const judgements = await judge(new Gate({ engines: [broken(), finds(finding)] }));
  expect(() => requireGood(judgements)).toThrow(expect.objectContaining({ code: 'POLICY_DENIED' }));
});

test('the same content is judged once, by each version of an engine', async () => {
  const one = new Gate({ engines: [finds(finding)] });
  await judge(one);
  await judge(one);
  await judge(one, { id: 'two' });
  expect(asked).toHaveLength(2);
});

test('of very many findings with very long words some are kept, in short', async () => {
  const long = { ...finding, why: `a\u001b[31m${'x'.repeat(10_000)}` };
  const [judgement] = await judge(new Gate({ engines: [finds(...Array<PolicyFinding>(5_000).fill(long))] }));
  expect(judgement?.findings).toHaveLength(200);
  expect(judgement?.findings[0]?.why).toHaveLength(500);
  expect(judgement?.findings[0]?.why).not.toContain('\u001b');
});

describe('with a folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'drydock-gate-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const gateOf = (more: PolicyOptions = {}) => new Gate({ folder, engines: [finds(finding)], ...more });
  const except = (until: string) =>
    writeFileSync(
      join(folder, 'exceptions.yaml'),
      `exceptions: [{ rule: r, object: Pod/a, application: team/shop, reason: It is moved soon., until: "${until}" }]`,
    );

  test.each([
    ['2026-03-01', 1, '1 finding(s): own r at Pod/a spec.x: It is so. Change it.'],
    ['2026-03-02', 0, 'nothing was found; 1 may stay by exceptions: own r at Pod/a spec.x'],
  ])('an exception until %s leaves %i, and is told', async (until, count, words) => {
    except(until);
    const [judgement] = await judge(gateOf());
    expect(judgement?.findings).toHaveLength(count);
    expect(inWords([judgement!])).toBe(words);
  });

  test('the end of an exception is another version, as the same objects are judged otherwise', () => {
    except('2026-03-02');
    const gate = gateOf();
    const on = (day: string) => gate.version(new Date(`${day}T12:00:00Z`));
    expect(on('2026-03-01')).toBe(on('2026-03-02'));
    expect(on('2026-03-03')).not.toBe(on('2026-03-02'));
  });

  test('a folder that is wrong is no verdict, whatever other engines say', async () => {
    writeFileSync(join(folder, 'x.txt'), 'x');
    const judgements = await judge(gateOf({ engines: [] }));
    expect(() => requireGood(judgements)).toThrow(expect.objectContaining({ code: 'POLICY_FAILED' }));
    const audit = await judge(gateOf({ engines: [], mode: 'audit' }));
    expect(() => requireGood(audit)).not.toThrow();
  });
});
