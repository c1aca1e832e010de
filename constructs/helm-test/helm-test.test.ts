import { Chart } from 'cdk8s';
import { App, Testing } from '../../core/synth';
import type { JsonObject } from '../../core/template';
import { HelmChart } from '../../core/tree';
import { defineValues, value } from '../../core/values';
import { HelmTest, SecureService } from '..';

// biome-ignore lint/suspicious/noExplicitAny: a test reads rendered objects as what they are
type Any = any;

function fill(chart: Chart): HelmTest {
  const web = new SecureService(chart, 'web', { image: 'web:1', port: 8080, resources: 'small' });
  return new HelmTest(chart, 'ask', { image: 'web:1', command: ['ask', web.url], allowTo: [web] });
}

function objectsIn(service: 'Helm' | 'drydock'): Any[] {
  const chart = new HelmChart(new App({ outdir: 'unused' }), 'shop', { description: 'd' });
  fill(chart);
  return chart.render(chart.inputs({ release: { service } })) as JsonObject[];
}

const names = (objects: Any[], kind: string) =>
  objects.filter((one) => one.kind === kind).map(({ metadata }) => metadata.name);

const ingressOf = (objects: Any[]) =>
  objects.find(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === 'shop-web').spec.ingress;

test('helm has a pod that runs as a test and goes when it passed', () => {
  const pod = objectsIn('Helm').find(({ kind }) => kind === 'Pod');
  expect(pod.metadata.annotations).toEqual({
    'helm.sh/hook': 'test',
    'helm.sh/hook-delete-policy': 'before-hook-creation,hook-succeeded',
  });
  // What refuses it at first, until a network policy knows it, is asked again.
  expect(pod.spec).toMatchObject({ restartPolicy: 'OnFailure', activeDeadlineSeconds: 120 });
  expect(pod.spec.containers[0].securityContext).toMatchObject({ readOnlyRootFilesystem: true });
});

test('it reaches what it tests, and nothing else is let in for it', () => {
  const objects = objectsIn('Helm');
  expect(names(objects, 'NetworkPolicy')).toEqual(['shop-web', 'shop-ask']);
  expect(ingressOf(objects)).toEqual([
    {
      from: [
        {
          podSelector: {
            matchLabels: {
              'app.kubernetes.io/component': 'ask',
              'app.kubernetes.io/instance': 'shop',
              'app.kubernetes.io/name': 'shop',
            },
          },
        },
      ],
      ports: [{ port: 8080, protocol: 'TCP' }],
    },
  ]);
});

test('it runs as an account that exists and may call the API server', () => {
  const chart = new HelmChart(new App({ outdir: 'unused' }), 'shop', { description: 'd' });
  const serviceAccount = { name: 'gate', token: true };
  new HelmTest(chart, 'ask', { image: 'web:1', command: ['ask'], serviceAccount, allowApiServer: true });
  const objects = chart.render(chart.inputs({ release: { service: 'Helm' } })) as Any[];
  expect(names(objects, 'ServiceAccount')).toEqual([]);
  const { spec } = objects.find(({ kind }) => kind === 'Pod');
  expect(spec).toMatchObject({ serviceAccountName: 'gate', automountServiceAccountToken: true });
  const policy = objects.find(({ kind }) => kind === 'NetworkPolicy');
  const ports = policy.spec.egress.flatMap(({ ports }: Any) => ports.map(({ port }: Any) => port));
  expect(ports).toEqual(expect.arrayContaining([443, 6443, 8443]));
});

test('a word of its command may be absent', () => {
  const values = defineValues({ verbose: value.boolean({ default: false, doc: 'Says more' }) });
  const chart = new HelmChart(new App({ outdir: 'unused' }), 'shop', { description: 'd', values });
  new HelmTest(chart, 'ask', { image: 'web:1', command: ['ask', values.verbose.then('-v')] });
  const commandFor = (given: JsonObject) => {
    const objects: Any[] = chart.render(chart.inputs({ values: given, release: { service: 'Helm' } }));
    return objects.find(({ kind }) => kind === 'Pod').spec.containers[0].command;
  };
  expect(commandFor({})).toEqual(['ask']);
  expect(commandFor({ verbose: true })).toEqual(['ask', '-v']);
});

test('plain YAML has nothing of it', () => {
  const objects = objectsIn('drydock');
  expect(names(objects, 'Pod')).toEqual([]);
  expect(names(objects, 'NetworkPolicy')).toEqual(['shop-web']);
  expect(ingressOf(objects)).toEqual([]);
});

test('a chart that helm does not install has no test', () => {
  const chart = new Chart(Testing.app(), 'shop');
  expect(fill(chart).pod).toBeUndefined();
  expect(names(chart.toJson(), 'NetworkPolicy')).toHaveLength(1);
});

test('it is refused what a service is refused', () => {
  const chart = new HelmChart(new App({ outdir: 'unused' }), 'shop', { description: 'd' });
  expect(() => new HelmTest(chart, 'ask', { image: 'web', command: ['ask'] })).toThrow(
    expect.objectContaining({ code: 'IMAGE_UNPINNED' }),
  );
});
