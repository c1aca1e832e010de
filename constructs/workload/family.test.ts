import { JsonPatch } from 'cdk8s';
import { Testing } from '../../core/synth';
import { HelmChart, KubeObject } from '../../core/tree';
import { defineValues, value } from '../../core/values';
import {
  FAMILY,
  findingsIn,
  MEMBERS,
  makeMember,
  objectsOfMember,
  podsOf,
  shopChart,
} from '../../test/support/family';
import { ConfigBundle, Peer, SecureService } from '..';

/** What all have that run without serving, each construct beside the others. */

// biome-ignore lint/suspicious/noExplicitAny: a test reads rendered objects as what they are
type Any = any;
const policyOf = (objects: readonly unknown[], name = 'shop-one'): Any =>
  (objects as Any[]).find(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === name);

type Row = readonly [prop: string, code: string, wrong: unknown, right: unknown, beside?: object];

const ROWS: readonly Row[] = [
  ['image', 'PROP_MISSING', undefined, 'app:1'],
  ['image', 'IMAGE_UNPINNED', 'app', 'app:1'],
  ['image', 'IMAGE_UNPINNED', 'app:latest', 'app:latest', { allowUnpinnedImage: true }],
  ['resources', 'PROP_MISSING', undefined, 'large'],
  ['resources', 'PROP_INVALID', 'tiny', { cpu: '1', memory: '1Gi' }],
  [
    'resources.cpuLimit',
    'CPU_LIMIT',
    { cpu: '2', memory: '1Gi', cpuLimit: '1' },
    { cpu: '1', memory: '1Gi', cpuLimit: '1' },
  ],
  ['command', 'PROP_INVALID', [], ['go']],
  ['args[0]', 'PROP_INVALID', [5], ['5']],
  ['env.1A', 'ENV_NAME', { '1A': 'x' }, { A1: 'x' }],
  ['extraEnv', 'ENV_TWICE', [{ name: 'A', value: 'x' }], [{ name: 'B', value: 'x' }], { env: { A: 'x' } }],
  ['writable[0]', 'PROP_INVALID', ['tmp'], ['/tmp']],
  ['writable', 'PATH_TAKEN', ['/tmp', '/tmp/'], ['/tmp', '/var/tmp']],
  ['writable[0]', 'PROP_INVALID', ['/a/../b'], ['/a/..b']],
  ['user', 'ROOT_USER', 0, 1],
  ['user', 'ROOT_USER', 0, 0, { allowRoot: true }],
  ['addCapabilities[0]', 'PROP_INVALID', ['CAP_CHOWN'], ['CHOWN']],
  ['allowTo[0]', 'PROP_INVALID', ['db'], [Peer.namespace('data')]],
  ['allowTo[0].who[0].ipBlock.cidr', 'PROP_INVALID', [Peer.cidr('10.0.0.0/99')], [Peer.cidr('10.0.0.0/9')]],
  ['egress[0].port', 'PORT_RANGE', [{ cidr: '10.0.0.0/8', port: 0 }], [{ cidr: '10.0.0.0/8', port: 1 }]],
  ['dns.ports[0]', 'PORT_RANGE', { ports: [0] }, { ports: [5353] }],
  ['labels.team', 'LABEL_INVALID', { team: 'b c' }, { team: 'bc' }],
  ['name', 'NAME_INVALID', 'One', 'one'],
  ['sidecars[0].name', 'NAME_TAKEN', [{ name: 'app', image: 'a:1' }], [{ name: 'side', image: 'a:1' }]],
  [
    'volumeMounts[0].name',
    'VOLUME_UNKNOWN',
    [{ name: 'v', mountPath: '/v' }],
    [{ name: 'v', mountPath: '/v' }],
    { volumes: [{ name: 'v', emptyDir: {} }] },
  ],
  [
    'volumeMounts[1].mountPath',
    'NAME_TAKEN',
    ['/v', '/v'].map((mountPath) => ({ name: 'v', mountPath })),
    ['/v', '/w'].map((mountPath) => ({ name: 'v', mountPath })),
    { volumes: [{ name: 'v', emptyDir: {} }] },
  ],
  [
    'volumeMounts[0].mountPath',
    'NAME_TAKEN',
    [{ name: 'v', mountPath: '/cache' }],
    [{ name: 'v', mountPath: '/cached' }],
    { volumes: [{ name: 'v', emptyDir: {} }], writable: ['/cache'] },
  ],
  ['terminationGracePeriodSeconds', 'PROP_INVALID', 0, 1],
  ['priorityClassName', 'NAME_INVALID', 'Low', 'low'],
  ['port', 'PROP_UNKNOWN', 8080, undefined],
];

