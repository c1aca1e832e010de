import { App } from '../../core/synth';
import { DrydockError, text } from '../../core/template';
import { forEach, HelmChart, KubeObject } from '../../core/tree';
import { type DeclaredValues, defineValues, value } from '../../core/values';
import { LawEngine } from './engine';
import { HelmLaw, type LawCase, type LawOutcome } from './helm-law';

/** What generated charts found: each once a chart that meant something else to helm than to `evaluate`. */

jest.setTimeout(600_000);

const doc = 'd';
let engines: LawEngine[];
beforeAll(async () => {
  engines = [await LawEngine.start('helm-4'), await LawEngine.start('helm-3')];
});
afterAll(() => Promise.all(engines.map((engine) => engine.stop())));

function chartOf<V extends DeclaredValues>(values: V, fill: (chart: HelmChart) => void): HelmChart {
  const chart = new HelmChart(new App({ outdir: 'unused' }), 'law', {
    description: 'd',
    values: values as never,
  });
  fill(chart);
  return chart;
}

function config(chart: HelmChart, name: unknown, rest: object): void {
  new KubeObject(chart, `object-${chart.node.children.length}`, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name },
    ...rest,
  } as never);
}

async function outcome(chart: HelmChart, given: LawCase): Promise<LawOutcome> {
  const law = await HelmLaw.of(chart, ...engines);
  const result = await law.expect(given);
  await law.close();
  return result;
}

async function codeOf(make: () => HelmChart): Promise<string> {
  try {
    await HelmLaw.of(make(), ...engines);
    return 'printed';
  } catch (error) {
    if (error instanceof DrydockError) return error.code;
    throw error;
  }
}

const size = () => defineValues({ size: value.integer({ default: 0, doc }) });

test('a release name that helm refuses is refused, one of 53 characters is not', async () => {
  const v = size();
  const chart = chartOf(v, (inside) => config(inside, 'a', { size: v.size }));
  expect(await outcome(chart, { values: {}, release: { name: 'r'.repeat(53) } })).toBe('equal');
  expect(await outcome(chart, { values: {}, release: { name: 'r'.repeat(54) } })).toBe('both refuse');
  expect(await outcome(chart, { values: {}, release: { name: 'Release' } })).toBe('both refuse');
});

test('the globals of an umbrella are taken, as an object only', async () => {
  const v = size();
  const chart = chartOf(v, (inside) => config(inside, 'a', { size: v.size }));
  expect(await outcome(chart, { values: { global: { region: null } } })).toBe('equal');
  expect(await outcome(chart, { values: { global: 'here' } })).toBe('both refuse');
});

test('two entries of a loop that would have one name are refused', async () => {
  const v = defineValues({ names: value.list(value.string({ doc }), { default: ['a'], doc }) });
  const chart = chartOf(v, (inside) => forEach(v.names, (name) => config(inside, text`x-${name}`, { name })));
  expect(await outcome(chart, { values: { names: ['a', 'b', '"'] } })).toBe('equal');
  expect(await outcome(chart, { values: { names: ['a', 'b', 'a'] } })).toBe('both refuse');
});

test('two entries of a map whose names do not come from their keys are refused too', async () => {
  const v = defineValues({ names: value.map(value.string({ doc }), { default: {}, doc }) });
  const chart = chartOf(v, (inside) =>
    forEach(v.names, (name, key) => config(inside, text`${key}-${name}`, {})),
  );
  expect(await outcome(chart, { values: { names: { a: 'b-c', b: 'c' } } })).toBe('equal');
  expect(await outcome(chart, { values: { names: { a: 'b-c', 'a-b': 'c' } } })).toBe('both refuse');
});

test.each([
  [-100, 100],
  [-5_000_000_000, 5_000_000_000],
])('an integer -0 between %i and %i is 0 in a text', async (min, max) => {
  const v = defineValues({ size: value.integer({ default: 1, min, max, doc }) });
  const chart = chartOf(v, (inside) =>
    config(inside, 'a', { whole: v.size, plain: `n${v.size}`, odd: text`<${v.size}` }),
  );
  expect(await outcome(chart, { values: { size: -0 } })).toBe('equal');
});

