import { ApiObject, JsonPatch } from 'cdk8s';
import { Testing } from '../synth';
import type { JsonObject } from '../template';
import { defineValues, value } from '../values';
import { HelmChart } from './helm-chart';

// Expressions that are given to constructs which know nothing of them.

const doc = 'd';

function stock(fill: (values: ReturnType<typeof declared>) => object, patch?: JsonPatch) {
  const values = declared();
  const chart = new HelmChart(Testing.app(), 'shop', { description: 'd', values });
  const object = new ApiObject(chart, 'c', {
    apiVersion: 'example.com/v1',
    kind: 'Thing',
    metadata: { name: 'c' },
    ...fill(values),
  });
  if (patch) object.addJsonPatch(patch);
  return chart;
}

const declared = () =>
  defineValues({
    word: value.string({ default: 'a"b', doc }),
    count: value.integer({ default: 3, doc }),
    labels: value.map(value.string({ doc }), { default: { a: '1' }, doc }),
    list: value.list(value.string({ doc }), { default: ['x'], doc }),
  });
const specOf = (chart: HelmChart) => ((Testing.synth(chart) as JsonObject[])[0] as JsonObject).spec;

test('are what they come to there, each with its type, also nothing beside them', () => {
  const chart = stock(({ word, count, labels, list }) => ({
    spec: { word, count, labels, list, deep: [{ word }], none: null },
  }));
  expect(specOf(chart as never)).toEqual({
    word: 'a"b',
    count: 3,
    labels: { a: '1' },
    list: ['x'],
    deep: [{ word: 'a"b' }],
  });
  const { 'templates/c-thing.yaml': template } = Testing.helmChart(chart as never);
  expect(template).toContain('count: {{ int64 .Values.count }}');
});

test('are there again at each rendering, also in what a map is spread into', () => {
  const chart = stock(({ labels }) => ({ spec: { labels: { ...labels, own: '2' } } }));
  const once = specOf(chart as never);
  expect(once).toEqual({ labels: { a: '1', own: '2' } });
  expect(specOf(chart as never)).toEqual(once);
});

test('that a construct drops are told by their place', () => {
  const chart = stock(({ word }) => ({ spec: { keep: 1, word } }), JsonPatch.remove('/spec/word'));
  expect(() => specOf(chart as never)).toThrow(
    expect.objectContaining({ code: 'VALUE_LOST', where: 'shop/c spec.word' }),
  );
});
