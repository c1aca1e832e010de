import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { Testing } from '../core/synth';
import type { JsonObject } from '../core/template';
import { forEach, HelmChart, KubeObject, release, when } from '../core/tree';
import { defineValues, value } from '../core/values';
import type { Condition } from './condition';
import { requireThat } from './require';

const values = defineValues({
  low: value.integer({ default: 1, doc: 'd' }),
  high: value.integer({ default: 2, doc: 'd' }),
  on: value.boolean({ default: true, doc: 'd' }),
  names: value.map(value.string({ doc: 'd' }), { default: { a: 'x' }, doc: 'd' }),
});
const WORDS = {
  code: 'PROP_INVALID',
  prop: 'size',
  found: '5',
  expected: 'less',
  remedy: 'Give less.',
} as const;

/** A chart in which this is required, as it is installed with these values. */
function installed(make: (chart: HelmChart) => void, given: JsonObject = {}): () => unknown {
  const chart = new HelmChart(Testing.app(), 'shop', { description: 'd', values });
  new KubeObject(chart, 'c', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } });
  make(chart);
  return () => Testing.synth(chart, { values: given });
}
const requirePart = (scope: Construct, condition: Condition) =>
  requireThat(new Construct(scope, 'part'), condition, WORDS);
const below = () => values.low.lt(values.high);

test('what is known now is refused at once, or not at all', () => {
  const chart = new Chart(Testing.app(), 'shop');
  expect(() => requirePart(chart, true)).not.toThrow();
  expect(() => requireThat(chart, false, WORDS)).toThrow(
    'PROP_INVALID at shop size: found 5; expected less. Give less.',
  );
});

test('what values decide is refused when the chart is installed, with the values that decided', () => {
  const make = (chart: HelmChart) => requirePart(chart, below());
  expect(installed(make)).not.toThrow();
  expect(installed(make, { low: 3 })).toThrow(
    'PROP_INVALID at shop/part size: found what was given for low and high, expected less. Give less.',
  );
});

test('what no value decides is told without one', () => {
  const make = (chart: HelmChart) => requirePart(chart, release.name.equals('other'));
  expect(installed(make)).toThrow('PROP_INVALID at shop/part size: found something else, expected less.');
});

test('nothing is required of what is not installed', () => {
  const make = (chart: HelmChart) => {
    when(values.on, () => requirePart(chart, below()));
  };
  expect(installed(make, { low: 3 })).toThrow('PROP_INVALID');
  expect(installed(make, { low: 3, on: false })).not.toThrow();
});

test('in a loop, and in a chart without values, nothing can be asked later', () => {
  const make = (chart: HelmChart) => {
    forEach(values.names, () => requirePart(chart, below()));
  };
  expect(installed(make, { low: 3 })).not.toThrow();
  expect(() => requirePart(new Chart(Testing.app(), 'shop'), below())).not.toThrow();
});
