import { App } from '../../core/synth';
import { HelmChart, type KubeManifest, KubeObject } from '../../core/tree';
import { defineValues, value } from '../../core/values';
import { LawEngine } from './engine';
import { HelmLaw } from './helm-law';

const values = defineValues({
  labels: value.map(value.string({ doc: 'A label' }), { default: {}, doc: 'Labels' }),
  list: value.list(value.string({ doc: 'An entry' }), { default: [], doc: 'A list' }),
  flag: value.boolean({ default: false, doc: 'A flag' }),
});

function chartWithSpreads(): HelmChart {
  const chart = new HelmChart(new App({ outdir: 'unused' }), 'spread', { description: 'test', values });
  const helper = chart.helper<Readonly<Record<string, string>>>('fixed', {
    fixed: 'helper',
    other: 'helper',
  });
  new KubeObject<KubeManifest>(chart, 'object', {
    apiVersion: 'example.com/v1',
    kind: 'Thing',
    metadata: { name: 'thing' },
    spec: {
      helperAndOwn: { ...helper, added: 'own' },
      ownInsteadOfHelper: { ...helper, fixed: 'own' },
      givenBeforeHelper: { ...values.labels, ...helper, own: 'own' },
      onlyGiven: [...values.list],
      conditionalEntry: [values.flag.then({ name: 'a', more: 'b' }), 'always'],
    },
  } as never);
  return chart;
}

describe.each(['helm-4', 'helm-3'] as const)('under %s', (version) => {
  let engine: LawEngine;
  let law: HelmLaw;
  beforeAll(async () => {
    engine = await LawEngine.start(version);
    law = await HelmLaw.of(chartWithSpreads(), engine);
  }, 600_000);
  afterAll(() => engine?.stop());

  test.each([
    ['nothing given: a list of given entries alone is empty, not null', {}],
    [
      'a given map that holds keys of the helper spread after it',
      { labels: { fixed: 'given', free: 'given' } },
    ],
    ['entries and a condition that holds', { list: ['a', '1e3'], flag: true }],
  ])('spread maps, helpers and lists mean the same with %s', async (_, given) => {
    expect(await law.expect({ values: given })).toBe('equal');
  });
});
