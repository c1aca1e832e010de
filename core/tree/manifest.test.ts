import { ApiObject, Chart, JsonPatch } from 'cdk8s';
import { Testing } from '../synth';
import { defineValues, value } from '../values';
import { HelmChart } from './helm-chart';
import { KubeObject } from './kube-object';

const values = defineValues({ kind: value.string({ default: 'ConfigMap', doc: 'd' }) });

function chart(): HelmChart {
  return new HelmChart(Testing.app(), 'shop', { description: 'd', values });
}

const whole = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };

test.each([
  ['no kind', { apiVersion: 'v1', metadata: { name: 'a' } }, 'an object without kind'],
  ['no apiVersion', { kind: 'ConfigMap' }, 'an object without apiVersion'],
  ['an empty kind', { ...whole, kind: '' }, 'an object whose kind is empty'],
  ['a number as kind', { ...whole, kind: 5 }, 'an object whose kind is 5'],
  ['null as kind', { ...whole, kind: null }, 'an object without kind'],
  ['a value as kind', { ...whole, kind: values.kind }, 'an object whose kind is no plain text'],
  ['metadata that is a text', { ...whole, metadata: 'a' }, 'metadata that is no map'],
  ['metadata that is a list', { ...whole, metadata: [] }, 'metadata that is no map'],
  ['a list', [whole], 'no map of fields'],
  ['nothing', undefined, 'no map of fields'],
  ['a text', 'ConfigMap', 'no map of fields'],
])('a KubeObject with %s is refused where it is made, given or rendered', (_, manifest, found) => {
  const refusal = expect.objectContaining({ code: 'NO_OBJECT', where: 'shop/a', found });
  expect(() => new KubeObject(chart(), 'a', manifest as never)).toThrow(refusal);
  expect(() => new KubeObject(chart(), 'a', () => manifest as never)).toThrow(refusal);
  expect(() => new KubeObject(chart(), 'a', whole)).not.toThrow();
});

const cuts = [
  ['kind', JsonPatch.remove('/kind')],
  ['apiVersion', JsonPatch.remove('/apiVersion')],
  ['kind', JsonPatch.replace('/kind', '')],
] as const;

test.each(cuts)('a patch that takes %s away is refused instead of dropping the object', (_, patch) => {
  const ours = chart();
  new KubeObject(ours, 'a', whole).addJsonPatch(patch);
  expect(() => Testing.synth(ours)).toThrow(expect.objectContaining({ code: 'NO_OBJECT', where: 'shop/a' }));
  const foreign = chart();
  new ApiObject(foreign, 'a', whole).addJsonPatch(patch);
  expect(() => Testing.synth(foreign)).toThrow(
    expect.objectContaining({ code: 'NO_OBJECT', where: 'shop/a' }),
  );
  const kept = chart();
  new KubeObject(kept, 'a', whole).addJsonPatch(JsonPatch.replace('/kind', 'Secret'));
  expect(Testing.synth(kept)).toMatchObject([{ kind: 'Secret' }]);
});

test('outside of a HelmChart a patch does what stock cdk8s lets it do', () => {
  const stock = new Chart(Testing.app(), 'stock');
  new ApiObject(stock, 'a', whole).addJsonPatch(JsonPatch.remove('/kind'));
  expect(Testing.synth(stock)).toEqual([{ apiVersion: 'v1', metadata: { name: 'a' } }]);
});

test('an expression in a patch of a foreign object is refused with the way that works', () => {
  const make = (given: unknown) => {
    const inside = chart();
    new ApiObject(inside, 'a', whole).addJsonPatch(JsonPatch.add('/data', { kind: given }));
    return Testing.synth(inside);
  };
  expect(() => make(values.kind)).toThrow(/WRONG_USE .*asString\(\)/);
  expect(make(values.kind.asString())).toMatchObject([{ data: { kind: 'ConfigMap' } }]);
});