const CASES = ROWS.map((row) => [row[0], row[1], row] as const);

describe.each(MEMBERS)('%s', (member) => {
  test.each(CASES)('refuses %s (%s): %j', (place, code, [, , wrong, right, beside = {}]) => {
    const [name = ''] = place.split(/[.[]/);
    const isBesideWrong = ['ENV_TWICE', 'NAME_TAKEN'].includes(code);
    expect(() => makeMember(member, { ...(isBesideWrong ? beside : {}), [name]: wrong })).toThrow(
      expect.objectContaining({ code, where: `shop/one ${place}` }),
    );
    if (right !== undefined) expect(() => makeMember(member, { ...beside, [name]: right })).not.toThrow();
  });

  test.each([
    [{}, 'the name of one of `volumes`'],
    [{ volumes: [{ name: 'v', emptyDir: {} }], writable: ['/tmp'] }, 'one of writable-tmp, v'],
  ])('says which volumes there are, with %j', (beside, expected) => {
    expect(() => makeMember(member, { ...beside, volumeMounts: [{ name: 'w', mountPath: '/w' }] })).toThrow(
      expect.objectContaining({ code: 'VOLUME_UNKNOWN', found: '"w"', expected }),
    );
  });

  test('what is in a value cannot be seen into, and is not held against what is there', () => {
    const values = defineValues({
      volume: value.string({ default: 'v', doc: 'd' }),
      name: value.string({ default: 'A', doc: 'd' }),
    });
    const named = { name: values.name, value: 'x' };
    const made = (more: object) => () =>
      makeMember(member, more, new HelmChart(Testing.app(), 'shop', { description: 'test', values }));
    const volumeMounts = [{ name: 'v', mountPath: '/v' }];
    expect(made({ volumes: [{ name: values.volume, emptyDir: {} }], volumeMounts })).not.toThrow();
    expect(made({ volumes: [{ name: 'w', emptyDir: {} }], volumeMounts })).toThrow(
      expect.objectContaining({ code: 'VOLUME_UNKNOWN' }),
    );
    expect(made({ extraEnv: [named, named] })).not.toThrow();
    expect(made({ sidecars: [{ name: 's', image: 's:1' }] })).not.toThrow();
  });

  test.each([undefined, null, 5, 'text', []])('refuses %p for its props, without a TypeError', (props) => {
    expect(() => FAMILY[member].make(shopChart(), props as never)).toThrow(
      expect.objectContaining({ where: 'shop/one props' }),
    );
  });

  test('meets Pod Security "restricted", runs as an account of its own without a token, and has limits', () => {
    const objects = objectsOfMember(member);
    expect(findingsIn(objects)).toEqual([]);
    const { template } = podsOf(objects);
    expect(template.spec).toMatchObject({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      serviceAccountName: 'shop-one',
    });
    const [app] = template.spec.containers;
    expect(app).toMatchObject({
      imagePullPolicy: 'IfNotPresent',
      resources: { limits: { memory: '128Mi', 'ephemeral-storage': '1Gi' }, requests: { cpu: '100m' } },
      securityContext: { readOnlyRootFilesystem: true },
    });
    expect(app.ports).toBeUndefined();
    expect(objects.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['ServiceAccount', 'NetworkPolicy']),
    );
    expect(objects.map(({ kind }) => kind)).not.toContain('Service');
  });

  test('lets nobody in, and only DNS out', () => {
    const { spec } = policyOf(objectsOfMember(member));
    expect(spec.policyTypes).toEqual(['Ingress', 'Egress']);
    expect(spec.ingress).toEqual([]);
    expect(spec.egress).toHaveLength(1);
    expect(policyOf(objectsOfMember(member, { networkPolicy: false }))).toBeUndefined();
  });

  test('opens both ends of the way to a service, by its own prop and by that of the service', () => {
    const ways = (['prop', 'service', 'method'] as const).map((how) => {
      const shop = shopChart();
      const db = new SecureService(shop, 'db', { image: 'db:1', port: 5432, resources: 'small' });
      const one = makeMember(member, how === 'prop' ? { allowTo: [db] } : {}, shop);
      if (how === 'service') db.allowFrom(one);
      if (how === 'method') one.allowTo(db);
      const objects = Testing.synth(shop);
      return [policyOf(objects).spec.egress[1], policyOf(objects, 'shop-db').spec.ingress];
    });
    const ports = [{ port: 5432, protocol: 'TCP' }];
    const pods = (component: string) => ({
      podSelector: { matchLabels: expect.objectContaining({ 'app.kubernetes.io/component': component }) },
    });
    expect(ways[0]).toEqual([{ ports, to: [pods('db')] }, [{ from: [pods('one')], ports }]]);
    expect(ways[1]).toEqual(ways[0]);
    expect(ways[2]).toEqual(ways[0]);
  });

  test.each(['a key', 'the whole'] as const)(
    'other content that its pods read by %s makes other pods',
    (what) => {
      const values = defineValues({ level: value.string({ default: 'info', doc: 'd' }) });
      const chart = new HelmChart(Testing.app(), 'shop', { description: 'test', values });
      const config = new ConfigBundle(chart, 'config', { config: { LEVEL: values.level } });
      const read =
        what === 'a key' ? { env: config.env('LEVEL') } : { envFrom: [{ configMapRef: { name: 'late' } }] };
      makeMember(member, read, chart);
      // What is made later counts as well.
      new KubeObject(chart, 'late', {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'late' },
        data: { A: values.level },
      });
      const told = (level: string) => {
        const { metadata, template } = podsOf(Testing.synth(chart, { values: { level } }) as never);
        return [metadata.name, template.metadata.annotations?.['checksum/config']];
      };
      expect(told('info')).toEqual(told('info'));
      expect(told('debug')).not.toEqual(told('info'));
      // A Job cannot be changed: it is another one. All others stay who they are.
      expect(told('debug')[0] === told('info')[0]).toBe(member !== 'SecureTask');
    },
  );

  test('labels and annotations of the user are on all its objects, and the labels on its pods', () => {
    const objects = objectsOfMember(member, {
      labels: { team: 'a' },
      annotations: { 'a.b/c': 'd' },
    }) as Any[];
    for (const { metadata } of objects) {
      expect(metadata.labels.team).toBe('a');
      expect(metadata.annotations['a.b/c']).toBe('d');
    }
    expect(podsOf(objects).template.metadata.labels.team).toBe('a');
  });

  test('what is a JSON patch reaches any leaf of it', () => {
    const chart = shopChart();
    const one = makeMember(member, {}, chart);
    const at = podsOf(Testing.synth(chart) as never).spec.jobTemplate ? '/spec/jobTemplate/spec' : '/spec';
    one.workload.addJsonPatch(JsonPatch.add(`${at}/template/spec/hostname`, 'here'));
    expect(podsOf(Testing.synth(chart) as never).template.spec.hostname).toBe('here');
  });
});
