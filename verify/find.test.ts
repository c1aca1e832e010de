import type { Stored } from '../kube';
import { findCauses } from './find';
import { asHtml, asJunit, asText } from './report';
import { conditionOf, type Live, type State } from './state';
import { live, stateOf } from './testing-only/state';
import type { Verification } from './verify';
import { firstDifference } from './walk/difference';
import { podCause } from './walk/pod';
import { referencesOf } from './walk/references';

/** With real objects of a real cluster in test/verify/; here what such a cluster cannot be broken for. */

const ready = (status: string) => ({
  status: { conditions: [{ type: 'Ready', status, reason: 'KubeletNotReady' }] },
});
const codesOf = (state: State) =>
  findCauses(state).flatMap(({ object, finding }) => (finding ? [`${object} ${finding.code}`] : []));

test('a node that is not ready is the cause of what runs on it, and of what waits for one', () => {
  const waiting = live('Pod', 'a', {
    spec: { containers: [] },
    status: {
      phase: 'Pending',
      conditions: [
        {
          type: 'PodScheduled',
          status: 'False',
          message: 'untolerated taint {node.kubernetes.io/not-ready: }',
        },
      ],
    },
  });
  const running = live('Pod', 'b', {
    spec: { containers: [], nodeName: 'one' },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'False' }] },
  });
  const node = live('Node', 'one', { spec: {}, ...ready('Unknown') }, null);
  const found = findCauses(stateOf([waiting, running], [waiting, running, node]));
  expect(found.map(({ finding }) => [finding?.code, finding?.where, finding?.path.at(-1)])).toEqual([
    ['NODE_NOT_READY', 'Node/one', 'Pod/a'],
    ['NODE_NOT_READY', 'Node/one', 'Pod/b'],
    ['NODE_NOT_READY', 'Node/one', 'Node/one'],
  ]);
});

test('DNS without an endpoint that is ready is told, and DNS that answers is not', () => {
  const dns = live('Service', 'kube-dns', { spec: { selector: { app: 'dns' }, ports: [] } }, 'kube-system');
  const slice = (isReady: boolean) =>
    live('EndpointSlice', 'dns', { endpoints: [{ conditions: { ready: isReady } }] }, 'kube-system');
  const labelled = (one: Stored<Live>) =>
    ({
      ...one,
      metadata: { ...one.metadata, labels: { 'kubernetes.io/service-name': 'kube-dns' } },
    }) as Stored<Live>;
  expect(codesOf(stateOf([], [dns, labelled(slice(false))]))).toEqual(['DNS of the cluster DNS_DOWN']);
  expect(codesOf(stateOf([], [dns, labelled(slice(true))]))).toEqual([]);
  expect(codesOf(stateOf([], [dns], { unread: ['EndpointSlice'] }))).toEqual([]);
});

test('DNS that has no server but on nodes that are down is told as the node, once; one elsewhere is told as DNS', () => {
  const dns = live('Service', 'kube-dns', { spec: { selector: { app: 'dns' }, ports: [] } }, 'kube-system');
  const down = live('Node', 'down', ready('Unknown'), null);
  const up = live('Node', 'up', ready('True'), null);
  const sliceOn = (...nodes: (string | undefined)[]) =>
    live(
      'EndpointSlice',
      'dns',
      {
        metadata: { labels: { 'kubernetes.io/service-name': 'kube-dns' } },
        endpoints: nodes.map((nodeName) => ({ nodeName, conditions: { ready: false } })),
      },
      'kube-system',
    );
  const found = (...nodes: (string | undefined)[]) =>
    codesOf(stateOf([], [dns, down, up, sliceOn(...nodes)]));
  expect(found('down')).toEqual(['Node/down NODE_NOT_READY', 'DNS of the cluster NODE_NOT_READY']);
  for (const nodes of [['up'], ['down', 'up'], ['gone'], [undefined], []])
    expect(found(...nodes)).toEqual(['Node/down NODE_NOT_READY', 'DNS of the cluster DNS_DOWN']);
});

test('a node and the DNS that are well are among what was checked', () => {
  const node = live('Node', 'one', { spec: {}, ...ready('True') }, null);
  const dns = live('Service', 'kube-dns', {}, 'kube-system');
  const found = findCauses(stateOf([], [node, dns], { unread: ['EndpointSlice'] }));
  expect(found).toEqual([{ object: 'Node/one' }, { object: 'DNS of the cluster' }]);
  const down = live('Node', 'one', { spec: {}, ...ready('False') }, null);
  expect(findCauses(stateOf([], [down]))).toEqual([
    { object: 'Node/one', finding: expect.objectContaining({ path: ['Node/one'], mayPass: false }) },
  ]);
});

