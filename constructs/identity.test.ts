import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { App, Testing } from '../core/synth';
import { type JsonObject, text } from '../core/template';
import { HelmChart, KubeObject, when } from '../core/tree';
import { defineValues, value } from '../core/values';
import { identityOf, labelsFor, withLabels } from './identity';

const values = defineValues({
  flag: value.boolean({ default: true, doc: 'd' }),
  tier: value.string({ default: 'gold', doc: 'd' }),
  more: value.map(value.string({ doc: 'd' }), { default: {}, doc: 'd' }),
});
const app = () => new App({ outdir: 'unused' });
const helmChart = () => new HelmChart(app(), 'shop', { description: 'd', values });

/** What is written of some metadata. */
function written(chart: Chart, metadata: object, given: JsonObject = {}) {
  new KubeObject(chart, `written${chart.node.children.length}`, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'x', ...metadata },
  });
  const objects = Testing.synth(chart as HelmChart, { values: given }) as JsonObject[];
  return objects.at(-1)?.metadata as { readonly name: string; readonly labels: Record<string, string> };
}

test('a component of a HelmChart is named after the release, and the one that the chart is about bears its name alone', () => {
  const named = (id: string) => {
    const chart = helmChart();
    return written(chart, { name: identityOf(new Construct(chart, id)).name }).name;
  };
  expect(named('web')).toBe('shop-web');
  expect(named('shop')).toBe('shop');
});

test('a component of a stock chart is named after the chart', () => {
  expect(identityOf(new Construct(new Chart(app(), 'shop'), 'web')).name).toBe('shop-web');
});

test('a given name takes the place of the id, and may hold values', () => {
  const chart = helmChart();
  const one = identityOf(new Construct(chart, 'web'), 'front');
  const other = identityOf(new Construct(chart, 'db'), text`${values.tier}-db`);
  expect(written(chart, { name: text`${one.name}.${other.name}` }).name).toBe('shop-front.shop-gold-db');
});

test.each(['Web', '-web', 'web-', 'we b', 'a.b', 'x'.repeat(64)])('the name "%s" is refused', (id) => {
  expect(() => identityOf(new Construct(helmChart(), id))).toThrow(/NAME_INVALID at shop\/.* id: found /);
});

test.each(['w', 'web-1', '1', 'x'.repeat(63)])('the name "%s" is taken', (id) => {
  expect(() => identityOf(new Construct(helmChart(), id))).not.toThrow();
});

test('two components of one chart have two names, unless both are under conditions; in two charts they may have one', () => {
  const chart = helmChart();
  identityOf(new Construct(chart, 'web'));
  expect(() => identityOf(new Construct(chart, 'other'), 'web')).toThrow(
    /NAME_TAKEN .* which shop\/web has already/,
  );
  identityOf(new Construct(helmChart(), 'web'));
  const apart = helmChart();
  when(values.flag, () => identityOf(new Construct(apart, 'web')));
  when(values.flag.not(), () => identityOf(new Construct(apart, 'other'), 'web'));
  expect(() => identityOf(new Construct(apart, 'third'), 'web')).toThrow(/NAME_TAKEN/);
});

test('selectors have what never changes; pods have no version, and metadata has all', () => {
  const chart = helmChart();
  const { selectorLabels, podLabels, labels } = identityOf(new Construct(chart, 'web'));
  const of = (some: object) => Object.keys(written(chart, { labels: some }).labels).sort();
  const selector = of(selectorLabels);
  expect(selector).toEqual([
    'app.kubernetes.io/component',
    'app.kubernetes.io/instance',
    'app.kubernetes.io/name',
  ]);
  expect(of(podLabels)).toEqual([...selector, 'app.kubernetes.io/part-of']);
  expect(of(labels)).toEqual(
    expect.arrayContaining(['app.kubernetes.io/managed-by', 'app.kubernetes.io/version']),
  );
});

test('labels for a foreign object are texts, the same that a component has', () => {
  const stock = labelsFor(new Chart(app(), 'shop'), 'secrets');
  expect(stock).toEqual({
    'app.kubernetes.io/component': 'secrets',
    'app.kubernetes.io/name': 'shop',
    'app.kubernetes.io/instance': 'shop',
    'app.kubernetes.io/part-of': 'shop',
  });
  const chart = helmChart();
  const labels = labelsFor(chart, 'secrets');
  for (const label of Object.values(labels)) expect(typeof label).toBe('string');
  const own = identityOf(new Construct(chart, 'secrets')).labels;
  expect(written(chart, { labels }).labels).toEqual(written(chart, { labels: own }).labels);
});

test('labels of the user stand beside ours, and do not take the place of one', () => {
  const own = { app: 'ours', tier: 'ours' };
  expect(withLabels(undefined, own)).toBe(own);
  expect(withLabels({ app: 'theirs', team: 'x' }, own)).toEqual({ team: 'x', ...own });
  expect(Object.keys(withLabels({ app: 'theirs', team: 'x' }, own))).toEqual(['team', 'app', 'tier']);
  for (const more of [values.more, { ...values.more }]) {
    const chart = helmChart();
    const labels = withLabels(more as never, own);
    expect(written(chart, { labels }, { more: { app: 'theirs', team: 'x' } }).labels).toMatchObject({
      team: 'x',
      ...own,
    });
  }
});
