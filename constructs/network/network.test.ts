import { App, Testing } from '../../core/synth';
import type { JsonObject } from '../../core/template';
import { HelmChart } from '../../core/tree';
import { defineValues } from '../../core/values';
import {
  apiServerValues,
  type ClusterDns,
  dnsValues,
  HelmTest,
  Migration,
  Peer,
  SecureService,
  type SecureServiceProps,
} from '..';

// biome-ignore lint/suspicious/noExplicitAny: a test reads rendered objects as what they are
type Any = any;

const values = defineValues({ dns: dnsValues(), apiServer: apiServerValues() });
const program = { image: 'app:1', command: ['go'] } as const;

function chartOf(fill: (chart: HelmChart) => void, given: JsonObject = {}): Any[] {
  const chart = new HelmChart(new App({ outdir: 'unused' }), 'shop', { description: 'test', values });
  fill(chart);
  return Testing.synth(chart, { values: given, release: { service: 'Helm' } }) as JsonObject[];
}

function egressOf(more: Partial<SecureServiceProps>, given: JsonObject = {}): Any[] {
  const objects = chartOf((chart) => {
    new SecureService(chart, 'api', { image: 'api:1', port: 80, resources: 'small', ...more });
  }, given);
  return objects.find(({ kind }) => kind === 'NetworkPolicy').spec.egress;
}

const BY_DEFAULT = {
  to: [
    {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
      podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
    },
    {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
      podSelector: { matchLabels: { 'k8s-app': 'node-local-dns' } },
    },
    { ipBlock: { cidr: '169.254.20.10/32' } },
    { ipBlock: { cidr: '169.254.169.254/32' } },
  ],
  ports: [
    { port: 53, protocol: 'UDP' },
    { port: 53, protocol: 'TCP' },
  ],
};

describe('names', () => {
  test('are asked of the pods of kube-dns and of the caches on the node, by default and as values', () => {
    expect(egressOf({})).toEqual([BY_DEFAULT]);
    expect(egressOf({ dns: values.dns })).toEqual([BY_DEFAULT]);
  });

  const openShift: ClusterDns = {
    namespace: 'openshift-dns',
    labels: [{ 'dns.operator.openshift.io/daemonset-dns': 'default' }],
    ports: [5353],
    nodeRanges: [],
  };

  test('are asked of another DNS, told by a prop or by the values of a release', () => {
    const expected = {
      to: [
        {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'openshift-dns' } },
          podSelector: { matchLabels: { 'dns.operator.openshift.io/daemonset-dns': 'default' } },
        },
      ],
      ports: [
        { port: 5353, protocol: 'UDP' },
        { port: 5353, protocol: 'TCP' },
      ],
    };
    expect(egressOf({ dns: openShift })).toEqual([expected]);
    expect(egressOf({ dns: values.dns }, { dns: openShift as JsonObject })).toEqual([expected]);
  });

  test.each<[string, ClusterDns | false, JsonObject]>([
    ['switched off', false, { enabled: false }],
    ['nothing answers', { labels: [], nodeRanges: [] }, { labels: [], nodeRanges: [] }],
  ])('are resolved nowhere where %s: no rule is left that would allow everything', (_, dns, given) => {
    expect(egressOf({ dns })).toEqual([]);
    expect(egressOf({ dns: values.dns }, { dns: given })).toEqual([]);
  });

  test('no ports would be all ports: the rule goes, and the value refuses', () => {
    expect(egressOf({ dns: { ports: [] } })).toEqual([]);
    expect(() => egressOf({ dns: values.dns }, { dns: { ports: [] } })).toThrow(/ports/);
  });

  test('are asked in the same way by every construct that has pods', () => {
    const objects = chartOf(
      (chart) => {
        new SecureService(chart, 'api', { image: 'a:1', port: 80, resources: 'small', dns: values.dns });
        new Migration(chart, 'migrate', { ...program, dns: values.dns });
        new HelmTest(chart, 'ask', { ...program, dns: values.dns });
      },
      { dns: { namespace: 'names' } },
    );
    const policies = objects.filter(({ kind }) => kind === 'NetworkPolicy');
    expect(policies).toHaveLength(3);
    for (const { spec } of policies)
      expect(spec.egress[0].to[0].namespaceSelector.matchLabels).toEqual({
        'kubernetes.io/metadata.name': 'names',
      });
  });
});

