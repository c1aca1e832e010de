import type { Json, Tree } from '../core/template';
import { podsOf, Surroundings } from './surroundings';

const LABELS = { app: 'web' };
type Metadata = { readonly name?: string; readonly namespace?: string };

const beside = (...objects: object[]) =>
  new Surroundings(objects.map((one) => ({ known: one as Json, tree: one as Tree })));
const pods = (spec: object = {}, metadata: Metadata = { name: 'web', namespace: 'a' }, more: object = {}) =>
  podsOf({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: { ...more, template: { metadata: { labels: LABELS }, spec: { containers: [], ...spec } } },
  } as Tree)!;
const object = (kind: string, parts: object, namespace = 'a') => ({
  kind,
  metadata: { name: 'one', namespace },
  ...parts,
});
const bindingOf = (subject: object, namespace?: string, kind = 'RoleBinding') =>
  object(kind, { subjects: [subject] }, namespace);

describe('the rights of an account', () => {
  const reader = { kind: 'ServiceAccount', name: 'reader' };
  const own = object('ServiceAccount', { metadata: { name: 'reader', namespace: 'a' } });

  test.each<[string, object[], 'some' | 'none' | 'unknown']>([
    ['that is not among the objects are unknown', [], 'unknown'],
    ['that is, without a binding, are none', [own], 'none'],
    [
      'of another namespace are unknown',
      [object('ServiceAccount', own, 'b')].map((one) => ({
        ...one,
        metadata: { name: 'reader', namespace: 'b' },
      })),
      'unknown',
    ],
    ['that a binding beside it names are some', [own, bindingOf(reader)], 'some'],
    [
      'that a binding of the cluster names are some',
      [own, bindingOf({ ...reader, namespace: 'a' }, 'x', 'ClusterRoleBinding')],
      'some',
    ],
    [
      'of its name in another namespace are not its own',
      [own, bindingOf({ ...reader, namespace: 'b' })],
      'none',
    ],
    ['that a binding of another namespace means are not its own', [own, bindingOf(reader, 'b')], 'none'],
    ['of another name are not its own', [own, bindingOf({ ...reader, name: 'writer' })], 'none'],
    ['are not those of a person of that name', [own, bindingOf({ ...reader, kind: 'User' })], 'none'],
    [
      'are those of all accounts too',
      [own, bindingOf({ kind: 'Group', name: 'system:serviceaccounts:a' })],
      'some',
    ],
    [
      'are those of everybody who logged in too',
      [own, bindingOf({ kind: 'Group', name: 'system:authenticated' })],
      'some',
    ],
    ['are not those of a group of people', [own, bindingOf({ kind: 'Group', name: 'developers' })], 'none'],
    [
      'are not those of a person called like a group',
      [own, bindingOf({ kind: 'User', name: 'system:serviceaccounts' })],
      'none',
    ],
    [
      'that a binding without subjects names are none',
      [own, object('RoleBinding', {}), object('RoleBinding', { subjects: 'x' })],
      'none',
    ],
  ])('%s', (_, objects, rights) => {
    expect(beside(...objects).rightsOf(pods({ serviceAccountName: 'reader' }))).toBe(rights);
    expect(beside(...objects).rightsOf(pods({ serviceAccount: 'reader' }))).toBe(rights);
  });

  test('of the default account are none, and those that are bound to it', () => {
    expect(beside().rightsOf(pods())).toBe('none');
    expect(beside(bindingOf({ kind: 'ServiceAccount', name: 'default' })).rightsOf(pods())).toBe('some');
  });

  test('of pods whose namespace the installation decides count any binding without one', () => {
    const unplaced = pods({}, { name: 'web' });
    const subject = { kind: 'ServiceAccount', name: 'default' };
    expect(beside({ kind: 'RoleBinding', subjects: [subject] }).rightsOf(unplaced)).toBe('some');
  });
});

