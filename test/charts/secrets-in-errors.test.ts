import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { readObjects } from '../../check/read';
import { givenValues } from '../../cli/given-values';
import { Testing } from '../../core/synth';
import { DrydockError, type JsonObject } from '../../core/template';
import { HelmChart } from '../../core/tree';
import { defineValues, value } from '../../core/values';

/** A secret that is given anywhere, also where none belongs, is in no message. */

const SECRET = 'hunter2s3cret';
const folder = mkdtempSync(path.join(tmpdir(), 'drydock-secret-errors-'));
const doc = 'd';

function chart(): HelmChart {
  const values = defineValues({
    text: value.string({ default: 'a', pattern: '^[a-c]{1,3}$', doc }),
    short: value.string({ default: 'a', maxLength: 3, doc }),
    choice: value.oneOf(['one', 'two'], { default: 'one', doc }),
    size: value.integer({ default: 1, min: 0, max: 3, doc }),
    flag: value.boolean({ default: true, doc }),
    names: value.list(value.dnsName({ doc }), { default: [], maxItems: 2, doc }),
    labels: value.map(value.port({ doc }), { default: {}, doc }),
    rows: value.list(value.object({ name: value.port({ doc }) }, { doc }), { default: [], doc }),
    data: value.raw({ default: {}, doc }),
    group: { inner: value.cpu({ default: '1', doc }) },
    login: value.secret({ doc, keys: { user: doc, 'tls.key': doc } }),
  });
  return new HelmChart(Testing.app(), 'law', { description: 'd', values, environments: { prod: {} } });
}

/** Data with the secret in it, in any of the forms in which people misplace one. */
const planted = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom(SECRET, `${SECRET}\n`, ` ${SECRET}\u0085`, null, 5, -1e9, true),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom('a', 'user', 'name', `${SECRET}: x`, `{${SECRET}}`), tie('json'), {
      maxKeys: 3,
    }),
  ),
})).json;

const PLACES = [
  'text',
  'short',
  'choice',
  'size',
  'flag',
  'names',
  'labels',
  'rows',
  'data',
  'group',
  'login',
  'global',
  'unknown',
  'nameOverride',
];

const given = fc.dictionary(fc.constantFrom(...PLACES), planted, { minKeys: 1, maxKeys: 4 });

function messageOf(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (!(error instanceof DrydockError)) throw error;
    return JSON.stringify([error.message, error.stack, ...Object.values(error)]);
  }
}

test('no refusal of values shows a word of them', () => {
  const law = chart();
  let refused = 0;
  fc.assert(
    fc.property(given, (values) => {
      const message = messageOf(() => law.inputs({ values: values as JsonObject }));
      if (message === undefined) return;
      refused++;
      expect(message).not.toContain(SECRET);
    }),
    { numRuns: 500 },
  );
  expect(refused).toBeGreaterThan(200);
});

test('a secret as a key among the keys of a secret is not shown, a misspelt key elsewhere is', () => {
  const law = chart();
  expect(messageOf(() => law.inputs({ values: { login: { [SECRET]: 'x' } } }))).not.toContain(SECRET);
  expect(messageOf(() => law.inputs({ values: { grup: {} } }))).toContain('grup');
});

/** Lines that are no YAML, each for a reason of its own, with the secret in them. */
const BROKEN = [
  `password: ${SECRET}: x`,
  `password: "${SECRET}`,
  `password: [${SECRET}`,
  `password: {${SECRET}`,
  `a: 1\n  b: ${SECRET}`,
  `a: *${SECRET}`,
  `a: "\\q${SECRET}"`,
  `\t${SECRET}: a`,
  `${SECRET}: 1\n${SECRET}: 2`,
  `a: b\n${SECRET}\nc: d`,
  `a: @${SECRET}`,
  `- ${SECRET}`,
  SECRET,
];

test.each(BROKEN)('a file of values that is none is told by its place: %j', (text) => {
  const file = path.join(folder, 'values.yaml');
  writeFileSync(file, text);
  const message = messageOf(() => givenValues([file], folder));
  expect(message).toContain('VALUES_FILE');
  expect(message).not.toContain(SECRET);
});

test.each(BROKEN.slice(0, -2))('a manifest that is no YAML is told by its place: %j', (text) => {
  const file = path.join(folder, 'manifest.yaml');
  writeFileSync(file, `kind: Secret\n---\n${text}\n`);
  const message = messageOf(() => readObjects(file));
  expect(message).toContain('CANNOT_CHECK');
  expect(message).not.toContain(SECRET);
});

test('the place is told by line and column', () => {
  const file = path.join(folder, 'values.yaml');
  writeFileSync(file, `a: 1\npassword: "${SECRET}\n`);
  expect(messageOf(() => givenValues([file], folder))).toMatch(/in line [23], column \d+/);
});
