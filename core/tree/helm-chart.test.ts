import { ApiObject, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { Testing } from '../synth';
import { evaluate, type JsonObject, NODE } from '../template';
import { type DeclaredValues, defineValues, value } from '../values';
import { chartLabels } from './chart-labels';
import type { SynthInputs } from './chart-view';
import { forEach, when } from './conditions';
import { HelmChart } from './helm-chart';
import type { HelmChartProps } from './helm-chart-props';
import { KubeObject } from './kube-object';

const doc = 'd';

function shop(props: Partial<HelmChartProps<DeclaredValues>> = {}): HelmChart {
  return new HelmChart(Testing.app(), 'shop', { description: 'd', ...props }) as HelmChart;
}

function add(chart: HelmChart, kind: string, name: unknown, id = kind): KubeObject {
  return new KubeObject(chart, id, { apiVersion: 'v1', kind, metadata: { name: name as string } });
}

const namesOf = (chart: HelmChart, given: SynthInputs = {}) =>
  (Testing.synth(chart, given) as JsonObject[]).map(({ metadata }) => (metadata as JsonObject).name);

describe('names', () => {
  const named = (...suffixes: readonly string[]) => {
    const chart = shop();
    for (const suffix of suffixes) add(chart, 'ConfigMap', chart.nameFor(suffix), `c-${suffix}`);
    return chart;
  };

  test.each<[string, SynthInputs, string]>([
    ['a release that is called as the chart', {}, 'shop'],
    ['a release with the name of the chart in its own', { release: { name: 'my-shop-1' } }, 'my-shop-1'],
    ['another release', { release: { name: 'prod' } }, 'prod-shop'],
    ['another name for the chart', { values: { nameOverride: 'store' } }, 'shop-store'],
    ['another name that the release holds', { values: { nameOverride: 'sho' } }, 'shop'],
    ['another name for all', { values: { fullnameOverride: 'all', nameOverride: 'x' } }, 'all'],
  ])('begin, for %s, with what helm charts begin them with', (_what, given, start) => {
    expect(namesOf(named('', 'web'), given)).toEqual([start, `${start}-web`]);
  });

  test('of objects without one come from the construct path', () => {
    const chart = shop();
    const outer = new Construct(chart, 'Outer');
    new ApiObject(new Construct(outer, 'My Web_1'), 'Resource', { apiVersion: 'v1', kind: 'ConfigMap' });
    new ApiObject(new Construct(chart, 'plain'), 'Default', { apiVersion: 'v1', kind: 'ConfigMap' });
    expect(namesOf(chart)).toEqual(['shop-outer-myweb1', 'shop-plain']);
  });

  const outcome = (kind: string, suffix: string, start: number) => {
    const chart = shop();
    add(chart, kind, chart.nameFor(suffix));
    try {
      return namesOf(chart, { values: { fullnameOverride: 'a'.repeat(start) } }).length;
    } catch (error) {
      return (error as { expected: string }).expected;
    }
  };

  test.each([
    ['Service', 'web', 59],
    ['Deployment', 'x', 61],
    ['DaemonSet', 'x', 61],
    ['ReplicaSet', 'x', 61],
    ['Pod', 'x', 61],
    ['Job', 'x', 61],
    ['CronJob', '', 52],
    ['StatefulSet', 'db', 49],
  ])('of a %s are not too long, and never cut', (kind, suffix, most) => {
    expect(outcome(kind, suffix, most)).toBe(1);
    expect(outcome(kind, suffix, most + 1)).toBe(
      `The names of this release would be too long: they may begin with at most ${most} characters (for ${kind} ...${suffix && `-${suffix}`}). Use a shorter release name, or set fullnameOverride.`,
    );
  });

  test('the longest of several decides', () => {
    const chart = shop();
    for (const suffix of ['a', 'longest', 'long']) add(chart, 'Service', chart.nameFor(suffix), suffix);
    expect(chart.inputs()).toBeDefined();
    expect(() => namesOf(chart, { values: { fullnameOverride: 'a'.repeat(56) } })).toThrow(
      /at most 55 characters \(for Service \.\.\.-longest\)/,
    );
  });
});

describe('what an installation has to meet', () => {
  const values = () => defineValues({ size: value.integer({ default: 1, doc }) });

  test('is asked of values, and told with the message of the chart', () => {
    const declared = values();
    const chart = shop({ values: declared });
    chart.assert(declared.size.lt(5), 'It is small.');
    expect(namesOf(chart)).toEqual([]);
    expect(() => namesOf(chart, { values: { size: 5 } })).toThrow(
      expect.objectContaining({
        code: 'ASSERTION_FAILED',
        where: 'shop',
        found: 'values that the chart refuses',
        expected: 'It is small.',
        remedy: 'Change the values.',
      }),
    );
  });

  test('may be for charts alone: plain YAML does without', () => {
    const declared = values();
    const chart = shop({ values: declared });
    chart.assert(declared.size.gt(5), 'Set it.', { onlyInCharts: true });
    expect(chart.render(chart.inputs())).toEqual([]);
    expect(() => chart.render(chart.inputs(), 'helm')).toThrow(/Set it/);
  });

  test('is a validation of the program where it is known', () => {
    const validated = (cond: boolean, onlyInCharts?: boolean) => {
      const chart = shop();
      chart.assert(cond, 'No.', onlyInCharts === undefined ? undefined : { onlyInCharts });
      return chart.node.validate();
    };
    expect([validated(false), validated(true), validated(false, true), validated(false, false)]).toEqual([
      ['No.'],
      [],
      [],
      ['No.'],
    ]);
  });
});

describe('a declared secret', () => {
  const declared = () =>
    defineValues({ dbLogin: { main_user: value.secret({ doc, keys: { name: doc, 'p.word': doc } }) } });
  const made = () => {
    const values = declared();
    const chart = shop({ values });
    const { name, key } = chart.secretKeyRef(values.dbLogin.main_user.key('p.word'));
    new KubeObject(chart, 'c', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'c' },
      data: { name, key },
    } as never);
    return chart;
  };
  const synth = (secret: JsonObject) => {
    const chart = made();
    return chart.render(chart.inputs({ values: { dbLogin: { main_user: secret } } }), 'helm');
  };
  const both = { name: 'a', 'p.word': 'b' };

  test('is a Secret of the chart where every key is given', () => {
    expect(synth(both)).toEqual([
      expect.objectContaining({
        kind: 'Secret',
        type: 'Opaque',
        metadata: {
          name: 'shop-db-login-main-user',
          labels: {
            'app.kubernetes.io/component': 'db-login-main-user',
            'app.kubernetes.io/instance': 'shop',
            'app.kubernetes.io/managed-by': 'drydock',
            'app.kubernetes.io/name': 'shop',
            'app.kubernetes.io/part-of': 'shop',
            'app.kubernetes.io/version': '0.1.0',
          },
        },
        stringData: both,
      }),
      expect.objectContaining({ data: { name: 'shop-db-login-main-user', key: 'p.word' } }),
    ]);
  });

  test('is one that exists where its name is given, also beside keys', () => {
    for (const secret of [{ existingSecret: 'mine' }, { ...both, existingSecret: 'mine' }])
      expect(synth(secret)).toEqual([expect.objectContaining({ data: { name: 'mine', key: 'p.word' } })]);
  });

  test.each<[JsonObject]>([[{}], [{ name: 'a' }], [{ 'p.word': 'b' }]])(
    'given as %j alone is refused in a chart',
    (secret) => {
      expect(() => synth(secret)).toThrow(
        /Set dbLogin\.main_user\.name, dbLogin\.main_user\.p\.word, or set dbLogin\.main_user\.existingSecret to the name of a Secret that has the keys name, p\.word\./,
      );
    },
  );

  test('is referred to by name in plain YAML, which holds no Secret', () => {
    expect(Testing.synth(made())).toEqual([
      expect.objectContaining({
        kind: 'ConfigMap',
        data: { name: 'shop-db-login-main-user', key: 'p.word' },
      }),
    ]);
  });
});

