import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withBlock } from '../../scripts/generated-block';
import { LawEngine } from './engine';
import { nullDefaultProbes, nullProbes, numberProbes, outcomeOf, type Probe, tableOf } from './null-facts';

/** Where the tables are for people to read; with WRITE_FACTS=1 this test writes them instead of comparing. */
const page = path.resolve(__dirname, '../../docs/facts/helm-null.md');

let helm4: LawEngine;
let helm3: LawEngine;

beforeAll(async () => {
  helm4 = await LawEngine.start('helm-4');
  helm3 = await LawEngine.start('helm-3');
}, 600_000);

afterAll(async () => {
  await helm4?.stop();
  await helm3?.stop();
});

test('the page on null says what Helm does', async () => {
  let expected = readFileSync(page, 'utf8');
  const tables: readonly [string, readonly Probe[]][] = [
    ['null inputs', nullProbes],
    ['null defaults', nullDefaultProbes],
    ['numbers', numberProbes],
  ];
  for (const [name, probes] of tables) {
    expected = withBlock(expected, name, await tableOf(probes, helm4, helm3));
  }
  if (process.env.WRITE_FACTS === '1') writeFileSync(page, expected);
  expect(readFileSync(page, 'utf8')).toBe(expected);
});

test.each(nullProbes.map((probe) => [probe.input, probe] as const))(
  'Helm 3 and 4 treat null from outside alike: %s',
  async (_input, probe) => {
    expect(await outcomeOf(helm3, probe)).toBe(await outcomeOf(helm4, probe));
  },
);

describe.each(['helm-4', 'helm-3'] as const)('in %s a strict schema', (version) => {
  const outcome = (key: string) =>
    outcomeOf(version === 'helm-4' ? helm4 : helm3, nullProbes.find((probe) => probe.key === key)!);

  test('refuses null over a required key and over one without a default', async () => {
    for (const key of [
      'name',
      'settings',
      'settings.a',
      'optional',
      'settings.c',
      'absent',
      'labels.other',
    ]) {
      expect(await outcome(key)).toMatch(/^refused/);
    }
  });

  test('cannot refuse null over a default that is not required: the key is gone before it looks', async () => {
    for (const key of ['spare', 'labels.x', 'child.spare', 'child.labels.x']) {
      expect(await outcome(key)).toBe('key absent');
    }
  });

  test('cannot refuse null over a subchart: the defaults that the parent has for it are gone', async () => {
    expect(await outcome('child')).toContain('"mode":"fast"');
  });

  test('keeps a subchart switched off only when it requires the condition', async () => {
    expect(await outcome('extra.enabled')).toBe('subchart rendered');
    expect(await outcome('guarded.enabled')).toMatch(/^refused/);
  });

  test('cannot make a null over a default in global reach the subchart', async () => {
    expect(await outcome('global.region')).toBe('parent: key absent; subchart: `"here"`');
  });
});
