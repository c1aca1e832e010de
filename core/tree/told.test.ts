import { JsonPatch } from 'cdk8s';
import { Testing } from '../synth';
import { type DeclaredValues, defineValues, value } from '../values';
import { forEach, when } from './conditions';
import { HelmChart } from './helm-chart';
import type { HelmChartProps } from './helm-chart-props';
import { KubeObject } from './kube-object';

// What is said of a chart that helm could not make one of, or that a program fills wrongly: the place, what was found, what
// belongs there, and what to do.

const doc = 'd';
const inner = defineValues({ size: value.integer({ default: 1, doc }) });
const one = () => defineValues({ a: value.subchart(undefined) });

type Props = Omit<Partial<HelmChartProps>, 'values' | 'environments'> & {
  readonly values?: DeclaredValues;
  readonly environments?: object;
};

function chart(scope: unknown, id: string, props: Props = {}): HelmChart {
  return new HelmChart(scope as never, id, { description: 'd', ...props } as HelmChartProps);
}

const shop = (props: Props = {}) => chart(Testing.app(), 'shop', props);

function config(scope: HelmChart, id: string, rest: object = {}): KubeObject {
  const metadata = { name: scope.nameFor(id) };
  return new KubeObject(scope, id, { apiVersion: 'v1', kind: 'ConfigMap', metadata, ...rest });
}

function synthesized(fill: (made: HelmChart) => unknown, props: Props = {}): void {
  const made = shop(props);
  fill(made);
  Testing.helmChart(made);
}

const CALLBACK = 'a callback that has made all of its constructs when it returns';
const HELPER = /^What a helper gives is text; use the expression/;

test.each<
  [what: string, wrong: () => unknown, where: string, found: string, expected: string, remedy: RegExp]
>([
  [
    'a chart in one that declares none',
    () => chart(shop(), 'back-end'),
    'shop/back-end',
    'a HelmChart inside another whose values do not know the subchart "back-end"',
    'a declared subchart',
    /: \{ 'back-end': value\.subchart\(itsValues\) \}\.$/,
  ],
  [
    'a chart in one that declares others',
    () =>
      chart(
        shop({ values: defineValues({ a: value.subchart(undefined), b: value.subchart(undefined) }) }),
        'c',
      ),
    'shop/c',
    'a HelmChart inside another whose values do not know the subchart "c"',
    'one of the declared ones: a, b',
    /: \{ c: value\.subchart\(itsValues\) \}\.$/,
  ],
  [
    'a second chart of one id',
    () => {
      const outer = shop({ values: one() });
      return [chart(outer, 'a'), chart(outer, 'a')];
    },
    'shop/a',
    'a second subchart called "a"',
    'a name, or an alias, of its own for each subchart',
    /^Declare a second key/,
  ],
  [
    'a chart with values that its parent does not know',
    () => chart(shop({ values: one() }), 'a', { values: inner }),
    'shop/a',
    'a chart that takes other values than its parent declares for it',
    'the values that the parent gives to `value.subchart` for "a"',
    /the same object\.$/,
  ],
  [
    'a chart in itself',
    () => chart(shop({ values: one() }), 'a', { name: 'shop' }),
    'shop/a',
    'charts in each other: shop > shop',
    'no chart inside a chart of the same name',
    /^Take one of them out/,
  ],
  [
    'a subchart that is never made',
    () => synthesized(() => undefined, { values: one() }),
    'shop',
    'values of a subchart "a", which was never made',
    'a HelmChart of that id in shop',
    /new TheChart\(this, 'a'\)\. Or take it out/,
  ],
  [
    'an environment of a chart without any',
    () => shop().inputs({ env: 'x' }),
    'shop',
    '"x"',
    'no environment, the chart has none',
    /^Name it in the `environments`/,
  ],
  [
    'an environment that is not one of the two',
    () => shop({ environments: { a: {}, b: {} } }).inputs({ env: 'x' }),
    'shop',
    '"x"',
    'one of a, b',
    /^Name it in the `environments`/,
  ],
  [
    'a value of the wrong type',
    () => shop({ values: inner }).inputs({ values: { size: 'x' } }),
    'shop values',
    '1 problem\n  size: found a text of 1 characters, expected a whole number\n',
    'values as declared',
    /^Correct them/,
  ],
  [
    'a value of the wrong type on top of an environment',
    () => shop({ values: inner, environments: { prod: {} } }).inputs({ env: 'prod', values: { size: 'x' } }),
    'shop environment prod',
    '1 problem\n  size: found a text of 1 characters, expected a whole number\n',
    'values as declared',
    /^Correct them/,
  ],
  [
    'values that nothing reads',
    () =>
      synthesized(() => undefined, {
        values: defineValues({
          a: value.port({ doc, default: 1 }),
          g: { b: value.port({ doc, default: 1 }) },
        }),
      }),
    'shop',
    'declared values that reach nothing: a, g.b',
    'every value to reach a field, a condition or an assertion',
    /^Use them, or take them out/,
  ],
  [
    'a value of no chart',
    () => synthesized((made) => config(made, 'c', { data: { a: inner.size.equals(1).then('a', 'b') } })),
    'shop',
    'the value size, which was declared for another chart or for none',
    'values of this chart',
    /^Pass the values that were given to the HelmChart/,
  ],
  [
    'a release that helm takes no name for',
    () => shop({ release: 'Shop' }).inputs(),
    'a release of shop',
    'the name "Shop"',
    'at most 53 lower-case letters, digits, dashes and dots, with a letter or digit at both ends',
    /^Helm takes no other name/,
  ],
  [
    'an async callback of when',
    () => when(true, async () => 1),
    'when',
    'an async callback (it returned a promise)',
    CALLBACK,
    /^Fetch what it needs before `when`/,
  ],
  [
    'a generator for when',
    () => when(true, function* () {} as never),
    'when',
    'a generator, which has not begun when it returns',
    CALLBACK,
    /^Fetch what it needs before `when`/,
  ],
  [
    'an async callback of forEach',
    () => forEach([1], (async () => 1) as never),
    'forEach',
    'an async callback (it returned a promise)',
    CALLBACK,
    /^Fetch what it needs before `forEach`/,
  ],
  [
    'a helper that is a number',
    () => shop().helper('h', 5),
    'the helper shop.h',
    'a integer',
    'a text, or a map written as an object',
    HELPER,
  ],
  [
    'a helper that may not be there',
    () => shop().helper('h', undefined),
    'the helper shop.h',
    'something that may not be there',
    'a text, or a map written as an object',
    HELPER,
  ],
  [
    'an object that a patch takes the kind from',
    () => Testing.synth(patchedBy(JsonPatch.remove('/kind'))),
    'shop/c',
    'an object without kind',
    'an object with apiVersion and kind as plain texts, and metadata as a map',
    /^Write both, for example/,
  ],
])('%s is told with all that is to be said', (_what, wrong, where, found, expected, remedy) => {
  expect(wrong).toThrow(
    expect.objectContaining({ where, found, expected, remedy: expect.stringMatching(remedy) }),
  );
});