test('labels say the chart and its version only where helm installs it, a plus as an underscore', () => {
  const chart = shop({ version: '1.2.3+b', appVersion: '4+5', partOf: 'mall' });
  const labelsFor = (service?: string) =>
    evaluate(
      chartLabels(chart).all[NODE],
      chart.inputs({ release: { name: 'r', ...(service && { service }) } }),
    );
  const common = {
    'app.kubernetes.io/name': 'shop',
    'app.kubernetes.io/instance': 'r',
    'app.kubernetes.io/part-of': 'mall',
    'app.kubernetes.io/version': '4_5',
  };
  expect(labelsFor()).toEqual({ ...common, 'app.kubernetes.io/managed-by': 'drydock' });
  expect(labelsFor('Helm')).toEqual({
    ...common,
    'app.kubernetes.io/managed-by': 'Helm',
    'helm.sh/chart': 'shop-1.2.3_b',
  });
});

describe('objects under conditions and in loops', () => {
  const values = () =>
    defineValues({
      on: value.boolean({ default: true, doc }),
      names: value.list(value.dnsName({ doc }), { default: ['a', 'b'], doc }),
      flags: value.list(value.boolean({ doc }), { default: [true, false], doc }),
    });

  test('are there where the condition holds, once for each entry', () => {
    const declared = values();
    const chart = shop({ values: declared });
    when(declared.on, () =>
      forEach(declared.names, (name) => {
        add(chart, 'ConfigMap', name);
      }),
    );
    expect(namesOf(chart)).toEqual(['a', 'b']);
    expect(namesOf(chart, { values: { on: false } })).toEqual([]);
    expect(namesOf(chart, { values: { names: [] } })).toEqual([]);
  });

  test('a condition inside a loop is asked of each entry', () => {
    const declared = values();
    const chart = shop({ values: declared });
    forEach(declared.flags, (flag) => {
      when(flag, () => add(chart, 'ConfigMap', 'only'));
    });
    expect(namesOf(chart)).toEqual(['only']);
    expect(namesOf(chart, { values: { flags: [false] } })).toEqual([]);
  });

  test('two entries of one name are refused, for one object would be silently in the place of the other', () => {
    const declared = values();
    const chart = shop({ values: declared });
    forEach(declared.names, (name) => {
      add(chart, 'ConfigMap', name);
    });
    expect(() => namesOf(chart, { values: { names: ['a', 'b', 'a'] } })).toThrow(
      expect.objectContaining({
        code: 'DUPLICATE_OBJECT',
        where: 'shop/ConfigMap',
        found: 'the name a for two entries of the loop',
      }),
    );
  });

  test('one alone cannot be asked for its JSON, one without conditions can', () => {
    const declared = values();
    const chart = shop({ values: declared });
    const guarded = when(declared.on, () => add(chart, 'ConfigMap', 'a')) as KubeObject;
    const free = add(chart, 'Secret', 'b');
    expect(() => guarded.toJson()).toThrow(
      expect.objectContaining({ code: 'GUARDED_OBJECT', where: 'shop/ConfigMap' }),
    );
    expect(free.toJson()).toEqual({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'b' } });
  });

  test('what a condition made is under it wherever it lands, and nothing after it', () => {
    const declared = values();
    const chart = shop({ values: declared });
    expect(() =>
      when(declared.on, () => {
        add(chart, 'ConfigMap', 'in');
        throw new Error('on its way');
      }),
    ).toThrow('on its way');
    add(chart, 'Secret', 'out');
    expect(namesOf(chart, { values: { on: false } })).toEqual(['out']);
  });
});

test('a chart knows what it is, and a stock Chart is none', () => {
  const chart = shop();
  expect([chart instanceof HelmChart, HelmChart.isHelmChart(chart), chart.isInstalled]).toEqual([
    true,
    true,
    true,
  ]);
  const others = [new Chart(Testing.app(), 'a'), null, undefined, 'x', {}];
  expect(others.map((one) => HelmChart.isHelmChart(one))).toEqual([false, false, false, false, false]);
});

test('of a helper that no template can spread the line of the program is told', () => {
  const declared = defineValues({ maybe: value.string({ optional: true, doc }) });
  const chart = shop({ values: declared });
  const part = chart.helper('part', { a: declared.maybe as never, b: 'x' });
  new KubeObject(chart, 'config', {
    ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } },
    data: { own: 'x', ...part },
  });
  expect(() => Testing.helmChart(chart)).toThrow(
    expect.objectContaining({
      code: 'CANNOT_PRINT',
      line: expect.stringMatching(/helm-chart\.test\.ts:\d+$/),
    }),
  );
});