test('a change is told before what may pass by itself, and after what does not', () => {
  const meant = live('Pod', 'a', { spec: { containers: [], nodeName: 'x' } });
  const is = (status: object) => live('Pod', 'a', { spec: { containers: [], nodeName: 'y' }, status });
  const starting = is({ phase: 'Pending' });
  const crashed = is({ containerStatuses: [{ name: 'app', state: { terminated: { exitCode: 1 } } }] });
  const well = is({ phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] });
  expect(codesOf(stateOf([meant], [starting]))).toEqual(['Pod/a OBJECT_CHANGED']);
  expect(codesOf(stateOf([meant], [crashed]))).toEqual(['Pod/a CRASHED']);
  expect(codesOf(stateOf([meant], [well]))).toEqual(['Pod/a OBJECT_CHANGED']);
  expect(codesOf(stateOf([starting], [starting]))).toEqual(['Pod/a NOT_READY']);
});

const role = { roleRef: { kind: 'Role', name: 'gone' } };
const full = { disruptionsAllowed: 0, expectedPods: 1, currentHealthy: 1, desiredHealthy: 1 };

test.each<[string, object, string, boolean]>([
  ['Service', { spec: { selector: { a: 'b' } } }, 'NO_ENDPOINTS', true],
  ['Service', { spec: { type: 'LoadBalancer' }, status: {} }, 'NO_ADDRESS', true],
  ['Ingress', { spec: { ingressClassName: 'gone' } }, 'NOT_REACHED', false],
  ['RoleBinding', role, 'ROLE_MISSING', false],
  ['ClusterRoleBinding', role, 'ROLE_MISSING', false],
  ['PodDisruptionBudget', { status: full }, 'DRAIN_BLOCKED', false],
  [
    'HorizontalPodAutoscaler',
    { spec: { scaleTargetRef: { kind: 'Deployment', name: 'gone' } } },
    'NOT_SCALING',
    false,
  ],
])('a %s that is there and does nothing: %j', (kind, more, code, mayPass) => {
  const object = live(kind, 'a', more);
  expect(findCauses(stateOf([object], [object]))).toMatchObject([
    {
      object: `${kind}/a`,
      namespace: 'shop',
      finding: expect.objectContaining({ code, mayPass, path: [`${kind}/a`] }),
    },
  ]);
});

test('an object of the cluster has no namespace, and one without a name is looked for by none', () => {
  const role = live('ClusterRole', 'r', {}, null);
  expect(findCauses(stateOf([role], [role]))).toEqual([{ object: 'ClusterRole/r' }]);
  const nameless = { apiVersion: 'v1', kind: 'Secret' };
  expect(findCauses(stateOf([nameless], []))).toMatchObject([
    { object: 'Secret/', finding: { code: 'OBJECT_MISSING' } },
  ]);
});

test('what could not be read is neither well nor missing', () => {
  const meant = live('Secret', 'tokens');
  expect(findCauses(stateOf([meant], [], { unread: ['Secret'] }))).toEqual([
    { object: 'Secret/tokens', namespace: 'shop', isUnread: true },
  ]);
  expect(codesOf(stateOf([meant], []))).toEqual(['Secret/tokens OBJECT_MISSING']);
});