test('an optional object inside an object is one expression, which may be absent', async () => {
  const inner = value.object({ a: value.string({ doc }) }, { optional: true, doc });
  const v = defineValues({
    outer: value.object({ inner, b: value.string({ doc }) }, { default: { b: 'x' }, doc }),
  });
  const chart = chartOf(v, (inside) =>
    config(inside, 'a', { inner: v.outer.inner, is: v.outer.inner.isSet, b: v.outer.b }),
  );
  expect(await outcome(chart, { values: {} })).toBe('equal');
  expect(await outcome(chart, { values: { outer: { inner: { a: '<' } } } })).toBe('equal');
});

test('a helper of an empty map, and one with a spread map in it', async () => {
  const v = defineValues({ labels: value.map(value.string({ doc }), { default: {}, doc }) });
  const chart = chartOf(v, (inside) =>
    config(inside, 'a', {
      none: inside.helper('none', {}),
      list: [inside.helper('labels', { ...v.labels, a: 'b' })],
    }),
  );
  expect(await outcome(chart, { values: {} })).toBe('equal');
  expect(await outcome(chart, { values: { labels: { a: 'x', c: '<no value>' } } })).toBe('equal');
});

test('a helper is a text that is there, or a map', async () => {
  const v = defineValues({
    size: value.integer({ default: 0, doc }),
    maybe: value.string({ optional: true, doc }),
    names: value.list(value.string({ doc }), { default: [], doc }),
  });
  const withHelper = (body: unknown) => () =>
    chartOf(v, (inside) => config(inside, 'a', { ...v, it: inside.helper('h', body) }));
  expect(await codeOf(withHelper('text'))).toBe('printed');
  expect(await codeOf(withHelper(v.size))).toBe('HELPER_BODY');
  expect(await codeOf(withHelper(v.maybe))).toBe('HELPER_BODY');
  expect(await codeOf(withHelper(v.names))).toBe('HELPER_BODY');
  expect(await codeOf(withHelper(['a']))).toBe('HELPER_BODY');
});

test('a spread map that is absent leaves an empty map', async () => {
  const v = defineValues({ labels: value.map(value.string({ doc }), { optional: true, doc }) });
  const chart = chartOf(v, (inside) =>
    config(inside, 'a', { data: { ...v.labels, b: undefined }, more: { ...v.labels } }),
  );
  expect(await outcome(chart, { values: {} })).toBe('equal');
  expect(await outcome(chart, { values: { labels: { b: 'x' } } })).toBe('equal');
});

test('data that may be no map cannot be spread', async () => {
  const v = defineValues({ extra: value.raw({ default: {}, doc }) });
  expect(await codeOf(() => chartOf(v, (inside) => config(inside, 'a', { extra: v.extra })))).toBe('printed');
  expect(await codeOf(() => chartOf(v, (inside) => config(inside, 'a', { ...(v.extra as object) })))).toBe(
    'WRONG_USE',
  );
});

test('what may be absent cannot be part of a text', () => {
  const v = defineValues({ maybe: value.string({ optional: true, doc }) });
  expect(() => text`a${v.maybe as never}`).toThrow(/WRONG_USE/);
  expect(() => text`a${v.maybe.orElse('b')}`).not.toThrow();
});

test('a label value holds what its text holds', async () => {
  const v = defineValues({ version: value.string({ default: '', doc }) });
  const chart = chartOf(v, (inside) =>
    config(inside, 'a', { label: v.version.labelValue(), more: text`v${v.version.labelValue()}` }),
  );
  expect(await outcome(chart, { values: { version: 'a+<no value>"b' } })).toBe('equal');
});

test('a list that is put together can be asked whether it is empty', async () => {
  const v = defineValues({ names: value.list(value.string({ doc }), { default: [], doc }) });
  const mapped = v.names.map((name) => name);
  const chart = chartOf(v, (inside) => config(inside, 'a', { is: mapped, isEmpty: mapped.isEmpty }));
  for (const names of [[], ['x', 'y']]) expect(await outcome(chart, { values: { names } })).toBe('equal');
});