function patchedBy(patch: JsonPatch): HelmChart {
  const made = shop();
  config(made, 'c').addJsonPatch(patch);
  return made;
}

test('what is right beside it is taken', () => {
  const outer = shop({ values: one(), environments: { a: {} } });
  chart(outer, 'a');
  expect(Object.keys(Testing.helmChart(outer))).toContain('charts/a/Chart.yaml');
  expect(outer.inputs({ env: 'a' }).subcharts.size).toBe(1);
  expect(when(true, () => 5)).toBe(5);
  expect(when(false, () => 5)).toBeUndefined();
});

test('the facts of a release are those of a first installation, unless others are given', () => {
  const made = shop({ version: '1.2.3', appVersion: '4' });
  expect(made.inputs().builtins).toEqual({
    'Release.Name': 'shop',
    'Release.Namespace': 'default',
    'Release.Service': 'drydock',
    'Release.Revision': 1,
    'Release.IsInstall': true,
    'Release.IsUpgrade': false,
    'Chart.Name': 'shop',
    'Chart.Version': '1.2.3',
    'Chart.AppVersion': '4',
    'Capabilities.KubeVersion.Version': 'v1.34.4',
  });
  const release = {
    name: 'a.b-1',
    namespace: 'n',
    revision: 2,
    isUpgrade: true,
    service: 'Helm',
    kubeVersion: 'v1.36.0',
  };
  expect(made.inputs({ release }).builtins).toMatchObject({
    'Release.Name': 'a.b-1',
    'Release.Namespace': 'n',
    'Release.Service': 'Helm',
    'Release.Revision': 2,
    'Release.IsInstall': false,
    'Release.IsUpgrade': true,
    'Capabilities.KubeVersion.Version': 'v1.36.0',
  });
  expect(shop({ release: 'mine' }).inputs().builtins['Release.Name']).toBe('mine');
  expect(shop().inputs().builtins).toMatchObject({ 'Chart.Version': '0.1.0', 'Chart.AppVersion': '0.1.0' });
  expect(shop({ version: '2.0.0' }).inputs().builtins['Chart.AppVersion']).toBe('2.0.0');
});

test.each(['', 'A', '-a', 'a-', 'a..b', '.a', 'a_b', 'a'.repeat(54)])(
  '%j is no name of a release',
  (name) => {
    expect(() => shop().inputs({ release: { name } })).toThrow(
      expect.objectContaining({ code: 'RELEASE_NAME' }),
    );
  },
);
test.each(['a', '1', 'a.b', 'a-1.2-b', 'a'.repeat(53)])('%j is one', (name) => {
  expect(shop().inputs({ release: { name } }).builtins['Release.Name']).toBe(name);
});
