import { add, C, type Loosening, managed, OWNED, set, without } from './loosening';

/** Loosenings of what a Job has around its pod. */
export const JOB_LOOSENINGS: readonly Loosening[] = [
  set('spec.activeDeadlineSeconds', 999_999),
  without('spec.activeDeadlineSeconds'),
  set('spec.backoffLimit', 6),
  without('spec.backoffLimit'),
  set('spec.ttlSecondsAfterFinished', 999_999),
  without('spec.ttlSecondsAfterFinished'),
  set('spec.parallelism', 100),
  set('spec.completions', 100),
  set('spec.completionMode', 'Indexed'),
  set('spec.podReplacementPolicy', 'TerminatingOrFailed'),
  set('spec.suspend', true),
  add('spec.backoffLimitPerIndex', 1, { 'spec.completionMode': 'Indexed', 'spec.backoffLimit': undefined }),
  add('spec.podFailurePolicy', {
    rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }],
  }),
  add('spec.managedBy', 'example.com/me'),
  add('spec.manualSelector', true, {
    'spec.selector': { matchLabels: { 'app.kubernetes.io/name': 'sandbox' } },
  }),
  {
    ...without('metadata.labels.app.kubernetes.io/name'),
    changes: { 'metadata.labels["app.kubernetes.io/name"]': undefined },
  },
  {
    field: 'metadata.annotations.drydock.dev/template',
    changes: { 'metadata.annotations["drydock.dev/template"]': undefined },
    note: 'no hash',
  },
  {
    field: 'metadata.finalizers',
    changes: { 'metadata.finalizers': ['example.com/never'] },
    note: 'cannot be deleted',
  },
  // What the API server takes from anybody, of any size, and keeps.
  ...['name', 'generateName', 'namespace', 'uid', 'selfLink'].map(
    (key): Loosening => set(`spec.template.metadata.${key}`, 'x'.repeat(700_000), '700 kB in the store'),
  ),
  {
    field: 'spec.template.metadata.annotations.kubernetes.io/limit-ranger',
    changes: { 'spec.template.metadata.annotations["kubernetes.io/limit-ranger"]': 'x'.repeat(200_000) },
    note: '200 kB under a key that the server writes into pods',
  },
  {
    field: 'metadata.managedFields',
    changes: { 'metadata.managedFields': Array.from({ length: 500 }, managed) },
    note: '500 owners of fields',
  },
  add('spec.selector', {
    matchExpressions: Array.from({ length: 2000 }, (_, index) => ({
      key: `a${index}`,
      operator: 'NotIn',
      values: ['x'.repeat(60)],
    })),
  }),
  add(
    'spec.template.spec.overhead',
    Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`example.com/a${index}`, '1'])),
  ),
  add('spec.template.spec.priority', 2_000_000),
  add('spec.template.spec.preemptionPolicy', 'Never'),
  set(
    `spec.template.${C}.image`,
    `registry.example.com/ci/${'a'.repeat(600)}:1`,
    'longer than any registry takes',
  ),
  set(`spec.template.${C}.command`, Array(20_000).fill(''), '20,000 empty texts'),
  set(`spec.template.${C}.env`, Array(20_000).fill({ name: 'A' }), '20,000 variables without a value'),
  set('spec.activeDeadlineSeconds', 0, 'zero'),
  {
    field: 'metadata.labels.kueue.x-k8s.io/queue-name',
    changes: { 'metadata.labels["kueue.x-k8s.io/queue-name"]': 'all' },
    note: 'a label that operators act on',
  },
  {
    field: 'metadata.annotations.example.com/note',
    changes: { 'metadata.annotations["example.com/note"]': 'x'.repeat(200_000) },
    note: '200 kB in the store',
  },
  { ...OWNED, note: 'tied to the life of another object' },
  { field: 'spec.template.spec.restartPolicy', changes: { 'spec.template.spec.restartPolicy': 'OnFailure' } },
];
