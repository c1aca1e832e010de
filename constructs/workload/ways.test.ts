import { Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Testing } from '../../core/synth';
import { HelmChart, when } from '../../core/tree';
import { defineValues, value } from '../../core/values';
import { makeMember, objectsOfMember, podsOf, shopChart } from '../../test/support/family';
import { SecureService, SecureWorker } from '..';

/** Whom a workload waits for, workloads of cdk8s-plus beside it, and who reads its metrics. */

// biome-ignore lint/suspicious/noExplicitAny: a test reads rendered objects as what they are
type Any = any;
const find = (objects: readonly unknown[], kind: string, name = 'shop-one'): Any =>
  (objects as Any[]).find((one) => one.kind === kind && one.metadata.name === name);
const DB = { image: 'db:1', port: 5432, resources: 'small' } as const;
const WORK = { image: 'a:1', resources: 'small', liveness: { none: 'why' } } as const;
const IMAGE = 'docker.io/library/busybox:1.37.0';

describe('startAfter', () => {
  test('waits in a container before those of the user, and opens the way', () => {
    const shop = shopChart();
    const db = new SecureService(shop, 'db', DB);
    makeMember(
      'SecureWorker',
      { startAfter: { services: [db], image: IMAGE }, initContainers: [{ name: 'mine', image: 'b:1' }] },
      shop,
    );
    const objects = Testing.synth(shop);
    const { initContainers } = find(objects, 'Deployment').spec.template.spec;
    expect(initContainers.map(({ name }: Any) => name)).toEqual(['start-after', 'mine']);
    expect(initContainers[0]).toMatchObject({
      image: IMAGE,
      resources: { limits: { memory: '128Mi' } },
      securityContext: { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false },
    });
    expect(initContainers[0].command.slice(3)).toEqual(['sh', 'shop-db:5432']);
    const [from] = find(objects, 'NetworkPolicy', 'shop-db').spec.ingress;
    expect(from.from[0].podSelector.matchLabels['app.kubernetes.io/component']).toBe('one');
  });

  test('one that is named in allowTo as well has one way', () => {
    const shop = shopChart();
    const db = new SecureService(shop, 'db', DB);
    makeMember('SecureWorker', { startAfter: { services: [db], image: IMAGE }, allowTo: [db] }, shop);
    expect(find(Testing.synth(shop), 'NetworkPolicy', 'shop-db').spec.ingress).toHaveLength(1);
  });

  test.each([
    ['data', 'other-db.data:5432', { 'kubernetes.io/metadata.name': 'data' }],
    ['shop', 'other-db:5432', undefined],
  ])('waits for a service in namespace %s at %s, and is let out there', (namespace, place, matchLabels) => {
    const app = Testing.app();
    const mine = new Chart(app, 'shop', { namespace: 'shop' });
    const db = new SecureService(new Chart(app, 'other', { namespace }), 'db', DB);
    new SecureWorker(mine, 'one', { ...WORK, startAfter: { services: [db], image: IMAGE } });
    const objects = mine.toJson();
    const { initContainers } = find(objects, 'Deployment').spec.template.spec;
    expect(initContainers[0].command.slice(4)).toEqual([place]);
    const [, way] = find(objects, 'NetworkPolicy').spec.egress;
    expect(way.to[0].namespaceSelector?.matchLabels).toEqual(matchLabels);
  });

  test('does not wait for a service that is not installed', () => {
    const values = defineValues({ db: value.boolean({ default: true, doc: 'd' }) });
    const shop = new HelmChart(Testing.app(), 'shop', { description: 'test', values });
    const db = when(values.db, () => new SecureService(shop, 'db', DB)) as SecureService;
    makeMember('SecureWorker', { startAfter: { services: [db], image: IMAGE } }, shop);
    const places = (given: boolean) =>
      find(
        Testing.synth(shop, { values: { db: given } }),
        'Deployment',
      ).spec.template.spec.initContainers[0].command.slice(4);
    expect([places(true), places(false)]).toEqual([['shop-db:5432'], []]);
  });

  test.each<[place: string, code: string, wrong: (db: SecureService) => object]>([
    ['startAfter.services', 'PROP_INVALID', () => ({ services: [], image: IMAGE })],
    ['startAfter.services', 'PROP_INVALID', () => ({ services: ['db'], image: IMAGE })],
    [
      'startAfter.services',
      'PROP_INVALID',
      (db) => ({ services: [db, makeMember('SecureWorker')], image: IMAGE }),
    ],
    ['startAfter.services', 'PROP_INVALID', () => ({ services: [{ letIn: () => undefined }], image: IMAGE })],
    ['startAfter.image', 'PROP_MISSING', (db) => ({ services: [db] })],
    ['startAfter.image', 'IMAGE_UNPINNED', (db) => ({ services: [db], image: 'busybox' })],
  ])('refuses %s (%s)', (place, code, wrong) => {
    const shop = shopChart();
    const startAfter = wrong(new SecureService(shop, 'db', DB));
    expect(() => makeMember('SecureWorker', { startAfter }, shop)).toThrow(
      expect.objectContaining({ code, where: `shop/one ${place}` }),
    );
  });

  test('no container of the user has its name', () => {
    const made = (name: string) => () => {
      const shop = shopChart();
      const services = [new SecureService(shop, 'db', DB)];
      makeMember(
        'SecureWorker',
        { startAfter: { services, image: IMAGE }, sidecars: [{ name, image: 'a:1' }] },
        shop,
      );
    };
    expect(made('start-after')).toThrow(expect.objectContaining({ code: 'NAME_TAKEN' }));
    expect(made('other')).not.toThrow();
  });
});

