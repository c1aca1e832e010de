import { ApiObject, Chart, Testing } from 'cdk8s';
import fc from 'fast-check';
import { check } from '../check';
import { generatedPod } from '../test/support/generated-pods';
import { harden } from './harden';
import type { HardenReport } from './report';

// biome-ignore lint/suspicious/noExplicitAny: generated JSON
type Any = any;

const RUNS = Number(process.env.DRYDOCK_HARDEN_RUNS ?? 80);
const KINDS = ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'CronJob'] as const;
type Kind = (typeof KINDS)[number];
const LABELS = { app: 'generated' };

/** The generated pod as each kind makes it. */
function workloadOf(kind: Kind, { metadata, spec }: Any, replicas: number) {
  const { annotations } = metadata;
  if (kind === 'Pod') return { apiVersion: 'v1', kind, metadata: { ...metadata, labels: LABELS }, spec };
  const isJob = kind === 'Job' || kind === 'CronJob';
  const template = {
    metadata: { labels: LABELS, annotations },
    spec: isJob ? { ...spec, restartPolicy: 'Never' } : spec,
  };
  const inner = isJob ? { template } : { template, selector: { matchLabels: LABELS } };
  const own = {
    Deployment: { replicas },
    ReplicaSet: { replicas },
    StatefulSet: { replicas, serviceName: 'generated' },
    DaemonSet: {},
    Job: {},
    CronJob: {},
  }[kind];
  return {
    apiVersion: isJob ? 'batch/v1' : 'apps/v1',
    kind,
    metadata: { name: 'generated' },
    spec: kind === 'CronJob' ? { schedule: '0 0 * * *', jobTemplate: { spec: inner } } : { ...own, ...inner },
  };
}

const program = fc.record({
  kind: fc.constantFrom(...KINDS),
  pod: generatedPod,
  replicas: fc.integer({ min: 0, max: 3 }),
  hasService: fc.boolean(),
});

function chartOf({ kind, pod, replicas, hasService }: Any): Chart {
  const chart = new Chart(Testing.app(), 'law');
  new ApiObject(chart, 'workload', JSON.parse(JSON.stringify(workloadOf(kind, pod, replicas))));
  if (hasService)
    new ApiObject(chart, 'service', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'generated' },
      spec: { selector: LABELS, ports: [{ port: 80 }] },
    });
  return chart;
}

const over = (property: (program: Any) => void) =>
  fc.assert(fc.property(program, property), { numRuns: RUNS, seed: 47 });

test('hardening twice is hardening once', () => {
  over((given) => {
    const [once, twice] = [chartOf(given), chartOf(given)];
    harden(once);
    harden(twice);
    const { changes } = harden(twice);
    expect(changes).toEqual([]);
    expect(twice.toJson()).toEqual(once.toJson());
  });
});

test('no object is lost or renamed, and no field changes but those that the report lists', () => {
  over((given) => {
    const chart = chartOf(given);
    const before = chart.toJson() as Any[];
    const { changes } = harden(chart);
    const after = chart.toJson() as Any[];
    const named = ({ kind, metadata }: Any) => `${kind}/${metadata.name}`;
    expect(after.map(named)).toEqual(expect.arrayContaining(before.map(named)));
    expect(after.length - before.length).toBe(changes.filter(({ field }) => field === '').length);
    const listed = changes.map(({ field }) => field);
    for (const [index, object] of before.entries())
      for (const [field, was] of leavesOf(object))
        if (valueAt(after[index], field) !== was)
          expect({ listed, field }).toEqual({
            listed: expect.arrayContaining([listedFor(listed, field)]),
            field,
          });
  });
});

test('of what it says it fixed, check has no finding, and what check still finds it told itself', () => {
  const seen = { fixed: 0, told: 0 };
  over((given) => {
    const chart = chartOf(given);
    const report = harden(chart);
    for (const { field, object } of check(chart.toJson()).filter(({ rule }) => rule === 'pod-security')) {
      seen.told++;
      expect(fixed(report, object, field)).toEqual([]);
      expect(report.findings.map((one) => one.field)).toContain(
        field.startsWith('metadata') ? rootOf(report) : field,
      );
    }
    seen.fixed += report.changes.length;
  });
  expect(seen.fixed).toBeGreaterThan(RUNS * 5);
  expect(seen.told).toBeGreaterThan(RUNS / 20);
});

/** What is about an annotation of the pod is told of the pod. */
function rootOf({ findings }: HardenReport): string | undefined {
  return findings.find(({ rule, field }) => rule === 'host' && field.endsWith('spec'))?.field;
}

function fixed({ changes }: HardenReport, object: string, field: string) {
  return changes.filter(
    (one) => one.object === object && (field === one.field || field.startsWith(`${one.field}.`)),
  );
}

function listedFor(listed: readonly string[], field: string): string | undefined {
  return listed.find((one) => field === one || field.startsWith(`${one}.`) || field.startsWith(`${one}[`));
}

function leavesOf(value: Any, at = ''): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [[at, value]];
  return Object.entries(value).flatMap(([key, one]) =>
    leavesOf(one, Array.isArray(value) ? `${at}[${key}]` : `${at}${at && '.'}${key}`),
  );
}

function valueAt(value: Any, field: string): unknown {
  const leaves = new Map(leavesOf(value));
  return leaves.get(field);
}
