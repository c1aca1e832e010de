import { Chart } from 'cdk8s';
import { Namespace as Namespace28, PersistentVolumeClaim } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { Testing } from '../synth';
import { text } from '../template';
import { defineValues, value } from '../values';
import { HelmChart } from './helm-chart';
import { keepOnUninstall } from './keep';
import { KubeObject } from './kube-object';

const values = defineValues({ team: value.dnsName({ default: 'shop', doc: 'Whose it is' }) });
const KEPT = { 'helm.sh/resource-policy': 'keep' };

function objectsOf(fill: (chart: HelmChart) => void): readonly Manifest[] {
  const app = Testing.app();
  const chart = new HelmChart(app, 'shop', { description: 'A shop', values });
  new KubeObject(chart, 'team', { apiVersion: 'v1', kind: 'ConfigMap', data: { team: values.team } });
  fill(chart);
  app.synth();
  return Testing.synth(chart) as never;
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
}

const annotations = (objects: readonly Manifest[], kind: string) =>
  objects.find((object) => object.kind === kind)?.metadata.annotations;

test('what holds data is kept if one says so, of ours and of others', () => {
  const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim' };
  const objects = objectsOf((chart) => keepOnUninstall(new KubeObject(chart, 'data', claim)));
  expect(annotations(objects, 'PersistentVolumeClaim')).toEqual(KEPT);
  expect(annotations(objects, 'ConfigMap')).toBeUndefined();
  const foreign = objectsOf((chart) => keepOnUninstall(new PersistentVolumeClaim(chart, 'data')));
  expect(annotations(foreign, 'PersistentVolumeClaim')).toEqual(KEPT);
});

test('a Namespace is kept beside its other annotations', () => {
  const objects = objectsOf((chart) => {
    const metadata = { name: 'boxes', annotations: { team: text`${values.team}` } };
    new KubeObject(chart, 'boxes', { apiVersion: 'v1', kind: 'Namespace', metadata });
  });
  expect(annotations(objects, 'Namespace')).toEqual({ ...KEPT, team: 'shop' });
});

test('plain YAML that is no chart says nothing to helm', () => {
  const app = Testing.app();
  new KubeObject(new Chart(app, 'plain'), 'boxes', { apiVersion: 'v1', kind: 'Namespace' });
  expect(app.synthYaml()).not.toContain('helm.sh');
});

test('a Namespace of others that would go with the release is refused, unless it is kept', () => {
  const namespace = (chart: Construct) => new Namespace28(chart, 'boxes');
  expect(() => objectsOf(namespace)).toThrow(/^NAMESPACE_NOT_KEPT at shop\/boxes/);
  const kept = objectsOf((chart) => keepOnUninstall(namespace(chart)));
  expect(annotations(kept, 'Namespace')).toEqual(KEPT);
});
