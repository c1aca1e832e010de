import {
  deployment,
  expectRefusal,
  job,
  object,
  type Part,
  podTemplate,
  type Refusal,
  selector,
} from '../testing-only/objects';

// What is asked of the fields of workloads, and of what scales and guards them, beside each other. That the API server
// refuses and takes the same is asked in test/schema.

const POLICY = 'spec.template.spec.restartPolicy';
const cron = (schedule: string) =>
  object('batch/v1', 'CronJob', {
    schedule,
    jobTemplate: { spec: { template: podTemplate({}, { restartPolicy: 'Never' }) } },
  });
const scaled = (bounds: Part) =>
  object('autoscaling/v2', 'HorizontalPodAutoscaler', {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    ...bounds,
  });
const budget = (bounds: Part) => object('policy/v1', 'PodDisruptionBudget', { selector, ...bounds });
const selecting = (...matchExpressions: Part[]) => budget({ selector: { matchExpressions } });
const OPERATOR = 'spec.selector.matchExpressions[0]';

test.each<Refusal>([
  [
    'a selector of nothing',
    deployment({}, {}, { selector: { matchLabels: {}, matchExpressions: [] } }),
    deployment({}, {}, { selector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] } }),
    { field: 'spec.selector', found: 'an empty selector', expected: 'labels of the pods' },
  ],
  [
    'a label that the pods do not have',
    deployment({}, {}, { selector: { matchLabels: { app: 'web', tier: 'a' } } }),
    deployment(),
    {
      field: 'spec.selector.matchLabels.tier',
      found: '"a", which the pods of the template do not have',
      expected: 'a label of the template',
    },
  ],
  [
    'a label that the pods have with another text',
    deployment({}, {}, { selector: { matchLabels: { app: 'other' } } }),
    deployment(),
    { field: 'spec.selector.matchLabels.app', expected: '"web", as the label of the template says' },
  ],
  [
    'a name that every object of JavaScript has, as a label',
    deployment({}, {}, { selector: { matchLabels: { constructor: '' } } }),
    deployment(),
    { field: 'spec.selector.matchLabels.constructor', expected: 'a label of the template' },
  ],
  [
    'pods of a Deployment that end',
    deployment({}, { restartPolicy: 'Never' }),
    deployment({}, { restartPolicy: 'Always' }),
    { field: POLICY, found: '"Never"', expected: 'Always' },
  ],
  ...['ReplicaSet', 'StatefulSet', 'DaemonSet'].map((kind): Refusal => {
    const of = (policy?: string) =>
      object('apps/v1', kind, { selector, template: podTemplate({}, { restartPolicy: policy }) });
    return [`pods of a ${kind} that end`, of('OnFailure'), of(), { field: POLICY, found: '"OnFailure"' }];
  }),
  [
    'a Job that does not say what becomes of its pods',
    job({}),
    job({ restartPolicy: 'OnFailure' }),
    { field: POLICY, found: 'nothing', expected: 'Never or OnFailure' },
  ],
  [
    'a Job that never ends',
    job({ restartPolicy: 'Always' }),
    job({ restartPolicy: 'Never' }),
    { field: POLICY },
  ],
  [
    'a table of four fields',
    cron('0 3 * *'),
    cron(' 0  3 * * * '),
    { field: 'spec.schedule', found: '"0 3 * *"' },
  ],
  ['a table of six fields', cron('0 0 3 * * *'), cron('*/5 * * * *'), { field: 'spec.schedule' }],
  [
    'a word that is no time',
    cron('@often'),
    cron('@every 5m'),
    { field: 'spec.schedule', found: '"@often"' },
  ],
  ['a word with more behind it', cron('@daily x'), cron('@daily'), { field: 'spec.schedule' }],
  [
    'fewer at most than at least',
    scaled({ minReplicas: 3, maxReplicas: 2 }),
    scaled({ minReplicas: 3, maxReplicas: 3 }),
    { field: 'spec.maxReplicas', found: '2, less than minReplicas 3', expected: '3 or more' },
  ],
  [
    'two bounds of a disruption',
    budget({ minAvailable: 0, maxUnavailable: 0 }),
    budget({ minAvailable: 0, maxUnavailable: null }),
    { field: 'spec.minAvailable', found: 'maxUnavailable beside it', expected: 'one of them' },
  ],
  [
    'an operator that there is not',
    selecting({ key: 'a', operator: 'Is', values: ['b'] }),
    selecting({ key: 'a', operator: 'NotIn', values: ['b'] }),
    { field: `${OPERATOR}.operator`, found: '"Is"', expected: 'In, NotIn, Exists or DoesNotExist' },
  ],
  [
    'a choice among nothing',
    selecting({ key: 'a', operator: 'In' }),
    selecting({ key: 'a', operator: 'In', values: ['b'] }),
    { field: `${OPERATOR}.values`, found: 'no values', expected: 'values for the operator In' },
  ],
  [
    'values of what is there or not',
    selecting({ key: 'a', operator: 'DoesNotExist', values: ['b'] }),
    selecting({ key: 'a', operator: 'DoesNotExist', values: [] }),
    { field: `${OPERATOR}.values`, found: 'values', expected: 'no values for the operator DoesNotExist' },
  ],
])('%s is refused, its right form is not', (...refusal) => expectRefusal(refusal));
