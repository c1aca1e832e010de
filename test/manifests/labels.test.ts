import { CiFixerChart, TodoSecretsChart, TodoStackChart } from '../../charts';
import { SecureService } from '../../constructs';
import { Testing } from '../../core/synth';
import type { JsonObject } from '../../core/template';
import { HelmChart } from '../../core/tree';
import { objectsOf, type Subject, subjects } from './subjects';

type Labels = Readonly<Record<string, string>>;
interface Labelled {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Labels };
  readonly spec?: {
    readonly selector?: Labels | { readonly matchLabels: Labels };
    readonly podSelector?: { readonly matchLabels?: Labels };
    readonly template?: { readonly metadata: { readonly labels: Labels } };
  };
}

const SELECTED = ['component', 'instance', 'name'].map((key) => `app.kubernetes.io/${key}`);
/** Charts that are installed one by one know each other by the stack, which is as lasting as a release. */
const OF_A_STACK = ['app.kubernetes.io/component', 'todo.drydock.dev/stack'];
const ALL = [
  ...SELECTED,
  ...['managed-by', 'part-of', 'version'].map((key) => `app.kubernetes.io/${key}`),
  'helm.sh/chart',
];
/** Helm takes definitions of resources as they are, so nothing in them can say which release they came with. */
const isTemplate = ({ kind }: Labelled) => kind !== 'CustomResourceDefinition';
/** What tells the objects of one chart from those of another is not what a program adds of its own. */
const isOurs = (key: string) => /^(app\.kubernetes\.io|helm\.sh)\//.test(key);

const given = (chart: HelmChart, values: JsonObject): Subject => ({
  name: `${chart.chartName}-secrets`,
  chart,
  values,
});
const everywhere: readonly Subject[] = [
  ...subjects(),
  given(new CiFixerChart(Testing.app()), { credentials: { LLM_API_KEY: 'a', TENANTS: 'b' } }),
  given(new TodoStackChart(Testing.app()), {
    frontend: { secrets: { BETTER_AUTH_SECRET: 'a' } },
    backend: { secrets: { BETTER_AUTH_SECRET: 'a', DATABASE_URL: 'b' } },
    'ai-agent': { secrets: { OPENAI_API_KEY: 'c' } },
  }),
  given(new TodoSecretsChart(Testing.app()), {}),
];

describe.each(everywhere.map((subject) => [subject.name, subject] as const))('%s', (_, subject) => {
  const objects = (objectsOf(subject) as unknown as Labelled[]).filter(isTemplate);

  test('has all labels of the convention on every object, the inline Secrets and ConfigMaps among them', () => {
    const found = objects.map(({ kind, metadata }) => ({
      object: `${kind} ${metadata.name}`,
      keys: Object.keys(metadata.labels ?? {})
        .filter(isOurs)
        .sort(),
    }));
    expect(found).toEqual(found.map(({ object }) => ({ object, keys: [...ALL].sort() })));
  });

  test('selects by what never changes over the life of a release, and only what is meant', () => {
    const workloads = objects.filter(({ spec }) => spec?.template && spec.selector);
    const pods = workloads.map(({ spec }) => spec?.template?.metadata.labels as Labels);
    const selectors = objects.map(selectorOf).filter((labels) => labels !== undefined);
    expect(workloads.length === 0 || selectors.length > workloads.length).toBe(true);
    for (const selector of selectors) {
      expect([SELECTED, OF_A_STACK]).toContainEqual(Object.keys(selector).sort());
      const chosen = pods.filter((labels) =>
        Object.entries(selector).every(([key, one]) => labels[key] === one),
      );
      // Pods of hooks, which are gone when they have run, have no workload here.
      expect(chosen.length).toBeLessThanOrEqual(1);
    }
    for (const { spec } of workloads) expect(selectorOf({ spec } as Labelled)).toBeDefined();
  });
});

function selectorOf({ spec }: Labelled): Labels | undefined {
  const { selector, podSelector } = spec ?? {};
  const found = selector ?? podSelector;
  const labels = found && 'matchLabels' in found ? found.matchLabels : found;
  return labels && Object.keys(labels).length > 0 ? (labels as Labels) : undefined;
}

test.each(everywhere.map(({ name, chart }) => [name, chart] as const))(
  '%s has no label of helm in plain YAML, and is managed by drydock there',
  (_, chart) => {
    const objects = (Testing.synth(chart) as unknown as Labelled[]).filter(isTemplate);
    expect(objects.length).toBeGreaterThan(0);
    for (const { metadata } of objects) {
      expect(Object.keys(metadata.labels ?? {}).filter((key) => key.startsWith('helm.sh/'))).toEqual([]);
      expect(metadata.labels?.['app.kubernetes.io/managed-by']).toBe('drydock');
    }
  },
);

test('name is the chart, component the part, part-of what is installed together', () => {
  const objects = Testing.synth(new TodoStackChart(Testing.app()), {
    release: { name: 'second' },
  }) as unknown as Labelled[];
  const backend = objects.find(
    ({ kind, metadata }) => kind === 'Deployment' && /backend/.test(metadata.name),
  );
  expect(backend?.metadata.labels).toMatchObject({
    'app.kubernetes.io/name': 'backend',
    'app.kubernetes.io/instance': 'second',
    'app.kubernetes.io/component': 'backend',
    'app.kubernetes.io/part-of': 'todo-app',
  });
});

test('the part-of of a chart is its own where it says one, and on its pods too', () => {
  const chart = new HelmChart(Testing.app(), 'shop', { description: 'A shop', partOf: 'market' });
  new SecureService(chart, 'web', { image: 'a:1', port: 80, resources: 'small' });
  const objects = Testing.synth(chart) as unknown as Labelled[];
  for (const { metadata, spec } of objects) {
    expect(metadata.labels?.['app.kubernetes.io/part-of']).toBe('market');
    if (spec?.template)
      expect(spec.template.metadata.labels).toMatchObject({
        'app.kubernetes.io/name': 'shop',
        'app.kubernetes.io/component': 'web',
        'app.kubernetes.io/part-of': 'market',
      });
  }
});
