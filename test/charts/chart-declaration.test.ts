import yaml from 'yaml';
import { Testing } from '../../core/synth';
import { DrydockError } from '../../core/template';
import { HelmChart, type HelmChartProps } from '../../core/tree';
import { defineValues, value } from '../../core/values';

/** What a HelmChart refuses of its declaration, each with a twin that it takes. */

const doc = 'd';
const values = () =>
  defineValues({
    size: value.integer({ default: 1, doc }),
    login: value.secret({ doc, keys: { password: doc } }),
  });

function refusal(props: unknown, id = 'shop'): string {
  try {
    new HelmChart(Testing.app(), id, props as HelmChartProps);
    return 'taken';
  } catch (error) {
    if (error instanceof DrydockError) return `${error.code} at ${error.where}`;
    throw error;
  }
}

const with_ = (props: object) => ({ description: 'A shop', ...props });

const TABLE: readonly (readonly [title: string, wrong: unknown, code: string, right: unknown])[] = [
  ['props', undefined, 'PROP_MISSING at shop props', with_({})],
  ['null', null, 'PROP_INVALID at shop props', with_({})],
  ['a number as props', 5, 'PROP_INVALID at shop props', with_({})],
  ['no description', {}, 'PROP_MISSING at shop description', with_({})],
  [
    'a description that is a number',
    { description: 5 },
    'PROP_INVALID at shop description',
    { description: '5' },
  ],
  [
    'an empty description',
    { description: ' ' },
    'PROP_INVALID at shop description',
    { description: 'a\nb: c' },
  ],
  [
    'a version without order',
    with_({ version: 'latest' }),
    'PROP_INVALID at shop version',
    with_({ version: '1.0.0' }),
  ],
  [
    'a version of two numbers',
    with_({ version: '1.0' }),
    'PROP_INVALID at shop version',
    with_({ version: '1.0.0-rc.1+b' }),
  ],
  [
    'a version with a v',
    with_({ version: 'v1.0.0' }),
    'PROP_INVALID at shop version',
    with_({ version: '0.0.0' }),
  ],
  [
    'a version with a zero in front',
    with_({ version: '01.0.0' }),
    'PROP_INVALID at shop version',
    with_({ version: '10.0.0' }),
  ],
  [
    'a version too long for its label',
    with_({ version: `1.0.0-${'a'.repeat(53)}` }),
    'PROP_INVALID at shop version',
    with_({ version: `1.0.0-${'a'.repeat(52)}` }),
  ],
  [
    'a quote in appVersion',
    with_({ appVersion: '1"' }),
    'PROP_INVALID at shop appVersion',
    with_({ appVersion: '1' }),
  ],
  [
    'an appVersion that is a number',
    with_({ appVersion: 1 }),
    'PROP_INVALID at shop appVersion',
    with_({ appVersion: '1+2' }),
  ],
  [
    'an appVersion with a line end',
    with_({ appVersion: '1\n' }),
    'PROP_INVALID at shop appVersion',
    with_({ appVersion: '2026-11_a.b' }),
  ],
  [
    'values that are not declared',
    with_({ values: { size: 1 } }),
    'PROP_INVALID at shop values',
    with_({ values: values() }),
  ],
  [
    'a copy of values',
    with_({ values: { ...values(), parse: 1 } }),
    'NOT_A_VALUE at the values of a chart',
    with_({ values: values() }),
  ],
  [
    'an environment outside of the folder',
    with_({ environments: { 'x/../../../escaped': {} } }),
    'PROP_INVALID at shop environments.x/../../../escaped',
    with_({ environments: { 'x.y_z-1': {} } }),
  ],
  [
    'an environment of two dots',
    with_({ environments: { '..': {} } }),
    'PROP_INVALID at shop environments...',
    with_({ environments: { a: {} } }),
  ],
  [
    'an environment in upper case',
    with_({ environments: { Prod: {} } }),
    'PROP_INVALID at shop environments.Prod',
    with_({ environments: { prod: {} } }),
  ],
  [
    'an environment that is null',
    with_({ environments: { prod: null } }),
    'PROP_INVALID at shop environments.prod',
    with_({ environments: { prod: {} } }),
  ],
  [
    'a secret in an environment',
    with_({ values: values(), environments: { prod: { login: { password: 'x' } } } }),
    'SECRET_IN_ENVIRONMENT at shop environment prod',
    with_({ values: values(), environments: { prod: { login: { existingSecret: 'x' } } } }),
  ],
  [
    'a trial that leads out of its folder',
    with_({ trials: { '../x': {} } }),
    'PROP_INVALID at shop trials.../x',
    with_({ trials: { x: {} } }),
  ],
  [
    'a trial with an unknown value',
    with_({ values: values(), trials: { default: { sizes: 3 } } }),
    'VALUES_INVALID at shop trial default',
    with_({ values: values(), trials: { default: { size: 3, fullnameOverride: 'shop' } } }),
  ],
  [
    'a secret in a trial',
    with_({ values: values(), trials: { default: { login: { password: 'x' } } } }),
    'SECRET_IN_ENVIRONMENT at shop trial default',
    with_({ values: values(), trials: { default: { login: { existingSecret: 'x' } } } }),
  ],
  [
    'a home that is no address',
    with_({ home: 'shop' }),
    'PROP_INVALID at shop home',
    with_({ home: 'https://example.com/shop' }),
  ],
  [
    'a misspelt prop',
    with_({ verison: '1.0.0' }),
    'PROP_UNKNOWN at shop verison',
    with_({ version: '1.0.0' }),
  ],
  ['a name in upper case', with_({ name: 'Shop' }), 'CHART_NAME at shop', with_({ name: 'a-shop' })],
  ['a name that is null', with_({ name: null }), 'PROP_INVALID at shop name', with_({ name: 'end' })],
  ['a name that is a number', with_({ name: 5 }), 'CHART_NAME at shop', with_({ name: 'x5' })],
  [
    'a name too long for a release',
    with_({ name: 'a'.repeat(54) }),
    'CHART_NAME at shop',
    with_({ name: 'a'.repeat(53) }),
  ],
  ['an invalid release', with_({ release: '' }), 'PROP_INVALID at shop release', with_({ release: 'a' })],
];

