import { type HelmChart, KubeObject } from '../../core/tree';
import { allOf, anyOf, field, GuardrailPolicy, not } from '../../guardrails';
import { harden } from '../../harden';

const RULES = [
  {
    id: 'team-label',
    of: 'object',
    kinds: ['Deployment', 'Service'],
    holds: allOf(
      field('metadata', 'labels', 'team').matches('^[a-z]+$'),
      not(field('spec', 'replicas').isOneOf([0, 'x', true])),
      anyOf(field('spec', 'replicas').atLeast(1), field('a').amount('atMost', '1Gi')),
    ),
    why: 'Nobody knows whom to wake.',
    fix: 'Add the label team.',
  },
  {
    id: 'ports',
    of: 'container',
    holds: allOf(
      field('ports').every(field('name').isThere()),
      field('ports').some(field('containerPort').atMost(9000)),
      field('env').differBy('name'),
      field('resources', 'limits').everyValue(not(field().amount('exactly', '0'))),
      field('port').isNamedIn(field('ports'), 'name'),
    ),
    why: 'They cannot be found.',
    fix: 'Name them.',
  },
];

/** What is said of the objects of others, with options that are right. */
export const ON_OBJECTS = {
  GuardrailPolicy: {
    props: { name: 'platform', rules: RULES, actions: ['Deny', 'Audit'], exemptNamespaces: ['kube-system'] },
    make: (chart: HelmChart, props: never) => new GuardrailPolicy(chart, 'policy', props),
  },
  harden: {
    props: {
      resources: { cpu: '100m', memory: '64Mi' },
      user: 1000,
      workloads: [
        { of: 'Deployment/web', user: 5, writable: [{ path: '/cache', size: '1Mi', inMemory: true }] },
        { of: 'Deployment/web', user: 6, allowFrom: [], allowApiServer: true },
      ],
      exceptions: ['probes', 'egress', 'user'].map((rule) => ({
        ...{ rule, of: 'Deployment/web', reason: 'It ends by itself' },
      })),
    },
    make: (chart: HelmChart, props: never) => {
      workload(chart);
      return harden(chart, props);
    },
  },
} as const;

function workload(chart: HelmChart): void {
  const labels = { app: 'web' };
  new KubeObject(chart, 'web', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'web:1' }] } },
    },
  } as never);
}
