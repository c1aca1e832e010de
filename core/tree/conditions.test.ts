import { Testing } from '../synth';
import { text } from '../template';
import { defineValues, value } from '../values';
import { forEach, when } from './conditions';
import { HelmChart } from './helm-chart';
import { KubeObject } from './kube-object';

const values = defineValues({
  debug: value.boolean({ default: false, doc: 'd' }),
  names: value.list(value.dnsName({ doc: 'd' }), { default: ['a', 'b'], doc: 'd' }),
});

function chart(): HelmChart {
  return new HelmChart(Testing.app(), 'shop', { description: 'd', values });
}

function config(scope: HelmChart, id: string, name: unknown = id): KubeObject {
  return new KubeObject(scope, id, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
}

const { debug, names } = values;

test.each([
  ['when', 'a value', (scope: HelmChart) => when(debug, async () => void config(scope, 'a'))],
  ['when', 'true', (scope: HelmChart) => when(true, async () => void config(scope, 'a'))],
  ['forEach', 'a value', (scope: HelmChart) => forEach(names, async (one) => void config(scope, 'a', one))],
  ['forEach', 'an array', (scope: HelmChart) => forEach(['x'], async () => void config(scope, 'a'))],
  [
    'when',
    'a value, deep inside',
    (scope: HelmChart) => when(debug, () => forEach(names, async (one) => void config(scope, 'a', one))),
  ],
])('%s over %s refuses an async callback: what it makes after an await would be unguarded', (_, __, use) => {
  expect(() => use(chart())).toThrow(
    expect.objectContaining({ code: 'WRONG_USE', found: expect.stringContaining('async') }),
  );
});

test.each([
  [
    'when',
    (scope: HelmChart) =>
      when(debug, function* () {
        yield config(scope, 'a');
      }),
  ],
  [
    'forEach',
    (scope: HelmChart) =>
      forEach(names, function* (one) {
        yield config(scope, 'a', one);
      }),
  ],
])('%s refuses a generator, of which nothing would be made', (_, use) => {
  expect(() => use(chart())).toThrow(expect.objectContaining({ code: 'WRONG_USE' }));
});

test('a refused callback leaves no guard behind: the next construct is unconditional', () => {
  const scope = chart();
  expect(() => when(debug, async () => {})).toThrow();
  config(scope, 'later');
  expect(Testing.synth(scope)).toHaveLength(1);
});

test('an ordinary callback may return anything, an expression too', () => {
  const scope = chart();
  expect(when(debug, () => debug)).toBe(debug);
  expect(when(true, () => config(scope, 'made'))).toBeInstanceOf(KubeObject);
  expect(when(false, () => config(scope, 'not-made'))).toBeUndefined();
  when(debug, () => config(scope, 'guarded'));
  forEach(names, (one) => config(scope, 'each', text`x-${one}`));
  const made = (given: object) =>
    Testing.synth(scope, { values: given as never }).map((one) => (one as never as Named).metadata.name);
  expect(made({})).toEqual(['made', 'x-a', 'x-b']);
  expect(made({ debug: true, names: [] })).toEqual(['made', 'guarded']);
});

interface Named {
  readonly metadata: { readonly name: string };
}
