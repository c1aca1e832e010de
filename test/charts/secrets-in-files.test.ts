import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { App, compareDumps } from '../../core/synth';
import { DrydockError, type JsonObject } from '../../core/template';
import { HelmChart, KubeObject } from '../../core/tree';
import { defineValues, oddValues, value } from '../../core/values';
import { definitionOf } from '../../core/values/definition';
import { withVariables } from '../refusals/example';

/** What is given for a secret is in no file that `synth` writes, and in nothing that `synth --verify` says. */

const SECRET = 'hunter2s3cret';
const doc = 'd';
const inner = defineValues({
  size: value.integer({ default: 1, min: 0, max: 9, doc }),
  login: value.secret({ doc, keys: { password: doc } }),
});
const outer = defineValues({
  text: value.string({ default: 'a', doc }),
  labels: value.map(value.string({ doc }), { default: {}, doc }),
  data: value.raw({ optional: true, doc }),
  group: { token: value.secret({ doc, keys: { 'api.key': doc, other: doc } }) },
  part: value.subchart(inner, { enabled: true }),
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'drydock-secret-files-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Everything that a run of the program writes for these values, by its path; undefined where the values are refused. */
async function written(given: JsonObject, env?: string): Promise<Map<string, string> | undefined> {
  rmSync(folder, { recursive: true });
  mkdirSync(folder);
  const outdir = path.join(folder, 'out', 'manifests');
  const valuesFile = path.join(folder, 'given.json');
  writeFileSync(valuesFile, JSON.stringify({ values: { '*': given } }));
  const variables = { DRYDOCK_VALUES: valuesFile, ...(env === undefined ? {} : { DRYDOCK_ENV: env }) };
  try {
    await withVariables(variables, () => program(new App({ outdir })).synth());
  } catch (error) {
    if (!(error instanceof DrydockError)) throw error;
    expect(readdirSync(folder)).toEqual(['given.json']);
    return undefined;
  }
  return filesIn(path.join(folder, 'out'));
}

function program(app: App): App {
  const shop = new HelmChart(app, 'shop', { description: 'd', values: outer, environments: { prod: {} } });
  const config = (chart: HelmChart, data: object) =>
    new KubeObject(chart, 'c', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: chart.nameFor('c') },
      data,
    });
  config(shop, {
    text: outer.text,
    labels: `${outer.labels.isEmpty.then('none', 'some')}`,
    data: `${outer.data.isSet.then('yes', 'no')}`,
    name: shop.secretKeyRef(outer.group.token.key('api.key')).name,
  });
  const part = new HelmChart(shop, 'part', { description: 'd', values: inner });
  config(part, { size: `${inner.size}`, name: part.secretKeyRef(inner.login.key('password')).name });
  return app;
}

function filesIn(top: string): Map<string, string> {
  const names = (readdirSync(top, { recursive: true }) as string[]).filter((name) =>
    statSync(path.join(top, name)).isFile(),
  );
  return new Map(names.map((name) => [name, readFileSync(path.join(top, name), 'latin1')]));
}

const holders = (files: ReadonlyMap<string, string>) =>
  [...files].filter(([name, text]) => `${name}\n${text}`.includes(SECRET)).map(([name]) => name);

const planted = fc.constantFrom(SECRET, `${SECRET}\n`, `a ${SECRET} b`, `"${SECRET}`, 'harmless');
const ordinary = fc.record(
  {
    text: planted,
    labels: fc.dictionary(fc.constantFrom('a', 'b'), planted, { maxKeys: 2 }),
    data: fc.oneof(planted, fc.array(planted, { maxLength: 2 }), fc.dictionary(fc.constant('a'), planted)),
  },
  { requiredKeys: [] },
);
const secrets = fc.oneof(
  planted.map((one) => ({ group: { token: { 'api.key': one } } })),
  planted.map((one) => ({ group: { token: { 'api.key': one, other: SECRET } } })),
  planted.map((one) => ({ part: { login: { password: one } } })),
);

test('given values are in no chart and in no example of a secret; a manifest holds only what the program puts there', async () => {
  let count = 0;
  await fc.assert(
    fc.asyncProperty(ordinary, fc.constantFrom(undefined, 'prod'), async (given, env) => {
      const files = await written(given as JsonObject, env);
      if (!files) return;
      count++;
      expect([...files.keys()]).toEqual(expect.arrayContaining([expect.stringMatching(/^charts.*\.tgz$/)]));
      const shown = given.text?.includes(SECRET) === true;
      expect(holders(files).filter((name) => !name.startsWith('manifests/'))).toEqual([]);
      expect(holders(files).length > 0).toBe(shown);
    }),
    { numRuns: 40 },
  );
  expect(count).toBeGreaterThan(25);
});

test('what is given for a secret, of a subchart too, is refused before anything is written', async () => {
  await fc.assert(
    fc.asyncProperty(ordinary, secrets, async (some, secret) => {
      expect(await written({ ...some, ...secret } as JsonObject)).toBeUndefined();
    }),
    { numRuns: 40 },
  );
});

test('made-up values come from no secret, and are shown where they make a difference', () => {
  const given = {
    group: { token: { 'api.key': SECRET, other: SECRET } },
    part: { login: { password: SECRET } },
  };
  const odd = JSON.stringify(oddValues(definitionOf(outer), given));
  expect(odd).not.toContain(SECRET);
  expect(odd).toContain('api.key');
});

describe('a difference that synth --verify tells', () => {
  const difference = (kind: string, left: object, right: object, secrets = [SECRET]) => {
    const dump = (body: object) => ({
      ...{ runs: [], odd: {}, secrets },
      charts: { shop: [{ kind, metadata: { name: 'a' }, ...body }] as never },
    });
    return compareDumps(dump(left), dump(right))[0]?.difference;
  };

  test.each([
    ['a text', { a: SECRET }, { a: 'x' }],
    ['a part of a text', { a: 'x' }, { a: `url:${SECRET}@db` }],
    ['a key inside of what differs', { a: { [SECRET]: 1 } }, { a: 1 }],
    ['base64', { a: Buffer.from(`user:${SECRET}`).toString('base64') }, { a: 'x' }],
  ])('does not show %s with a secret in it', (_, left, right) => {
    expect(difference('ConfigMap', left, right)).toBe(
      'a: differs, and is not shown because it may hold a secret',
    );
  });

  test('shows neither a key that holds one nor anything of a Secret', () => {
    expect(difference('ConfigMap', { [SECRET]: 1 }, {})).toBe('at a place whose name holds a secret');
    expect(difference('Secret', { data: { a: 'x' } }, { data: { a: 'y' } }, [])).toBe(
      'data.a: differs, and is not shown because it may hold a secret',
    );
  });

  test('is shown where no secret is in it', () => {
    expect(difference('ConfigMap', { a: 3 }, {})).toBe('a: 3 with expressions, nothing with literals');
  });
});