test('a whole number beyond int64, and -0, written out beside a value', async () => {
  const v = defineValues({
    on: value.boolean({ default: true, doc }),
    n: value.number({ default: 1.5, doc }),
  });
  const chart = chartOf(v, (inside) =>
    config(inside, 'a', {
      big: v.on.then(v.n, 1e20).equals(v.n),
      text: text`${v.on.then(-0, v.n)}`,
      bare: -0,
    }),
  );
  expect(await outcome(chart, { values: {} })).toBe('equal');
  expect(await outcome(chart, { values: { on: false, n: 1e20 } })).toBe('equal');
});

test('a default of -0 is the same in values.yaml', async () => {
  const v = defineValues({ n: value.number({ default: -0, doc }) });
  const chart = chartOf(v, (inside) => config(inside, 'a', { text: text`${v.n}`, n: v.n }));
  expect(await outcome(chart, { values: {} })).toBe('equal');
});

// A default inside an object is not in values.yaml where the object's own default leaves it out: Go's `range` takes what
// is not there, no function does.
const withDefaultsInside = () =>
  defineValues({
    outer: value.object(
      {
        map: value.map(value.string({ doc }), { default: {}, doc }),
        list: value.list(value.string({ doc }), { default: [], doc }),
        maybe: value.map(value.string({ doc }), { optional: true, doc }),
      },
      { default: {}, doc },
    ),
  });

type Outer = ReturnType<typeof withDefaultsInside>['outer'];

test.each<[string, (outer: Outer) => object]>([
  ['the keys of a map', ({ map }) => ({ a: map.keys })],
  ['the keys of an optional map with a default', ({ maybe }) => ({ a: maybe.orElse({}).keys })],
  ['keys in a text', ({ map }) => ({ a: map.keys.join(',') })],
  ['the first key', ({ map }) => ({ a: map.keys.first.orElse('none') })],
  ['the values of a map', ({ map }) => ({ a: map.values })],
  ['the first entry', ({ list }) => ({ a: list.first.orElse('none') })],
  ['entries in a text', ({ list }) => ({ a: list.join(',') })],
  ['a filtered list', ({ list }) => ({ a: list.filter((entry) => entry.notEquals('x')) })],
  ['a filtered map', ({ map }) => ({ a: map.filter((_, key) => key.notEquals('x')) })],
  ['a question about entries', ({ list }) => ({ a: list.some((entry) => entry.equals('x')) })],
  ['whether it is empty', ({ map, list }) => ({ a: map.isEmpty, b: list.isEmpty })],
  ['a map spread into another', ({ map }) => ({ a: { own: 'x', ...map } })],
  ['a list spread into another', ({ list }) => ({ a: ['x', ...list] })],
  ['each entry in a text', ({ list }) => ({ a: list.map((entry) => text`x-${entry}`) })],
])('a list or map whose default is inside an object: %s', async (_name, made) => {
  const v = withDefaultsInside();
  const chart = chartOf(v, (inside) => config(inside, 'a', made(v.outer)));
  expect(await outcome(chart, { values: {} })).toBe('equal');
  const given = { map: { x: '1', y: '2' }, list: ['x', 'y'], maybe: { z: '3' } };
  expect(await outcome(chart, { values: { outer: given } })).toBe('equal');
});

test.each([
  ['number', () => value.number({ default: -0, doc })],
  ['integer', () => value.integer({ default: -0, doc })],
])(
  'a default of -0 inside an object that leaves it out, of a %s, in a text that is cut',
  async (_type, made) => {
    const v = defineValues({ outer: value.object({ n: made() }, { default: {}, doc }) });
    const chart = chartOf(v, (inside) =>
      config(inside, 'a', {
        cut: text`${v.outer.n}-of-a-text-that-is-long`.truncate(17),
        whole: text`${v.outer.n}`,
        n: v.outer.n,
      }),
    );
    expect(await outcome(chart, { values: {} })).toBe('equal');
    expect(await outcome(chart, { values: { outer: { n: 1 } } })).toBe('equal');
  },
);