describe('workloads of cdk8s-plus', () => {
  const build = (props: (theirs: kplus.Deployment, elsewhere: kplus.Pods) => object) => {
    const app = Testing.app();
    const shop = new HelmChart(app, 'shop', { description: 'test' });
    const other = new Chart(app, 'other');
    const theirs = new kplus.Deployment(other, 'theirs', { containers: [{ image: 'b:1' }] });
    const elsewhere = kplus.Pods.select(other, 'all', {
      labels: { app: 'x' },
      namespaces: kplus.Namespaces.select(other, 'ns', { names: ['data'] }),
    });
    new SecureService(shop, 'api', { ...DB, ...props(theirs, elsewhere) });
    const [labels] = [theirs.matchLabels];
    return { policy: find(Testing.synth(shop), 'NetworkPolicy', 'shop-api').spec, labels };
  };

  test('are let in by their labels, and by namespaces where they name some', () => {
    const { policy, labels } = build((theirs, elsewhere) => ({ allowFrom: [theirs, elsewhere] }));
    const ports = [{ port: 5432, protocol: 'TCP' }];
    expect(Object.keys(labels)).not.toEqual([]);
    expect(policy.ingress).toEqual([
      { from: [{ podSelector: { matchLabels: labels } }], ports },
      {
        from: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'data' } },
            podSelector: { matchLabels: { app: 'x' } },
          },
        ],
        ports,
      },
    ]);
  });

  test('are called, and so are ranges of addresses', () => {
    const { policy, labels } = build((theirs) => ({ allowTo: [theirs] }));
    expect(policy.egress[1]).toEqual({ to: [{ podSelector: { matchLabels: labels } }] });
    const range = kplus.NetworkPolicyIpBlock.ipv4(new Chart(Testing.app(), 'c'), 'r', '10.0.0.0/8');
    expect(build(() => ({ allowTo: [range] })).policy.egress[1]).toEqual({
      to: [{ ipBlock: { cidr: '10.0.0.0/8' } }],
    });
  });

  test('may be named after the constructor as well', () => {
    const app = Testing.app();
    const shop = new HelmChart(app, 'shop', { description: 'test' });
    const theirs = new kplus.Deployment(new Chart(app, 'o'), 'theirs', { containers: [{ image: 'b:1' }] });
    const api = new SecureService(shop, 'api', DB);
    const worker = new SecureWorker(shop, 'one', WORK);
    api.allowFrom(theirs);
    worker.allowTo(theirs);
    const objects = Testing.synth(shop);
    const who = [{ podSelector: { matchLabels: theirs.matchLabels } }];
    expect(find(objects, 'NetworkPolicy', 'shop-api').spec.ingress[0].from).toEqual(who);
    expect(find(objects, 'NetworkPolicy').spec.egress[1].to).toEqual(who);
  });
});

describe.each(['SecureWorker', 'SecureAgent'] as const)('the metrics of a %s', (member) => {
  test('are read by one namespace on one port, and by nobody without a word', () => {
    const allowPrometheus = { namespace: 'monitoring', port: 9090, monitor: { labels: { release: 'prom' } } };
    const objects = objectsOfMember(member, { allowPrometheus });
    expect(podsOf(objects).template.spec.containers[0].ports).toEqual([
      { name: 'metrics', containerPort: 9090, protocol: 'TCP' },
    ]);
    expect(find(objects, 'NetworkPolicy').spec.ingress).toEqual([
      {
        from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
        ports: [{ port: 9090, protocol: 'TCP' }],
      },
    ]);
    const { metadata, spec } = find(objects, 'PodMonitor');
    expect(metadata.labels.release).toBe('prom');
    expect(spec.podMetricsEndpoints).toEqual([{ port: 'metrics', path: '/metrics' }]);
    const { 'app.kubernetes.io/component': component } = spec.selector.matchLabels;
    expect(component).toBe('one');
  });

  test.each([
    ['allowPrometheus.port', 'PROP_MISSING', { namespace: 'm' }, { namespace: 'm', port: 1 }],
    ['allowPrometheus.namespace', 'NAME_INVALID', { namespace: 'M', port: 1 }, { namespace: 'm', port: 1 }],
  ])('refuses %s (%s)', (place, code, wrong, right) => {
    expect(() => makeMember(member, { allowPrometheus: wrong })).toThrow(
      expect.objectContaining({ code, where: `shop/one ${place}` }),
    );
    expect(() => makeMember(member, { allowPrometheus: right })).not.toThrow();
  });
});