test.each(TABLE)('%s is refused, its twin is not', (_, wrong, code, right) => {
  expect(refusal(wrong)).toBe(code);
  expect(refusal(right)).toBe('taken');
});

test('the nearest name is told for a misspelt prop', () => {
  expect(() => new HelmChart(Testing.app(), 'shop', with_({ verison: '1.0.0' }) as never)).toThrow(
    /Did you mean version\?/,
  );
});

test('an environment that only every object of JavaScript has is refused, a declared one of that name is not', () => {
  const made = (environments: Record<string, { size?: number }>) =>
    new HelmChart(Testing.app(), 'shop', { description: 'd', values: values(), environments });
  expect(() => made({}).inputs({ env: 'constructor' })).toThrow(
    expect.objectContaining({ code: 'UNKNOWN_ENVIRONMENT' }),
  );
  expect(made({ constructor: { size: 3 } }).values({ env: 'constructor' })).toMatchObject({ size: 3 });
});

test('trials are written as what ct installs, each on top of what is made up', () => {
  const files = (trials?: HelmChartProps<ReturnType<typeof values>>['trials']) => {
    const declared = values();
    const chart = new HelmChart(Testing.app(), 'shop', { description: 'd', values: declared, trials });
    chart.assert(declared.size.gt(0), 'It has a size.');
    const written = Object.entries(Testing.helmChart(chart)).filter(([name]) => name.startsWith('ci/'));
    return Object.fromEntries(written.map(([name, text]) => [name, yaml.parse(text)]));
  };
  const login = { password: 'stand-in-not-a-secret' };
  expect(files()).toEqual({ 'ci/default-values.yaml': { login } });
  expect(files({ small: { size: 3 }, mine: { login: { existingSecret: 'mine' } } })).toEqual({
    'ci/small-values.yaml': { size: 3, login },
    'ci/mine-values.yaml': { login: { existingSecret: 'mine' } },
  });
});

test('a value that is called as something every object has is absent where it is not given', () => {
  const declared = defineValues({
    constructor: value.string({ optional: true, doc }),
    size: value.integer({ default: 1, doc }),
  });
  const chart = new HelmChart(Testing.app(), 'shop', { description: 'd', values: declared });
  expect(chart.values()).toEqual({ size: 1, nameOverride: '', fullnameOverride: '' });
});

test('a secret is no default of a subchart, the name of an existing one is', () => {
  const login = values();
  const secret = { login: { password: 'hunter2' } };
  expect(() => defineValues({ inner: value.subchart(login, { values: secret }) })).toThrow(
    expect.objectContaining({ code: 'SECRET_IN_DEFAULTS', message: expect.not.stringContaining('hunter2') }),
  );
  expect(() =>
    defineValues({ inner: value.subchart(login, { values: { login: { existingSecret: 'mine' } } }) }),
  ).not.toThrow();
});
