import { JsonPatch } from 'cdk8s';
import { App, Testing } from '../synth';
import type { JsonObject } from '../template';
import { defineValues, value } from '../values';
import { HelmChart } from './helm-chart';
import { type KubeManifest, KubeObject } from './kube-object';

const values = defineValues({
  flag: value.boolean({ default: true, doc: 'A flag' }),
  labels: value.map(value.string({ doc: 'A label' }), { default: { own: 'a' }, doc: 'Labels' }),
});

function patched(...operations: JsonPatch[]): JsonObject {
  const chart = new HelmChart(new App({ outdir: 'unused' }), 'chart', { description: 'test', values });
  const object = new KubeObject<KubeManifest>(chart, 'object', {
    apiVersion: 'v1',
    kind: 'Thing',
    metadata: { name: 'thing', labels: { ...values.labels, fixed: 'b' } },
    spec: {
      list: [{ name: 'a' }, { name: 'b' }],
      chosen: values.flag.then({ yes: 1 }, { no: 2 }),
      helper: chart.helper('part', { x: 'y' }),
    },
  } as never);
  object.addJsonPatch(...operations);
  return (Testing.synth(chart) as JsonObject[])[0] as JsonObject;
}

const spec = (object: JsonObject) => object.spec as JsonObject;

test('a leaf is replaced, added and removed, in maps and lists', () => {
  const result = patched(
    JsonPatch.replace('/spec/list/0/name', 'z'),
    JsonPatch.add('/spec/list/-', { name: 'c' }),
    JsonPatch.add('/spec/list/0', { name: 'first' }),
    JsonPatch.remove('/spec/list/2'),
    JsonPatch.add('/spec/a~1b', 'slash'),
  );
  expect(spec(result)).toMatchObject({
    list: [{ name: 'first' }, { name: 'z' }, { name: 'c' }],
    'a/b': 'slash',
  });
});

test('what is added may be an expression', () => {
  expect(spec(patched(JsonPatch.add('/spec/flag', values.flag)))).toMatchObject({ flag: true });
});

test('a patch reaches into both sides of a condition, and beside a spread map', () => {
  const result = patched(
    JsonPatch.replace('/spec/chosen/yes', 9),
    JsonPatch.add('/metadata/labels/new', 'c'),
    JsonPatch.remove('/metadata/labels/fixed'),
    JsonPatch.add('/spec/helper/z', 'w'),
  );
  expect(spec(result)).toMatchObject({ chosen: { yes: 9 }, helper: { x: 'y', z: 'w' } });
  expect(result.metadata).toEqual({ name: 'thing', labels: { own: 'a', new: 'c' } });
});

test('a value moves and is copied', () => {
  const result = patched(
    JsonPatch.move('/spec/list/0', '/spec/moved'),
    JsonPatch.copy('/spec/list/0', '/spec/copied'),
  );
  expect(spec(result)).toMatchObject({ list: [{ name: 'b' }], moved: { name: 'a' }, copied: { name: 'b' } });
});

test.each([
  ['a path that is not there', JsonPatch.remove('/spec/missing')],
  ['a path below a leaf', JsonPatch.replace('/spec/list/0/name/deep', 1)],
  ['a list position past the end', JsonPatch.replace('/spec/list/2', 1)],
  ['the inside of a map that is given at installation', JsonPatch.replace('/metadata/labels/own', 'x')],
  ['a path that is no pointer', JsonPatch.remove('spec')],
  ['a test operation', JsonPatch.test('/spec/list', [])],
])('refuses %s and names the object', (_, operation) => {
  expect(() => patched(operation)).toThrow(
    expect.objectContaining({ code: 'PATCH_PATH', where: expect.stringContaining('chart/object') }),
  );
});
