import { check } from '../check';
import type { RuleId } from '../finding';

const labels = { app: 'api' };
type Fields = Readonly<Record<string, unknown>>;

const workload = (kind: string, spec: Fields, metadata: Fields = {}) => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name: 'api', ...metadata },
  spec: {
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: { containers: [{ name: 'app', image: 'api:1' }] },
    },
    ...spec,
  },
});
const deployment = (replicas?: number, metadata?: Fields) => workload('Deployment', { replicas }, metadata);

const budget = (spec: Fields, metadata: Fields = {}) => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'api', ...metadata },
  spec: { selector: { matchLabels: labels }, ...spec },
});

const autoscaler = (target: Fields, minReplicas?: number, metadata: Fields = {}) => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'scaler', ...metadata },
  spec: { scaleTargetRef: { apiVersion: 'apps/v1', ...target }, minReplicas, maxReplicas: 9 },
});
const ofApi = { kind: 'Deployment', name: 'api' };
const withoutTarget = { ...autoscaler(ofApi), spec: { maxReplicas: 9 } };

function found(rule: RuleId, ...objects: readonly object[]): string[] {
  return check(objects, { level: 'privileged' })
    .filter((finding) => finding.rule === rule)
    .map(({ object, field }) => `${object} ${field}`);
}

describe('a budget', () => {
  const min = ['PodDisruptionBudget/api spec.minAvailable'];
  const max = ['PodDisruptionBudget/api spec.maxUnavailable'];

  test.each<[string, readonly object[], readonly string[]]>([
    ['maxUnavailable 0', [deployment(3), budget({ maxUnavailable: 0 })], max],
    ['maxUnavailable 0 %', [deployment(3), budget({ maxUnavailable: '0%' })], max],
    ['maxUnavailable 1', [deployment(1), budget({ maxUnavailable: 1 })], []],
    ['maxUnavailable 10 %', [deployment(1), budget({ maxUnavailable: '10%' })], []],
    ['minAvailable 3 of 3', [deployment(3), budget({ minAvailable: 3 })], min],
    ['minAvailable 4 of 3', [deployment(3), budget({ minAvailable: 4 })], min],
    ['minAvailable 2 of 3', [deployment(3), budget({ minAvailable: 2 })], []],
    ['minAvailable 67 % of 3, which is rounded up', [deployment(3), budget({ minAvailable: '67%' })], min],
    ['minAvailable 66 % of 3', [deployment(3), budget({ minAvailable: '66%' })], []],
    ['minAvailable 100 % of pods that are not known', [budget({ minAvailable: '100%' })], min],
    ['minAvailable 99 % of pods that are not known', [budget({ minAvailable: '99%' })], []],
    ['minAvailable 1 of pods that are not known', [budget({ minAvailable: 1 })], []],
    ['minAvailable 1 of none', [deployment(0), budget({ minAvailable: 1 })], []],
    ['neither', [deployment(1), budget({})], []],
    ['minAvailable 1 of one pod', [pod('one'), budget({ minAvailable: 1 })], min],
    ['minAvailable 1 of two pods', [pod('one'), pod('two'), budget({ minAvailable: 1 })], []],
    [
      'minAvailable 2 of a pod and a Deployment',
      [pod('one'), deployment(1), budget({ minAvailable: 2 })],
      min,
    ],
    [
      'minAvailable 1 of a pod on each node, however many',
      [workload('DaemonSet', {}), budget({ minAvailable: 1 })],
      [],
    ],
    [
      'minAvailable 3 of a StatefulSet',
      [workload('StatefulSet', { replicas: 3, serviceName: 'api' }), budget({ minAvailable: 3 })],
      min,
    ],
    ['of another namespace', [deployment(1), budget({ minAvailable: 1 }, { namespace: 'other' })], []],
    [
      'of other pods',
      [deployment(1), budget({ minAvailable: 1, selector: { matchLabels: { app: 'db' } } })],
      [],
    ],
    [
      'of all that an autoscaler keeps at the least',
      [deployment(), autoscaler(ofApi, 2), budget({ minAvailable: 2 })],
      min,
    ],
    [
      'of one, where the autoscaler has no target',
      [deployment(), withoutTarget, budget({ minAvailable: 1 })],
      min,
    ],
    ['of fewer than that', [deployment(), autoscaler(ofApi, 3), budget({ minAvailable: 2 })], []],
    [
      'of the one that an autoscaler keeps by default',
      [deployment(), autoscaler(ofApi), budget({ minAvailable: 1 })],
      min,
    ],
    [
      'of one, where the autoscaler is another object`s',
      [deployment(), autoscaler({ ...ofApi, name: 'db' }, 3), budget({ minAvailable: 1 })],
      min,
    ],
    [
      'of one, where the autoscaler is of another kind',
      [deployment(), autoscaler({ ...ofApi, kind: 'StatefulSet' }, 3), budget({ minAvailable: 1 })],
      min,
    ],
    [
      'of one, where the autoscaler is of another namespace',
      [deployment(), autoscaler(ofApi, 3, { namespace: 'other' }), budget({ minAvailable: 1 })],
      min,
    ],
  ])('%s', (_, objects, expected) => {
    expect(found('pdb-blocks-drain', ...objects)).toEqual(expected);
  });

  function pod(name: string) {
    const spec = { containers: [{ name: 'app', image: 'api:1' }] };
    return { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels }, spec };
  }
});

describe('replicas beside an autoscaler', () => {
  const field = ['Deployment/api spec.replicas'];
  test.each<[string, readonly object[], readonly string[]]>([
    ['are undone', [deployment(2), autoscaler(ofApi)], field],
    ['are undone where they are none', [deployment(0), autoscaler(ofApi)], field],
    ['are no fault where they are left out', [deployment(), autoscaler(ofApi)], []],
    ['are no fault where there is no spec', [{ ...deployment(), spec: undefined }, autoscaler(ofApi)], []],
    ['are no fault where it has no target', [{ ...deployment(2), metadata: {} }, withoutTarget], []],
    ['of another name', [deployment(2), autoscaler({ ...ofApi, name: 'db' })], []],
    ['of another kind', [deployment(2), autoscaler({ ...ofApi, kind: 'StatefulSet' })], []],
    [
      'of another namespace',
      [deployment(2, { namespace: 'a' }), autoscaler(ofApi, 1, { namespace: 'b' })],
      [],
    ],
    [
      'of its namespace',
      [deployment(2, { namespace: 'a' }), autoscaler(ofApi, 1, { namespace: 'a' })],
      field,
    ],
  ])('%s', (_, objects, expected) => {
    expect(found('hpa-with-replicas', ...objects)).toEqual(expected);
  });

  test('are told with who undoes them', () => {
    const [finding] = check([deployment(2), autoscaler(ofApi)], { level: 'privileged' });
    expect(finding?.why).toContain('HorizontalPodAutoscaler/scaler');
  });
});
