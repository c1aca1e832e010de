import { App } from '../synth';
import type { JsonObject } from '../template';
import { defineValues, value } from '../values';
import { HelmChart } from './helm-chart';

const doc = 'd';

function shop() {
  const values = defineValues({ extra: value.objects({ default: [], doc }) });
  const chart = new HelmChart(new App({ outdir: 'unused' }), 'shop', { description: 'd', values });
  chart.extraObjects(values.extra);
  return chart;
}

const rendered = (extra: readonly JsonObject[]) => {
  const chart = shop();
  return chart.render(chart.inputs({ values: { extra } }));
};
const widget = (kind: string, more: JsonObject = {}) => ({
  apiVersion: 'example.com/v1',
  kind,
  metadata: { name: 'one', labels: { a: '1' } },
  ...more,
});

test('objects that whoever installs adds are in the release as they were given, none by default', () => {
  expect(shop().toJson()).toEqual([]);
  const given = [widget('Widget', { spec: { size: 1.5, on: true } }), widget('Gadget')];
  expect(rendered(given)).toEqual(given);
});

test('two of one kind and name are refused', () => {
  expect(() => rendered([widget('Widget'), widget('Widget', { spec: {} })])).toThrow(
    expect.objectContaining({ code: 'DUPLICATE_OBJECT', where: 'shop/extra-object' }),
  );
});

test.each<[string, JsonObject, string]>([
  ['no name', { ...widget('Widget'), metadata: {} }, 'extra[0].metadata.name'],
  ['no kind', { apiVersion: 'v1', metadata: { name: 'a' } }, 'extra[0].kind'],
  ['an apiVersion that is none', { ...widget('Widget'), apiVersion: '1' }, 'extra[0].apiVersion'],
  [
    'a label that is a number',
    { ...widget('Widget'), metadata: { name: 'a', labels: { b: 1 } } },
    'labels.b',
  ],
  ['a null', widget('Widget', { spec: null }), 'extra[0].spec'],
])('an object with %s is refused by its place', (_what, given, place) => {
  expect(() => rendered([given])).toThrow(expect.objectContaining({ code: 'VALUES_INVALID' }));
  expect(() => rendered([given])).toThrow(place);
});

test('only values that are declared as objects are taken', () => {
  const values = defineValues({ extra: value.list(value.string({ doc }), { default: [], doc }) });
  const chart = new HelmChart(new App({ outdir: 'unused' }), 'shop', { description: 'd', values });
  expect(() => chart.extraObjects(values.extra as never)).toThrow(
    expect.objectContaining({ code: 'WRONG_USE', where: 'shop extraObjects' }),
  );
});