describe('an object is as it was meant', () => {
  const difference = (meant: object, found: object, isScaled = false) =>
    firstDifference(live('Deployment', 'a', meant), live('Deployment', 'a', found), isScaled);

  test.each<[string, object, object]>([
    ['with what the cluster adds', { spec: { a: 1 } }, { spec: { a: 1, b: 2 } }],
    [
      'with quantities in its own words',
      { spec: { cpu: '1000m', memory: '1024Mi' } },
      { spec: { cpu: '1', memory: '1Gi' } },
    ],
    ['with half a CPU', { spec: { cpu: 0.5 } }, { spec: { cpu: '500m' } }],
    ['without what is empty', { spec: { list: [], map: {}, no: false, zero: 0, text: '' } }, { spec: {} }],
    ['with a part that is not meant at all', {}, { data: { a: 1 }, rules: [{}] }],
    ['without what is null', { spec: { a: null } }, { spec: { a: 1 } }],
    ['with another status', { status: { a: 1 } }, { status: { a: 2 } }],
  ])('%s', (_, meant, found) => {
    expect(difference(meant, found)).toBeUndefined();
  });

  test.each<[string, object, object, string]>([
    ['another number', { spec: { replicas: 2 } }, { spec: { replicas: 1 } }, 'spec.replicas'],
    ['another entry', { spec: { list: [{ a: 1 }] } }, { spec: { list: [{ a: 2 }] } }, 'spec.list[0].a'],
    ['an entry more', { rules: [{}] }, { rules: [{}, {}] }, 'rules'],
    ['a field that is gone', { spec: { a: 'x' } }, {}, 'spec.a'],
    ['another amount', { spec: { cpu: '1' } }, { spec: { cpu: '1m' } }, 'spec.cpu'],
    [
      'a text that ends like an amount',
      { spec: { image: 'web:1' } },
      { spec: { image: 'api:1' } },
      'spec.image',
    ],
    ['a text that begins like one', { spec: { name: '1Gi-a' } }, { spec: { name: '1Gi-b' } }, 'spec.name'],
    ['a text where a map is meant', { spec: { map: { a: 1 } } }, { spec: { map: 'x' } }, 'spec.map.a'],
    ['a map where a list is meant', { spec: { list: [1] } }, { spec: { list: {} } }, 'spec.list'],
    ['a null where a map is meant', { spec: { map: { a: 1 } } }, { spec: { map: null } }, 'spec.map.a'],
  ])('but for %s', (_, meant, found, field) => {
    expect(difference(meant, found)?.field).toBe(field);
  });

  test.each<[string, object, object, string]>([
    ['one who calls more', { ingress: [] }, { ingress: [{}] }, 'spec.ingress'],
    [
      'fewer who call',
      { ingress: [{ from: [{ podSelector: {} }] }] },
      { ingress: [{ from: [{ podSelector: { matchLabels: { a: 'b' } } }] }] },
      'spec.ingress[0].from[0].podSelector.matchLabels',
    ],
    [
      'a label more',
      { podSelector: { matchLabels: { a: 'b' } } },
      { podSelector: { matchLabels: { a: 'b', c: 'd' } } },
      'spec.podSelector.matchLabels.c',
    ],
  ])('a policy but for %s', (_, meant, found, field) => {
    const policy = (spec: object) => live('NetworkPolicy', 'a', { spec });
    expect(firstDifference(policy(meant), policy(found), false)?.field).toBe(field);
    expect(firstDifference(policy(meant), policy(meant), false)).toBeUndefined();
  });

  test('what is found and what was expected is told as it is written', () => {
    expect(difference({ spec: { a: 'x', b: 1 } }, { spec: { b: 1 } })).toEqual({
      field: 'spec.a',
      found: 'nothing',
      expected: '"x"',
    });
    expect(difference({ rules: [{}, {}] }, { rules: [{}] })).toEqual({
      field: 'rules',
      found: '1 entries',
      expected: '2 entries',
    });
    const policy = (spec: object) => live('NetworkPolicy', 'a', { spec });
    expect(firstDifference(policy({ a: 'b' }), policy({ a: 'b', c: { d: 1 } }), false)).toEqual({
      field: 'spec.c',
      found: '{"d":1}',
      expected: 'nothing',
    });
    // What the server adds to every policy by itself, and what is empty, is no change.
    const more = { a: 'b', policyTypes: ['Ingress'], protocol: 'TCP', none: [] };
    expect(firstDifference(policy({ a: 'b' }), policy(more), false)).toBeUndefined();
  });

  test('a selector selects more with less in it, and that of nodes does not', () => {
    const selecting = (key: string, labels: object) => ({ spec: { [key]: labels } });
    const field = (key: string, meant: object, found: object) =>
      difference(selecting(key, meant), selecting(key, found))?.field;
    expect(field('selector', { a: 'b' }, { a: 'b', c: 'd' })).toBe('spec.selector.c');
    expect(field('podSelector', {}, { a: 'b' })).toBe('spec.podSelector.a');
    expect(field('nodeSelector', { a: 'b' }, { a: 'b', c: 'd' })).toBeUndefined();
    expect(field('selectors', { a: 'b' }, { a: 'b', c: 'd' })).toBeUndefined();
    // One that is not meant at all is the server's.
    expect(difference({ spec: {} }, { spec: { selector: { a: 'b' } } })).toBeUndefined();
  });

  test.each([
    ['1', '1000m'],
    ['1k', '1000'],
    ['1M', '1000k'],
    ['1G', '1000M'],
    ['1T', '1000G'],
    ['1Ki', '1024'],
    ['1Mi', '1024Ki'],
    ['1Gi', '1024Mi'],
    ['1Ti', '1024Gi'],
    ['1.5', '1500m'],
  ])('an amount of %s is one of %s', (meant, found) => {
    expect(difference({ spec: { a: meant } }, { spec: { a: found } })).toBeUndefined();
    expect(difference({ spec: { a: meant } }, { spec: { a: `${found}0` } })?.field).toBe('spec.a');
  });

  test.each(['spec', 'rules', 'subjects', 'roleRef', 'data', 'webhooks'])('%s is looked at', (field) => {
    expect(difference({ [field]: { a: 1 } }, { [field]: { a: 2 } })?.field).toBe(`${field}.a`);
    expect(difference({ [field]: { a: true } }, { [field]: { a: false } })?.field).toBe(`${field}.a`);
  });

  test('but for what an autoscaler decides, and the content of a Secret', () => {
    expect(difference({ spec: { replicas: 2 } }, { spec: { replicas: 5 } }, true)).toBeUndefined();
    const [one, other] = ['a', 'b'].map((text) => live('Secret', 's', { data: { key: text } })) as [
      Stored<Live>,
      Stored<Live>,
    ];
    expect(firstDifference(one, other, false)).toBeUndefined();
  });
});