describe('the ports that Services lead to', () => {
  const service = (ports: object[], selector: object = LABELS, namespace = 'a') =>
    object('Service', { spec: { selector, ports } }, namespace);

  test('are the targets, each once, with their protocol', () => {
    const found = beside(
      service([
        { port: 80, targetPort: 'http' },
        { port: 53, protocol: 'UDP' },
      ]),
      service([{ port: 81, targetPort: 'http' }, { port: 53 }]),
    ).servedPorts(pods());
    expect(found).toEqual([
      { port: 'http', protocol: 'TCP' },
      { port: 53, protocol: 'UDP' },
      { port: 53, protocol: 'TCP' },
    ]);
  });

  test.each([
    ['another namespace', service([{ port: 80 }], LABELS, 'b')],
    ['other pods', service([{ port: 80 }], { app: 'api' })],
    ['nothing, for its endpoints are written by hand', service([{ port: 80 }], {})],
    ['nothing, for it has no spec', object('Service', {})],
  ])('are not those of a Service for %s', (_, other) => {
    expect(beside(other).servedPorts(pods())).toEqual([]);
  });

  test('are found in a list of objects, also where only the installation knows the list', () => {
    const list = { kind: 'List', items: [service([{ port: 80 }])] };
    expect(beside(list).servedPorts(pods())).toEqual([{ port: 80, protocol: 'TCP' }]);
    const unwritten = new Surroundings([{ known: list as Json, tree: { kind: 'List' } }]);
    expect(unwritten.servedPorts(pods())).toEqual([{ port: 80, protocol: 'TCP' }]);
    expect(beside({ kind: 'ServiceList', items: [service([{ port: 80 }])] }).servedPorts(pods())).toEqual([]);
  });
});

test('objects of which nothing is known, or that have no name, are no stumbling block', () => {
  const surroundings = new Surroundings([
    { known: null, tree: null },
    { known: { kind: 'NetworkPolicy' }, tree: {} },
    { known: { kind: 'HorizontalPodAutoscaler' }, tree: {} },
    { known: { kind: 'PodDisruptionBudget' }, tree: {} },
  ]);
  expect(surroundings.namesOf('NetworkPolicy')).toHaveLength(1);
  expect(surroundings.servedPorts(pods())).toEqual([]);
  expect(surroundings.leastPods(pods())).toBe(1);
  expect(surroundings.hasBudget(pods())).toBe(false);
});

test.each<[string, object, ingress: boolean, egress: boolean]>([
  ['names no types', {}, true, false],
  ['names no types and says whom its pods call', { egress: [] }, true, true],
  ['is for what goes out alone', { policyTypes: ['Egress'] }, false, true],
  ['is for other pods', { podSelector: { matchLabels: { app: 'api' } } }, false, false],
])('a policy that %s', (_, spec, ingress, egress) => {
  const policyIn = (namespace: string) =>
    beside(object('NetworkPolicy', { spec: { podSelector: {}, ...spec } }, namespace));
  expect(policyIn('a').hasPolicy(pods(), 'Ingress')).toBe(ingress);
  expect(policyIn('a').hasPolicy(pods(), 'Egress')).toBe(egress);
  expect(policyIn('b').hasPolicy(pods(), 'Ingress')).toBe(false);
});

test('a budget is of the pods that it selects, in its namespace', () => {
  const budget = (matchLabels: object, namespace?: string) =>
    beside(object('PodDisruptionBudget', { spec: { selector: { matchLabels } } }, namespace));
  expect(budget(LABELS).hasBudget(pods())).toBe(true);
  expect(budget({ app: 'api' }).hasBudget(pods())).toBe(false);
  expect(budget(LABELS, 'b').hasBudget(pods())).toBe(false);
});

test.each<[string, object, number | undefined]>([
  ['its own replicas, without an autoscaler', { kind: 'Service' }, 3],
  ['the least of its autoscaler', {}, 2],
  ['its own, where that is for another kind', { scaleTargetRef: { kind: 'StatefulSet', name: 'web' } }, 3],
  ['its own, where that is for another name', { scaleTargetRef: { kind: 'Deployment', name: 'api' } }, 3],
  ['its own, where that is in another namespace', { namespace: 'b' }, 3],
  ['one, where its autoscaler says nothing', { minReplicas: undefined }, 1],
  ['not known, where only the installation says', { minReplicas: 'later' }, undefined],
])('the number of pods is at the least %s', (_, change, least) => {
  const { kind = 'HorizontalPodAutoscaler', namespace, ...spec } = change as Record<string, string>;
  const scaleTargetRef = { kind: 'Deployment', name: 'web' };
  const autoscaler = object(kind, { spec: { scaleTargetRef, minReplicas: 2, ...spec } }, namespace);
  expect(beside(autoscaler).leastPods(pods({}, undefined, { replicas: 3 }))).toBe(least);
});