describe('the API server', () => {
  const [dns] = [BY_DEFAULT];

  test('is on the ports of every common installer, in both families of addresses', () => {
    const expected = {
      to: [{ ipBlock: { cidr: '0.0.0.0/0' } }, { ipBlock: { cidr: '::/0' } }],
      ports: [443, 6443, 8443].map((port) => ({ port, protocol: 'TCP' })),
    };
    expect(egressOf({ allowApiServer: true })).toEqual([dns, expected]);
    expect(egressOf({ allowApiServer: values.apiServer })).toEqual([dns, expected]);
  });

  test('is where the props or the values of a release say', () => {
    const ranges = ['10.1.0.0/28', 'fd00:1::/64'];
    const expected = {
      to: ranges.map((cidr) => ({ ipBlock: { cidr } })),
      ports: [{ port: 16443, protocol: 'TCP' }],
    };
    expect(egressOf({ allowApiServer: { ranges, ports: [16443] } })).toEqual([dns, expected]);
    const given = { apiServer: { ranges, ports: [16443] } };
    expect(egressOf({ allowApiServer: values.apiServer }, given)).toEqual([dns, expected]);
  });

  test.each(['10.0.0.0', '10.0.0.0/33', '256.0.0.1/8', 'fd00::/129', 'fd00/8', 'any', '10.0.0.0/8 '])(
    'is not at %j: the value refuses what is no range',
    (range) => {
      const given = { apiServer: { ranges: [range] } };
      expect(() => egressOf({ allowApiServer: values.apiServer }, given)).toThrow(/ranges/);
    },
  );

  test.each(['10.0.0.0/8', '1.2.3.4/32', 'fd00::/8', '::1/128', '2001:db8:0:0:0:0:0:1/64'])(
    'may be at %j',
    (range) => {
      const given = { apiServer: { ranges: [range] } };
      expect(egressOf({ allowApiServer: values.apiServer }, given)[1].to).toEqual([
        { ipBlock: { cidr: range } },
      ]);
    },
  );
});

test('everybody is every address of both families', () => {
  expect(egressOf({ allowTo: [Peer.anybody({ port: 443 })] })[1].to).toEqual([
    { ipBlock: { cidr: '0.0.0.0/0' } },
    { ipBlock: { cidr: '::/0' } },
  ]);
});

test('an empty list of ranges allows nothing', () => {
  expect(egressOf({ allowTo: [Peer.cidrs([])] })).toEqual([BY_DEFAULT]);
});

describe('whom nothing can be said of', () => {
  const refused = (prop: string) => expect.objectContaining({ code: 'PROP_INVALID', where: `shop/${prop}` });

  test.each([['db'], [null], [5], [{}], [{ who: 'db' }], [undefined], [[]]])(
    '%j is refused in every list',
    (one) => {
      const list = [one] as never;
      expect(() => egressOf({ allowTo: list })).toThrow(refused('api allowTo[0]'));
      expect(() => egressOf({ allowFrom: list })).toThrow(refused('api allowFrom[0]'));
      for (const [id, Kind] of [
        ['migrate', Migration],
        ['ask', HelmTest],
      ] as const)
        expect(() => chartOf((chart) => new Kind(chart, id, { ...program, allowTo: list }))).toThrow(
          refused(`${id} allowTo[0]`),
        );
    },
  );

  test('the error says what to write instead of a name', () => {
    expect(() => egressOf({ allowTo: ['db'] as never })).toThrow(/found the text "db".*allowTo: \[db\]/s);
  });

  test('one without its list is refused too', () => {
    expect(() => egressOf({ allowTo: 'db' as never })).toThrow(refused('api allowTo'));
  });

  test('a service and a Peer are taken', () => {
    const objects = chartOf((chart) => {
      const db = new SecureService(chart, 'db', { image: 'db:1', port: 5432, resources: 'small' });
      new Migration(chart, 'migrate', { ...program, allowTo: [db, Peer.namespace('other')] });
    });
    const policy = objects.find(
      ({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === 'shop-migrate',
    );
    expect(policy.spec.egress).toHaveLength(3);
  });
});