test('what a pod may do without is no reference', () => {
  const from = (more: object) => ({
    valueFrom: { secretKeyRef: { name: 's', key: 'k', ...more } },
    name: 'A',
  });
  const spec = (env: object[], volumes: object[] = []) => ({ containers: [{ name: 'app', env }], volumes });
  expect(referencesOf(spec([from({})]) as never)).toEqual([{ kind: 'Secret', name: 's', key: 'k' }]);
  expect(referencesOf(spec([from({ optional: true })]) as never)).toEqual([]);
  const volumes = [
    { name: 'a', configMap: { name: 'c', items: [{ key: 'x', path: 'x' }] } },
    { name: 'b', secret: { secretName: 's' } },
    { name: 'd', secret: { secretName: 'maybe', optional: true } },
  ];
  expect(referencesOf(spec([], volumes) as never)).toEqual([
    { kind: 'ConfigMap', name: 'c', key: 'x' },
    { kind: 'Secret', name: 's' },
  ]);
});

describe('a report', () => {
  const finding = {
    code: 'CRASHED',
    where: 'Pod/<b>',
    found: 'ended with 1; its last words: \u001b[31m<script>alert("&")</script>',
    expected: 'a program that goes on',
    remedy: 'Read its log.',
    path: ['Deployment/web', 'Pod/<b>'],
    mayPass: false,
  } as const;
  const found: Verification = {
    checked: [
      { object: 'Deployment/web', finding },
      { object: 'Service/web' },
      { object: 'Secret/s', isUnread: true },
    ],
    findings: [finding],
    unread: ['get secrets in shop'],
    seconds: 1.25,
  };

  test('says the way, the four facts, and what was not looked at', () => {
    expect(asText(found)).toContain(
      'CRASHED at Pod/<b>\n  way:      Deployment/web -> Pod/<b>\n  found:    ended with 1',
    );
    expect(asText(found)).toContain(
      'not looked at, for want of the right to get secrets in shop\n1 of 3 are as they were meant',
    );
  });

  test('in HTML and XML has what a cluster says as text', () => {
    for (const text of [asHtml(found), asJunit(found)]) {
      expect(text).toContain('&lt;script&gt;alert(&quot;&amp;&quot;)&lt;/script&gt;');
      expect(text).not.toContain('<script');
      expect(text).not.toContain('\u001b');
    }
    expect(asJunit(found)).toContain('tests="3" failures="1"');
    expect(asJunit(found)).toContain('<skipped');
    expect(asHtml(found)).not.toMatch(/https?:\/\//);
  });
});

test('a condition that is not there is no condition', () => {
  expect(conditionOf(live('Pod', 'a'), 'Ready')).toBeUndefined();
});

test('a volume that a busy node has not read yet is no cause; one that it cannot mount is', () => {
  const pod = live('Pod', 'a', { spec: { containers: [] }, status: { phase: 'Pending' } });
  const failed = (message: string) =>
    live('Event', 'e', {
      type: 'Warning',
      reason: 'FailedMount',
      message,
      involvedObject: { kind: 'Pod', name: 'a', namespace: 'shop', uid: 'Pod a' },
    });
  const causeFor = (message: string) => podCause(stateOf([], [pod, failed(message)]), pod)?.code;
  const setUp = 'MountVolume.SetUp failed for volume "v" :';
  expect(causeFor(`${setUp} failed to sync configmap cache: timed out waiting for the condition`)).toBe(
    undefined,
  );
  expect(causeFor(`${setUp} mount failed: exit status 32`)).toBe('VOLUME_PENDING');
});
