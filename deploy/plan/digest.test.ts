import type { KubeObject } from '../../kube';
import { type Live, MANAGER } from '../cluster/cluster-api';
import { digestOf } from './digest';

const wanted: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', labels: { app: 'web' } },
};
const containers = {
  'k:{"name":"main"}': { '.': {}, 'f:name': {}, 'f:image': {} },
};
const ours = {
  'f:metadata': { 'f:labels': { 'f:app': {} } },
  'f:spec': { 'f:paused': {}, 'f:template': { 'f:spec': { 'f:containers': containers } } },
};

interface Given {
  readonly uid?: string;
  readonly labels?: object;
  readonly annotations?: object;
  readonly replicas?: number;
  readonly paused?: boolean;
  readonly history?: number;
  readonly pod?: readonly object[];
  readonly ours?: object;
  readonly others?: Live['metadata']['managedFields'];
}

function live(given: Given = {}): Live {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      ...{ name: 'web', uid: given.uid ?? '1', resourceVersion: String(Math.random()), generation: 4 },
      labels: { app: 'web', ...given.labels },
      ...(given.annotations ? { annotations: given.annotations as Record<string, string> } : {}),
      managedFields: [
        { manager: MANAGER, operation: 'Apply', fieldsV1: (given.ours ?? ours) as Record<string, unknown> },
        ...(given.others ?? []),
      ],
    },
    spec: {
      ...{ replicas: given.replicas ?? 1, paused: given.paused ?? false },
      ...(given.history === undefined ? {} : { revisionHistoryLimit: given.history }),
      template: { spec: { containers: given.pod ?? [{ name: 'main', image: 'a:1', pullPolicy: 'Always' }] } },
    },
    status: { replicas: Math.random() },
  };
}

const by = (manager: string, fieldsV1: Readonly<Record<string, unknown>>, subresource?: string) => ({
  ...{ manager, operation: 'Update', fieldsV1 },
  ...(subresource === undefined ? {} : { subresource }),
});
const scaler = by('hpa', { 'f:spec': { 'f:replicas': {} } }, 'scale');
const sidecar = by('injector', {
  'f:spec': { 'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"side"}': {} } } } },
});
const revision = by('kube-controller-manager', {
  'f:metadata': { 'f:annotations': { '.': {}, 'f:revision': {} } },
});
const base = digestOf(wanted, live());

test('status, versions and times are no change, nor is the UID that a write names', () => {
  expect(digestOf(wanted, live())).toBe(base);
  expect(digestOf({ ...wanted, metadata: { ...wanted.metadata, uid: '1' } as object }, live())).toBe(base);
});

test('what others alone own may come, change and go', () => {
  expect(digestOf(wanted, live({ annotations: { revision: '2' }, others: [revision] }))).toBe(base);
  const main = { name: 'main', image: 'a:1', pullPolicy: 'Always' };
  const pod = [main, { name: 'side', image: 'b:1' }];
  expect(digestOf(wanted, live({ pod, others: [sidecar] }))).toBe(base);
  const scaled = (replicas: number) => digestOf(wanted, live({ replicas, others: [scaler] }));
  expect(scaled(3)).toBe(scaled(5));
});

test.each<readonly [string, Given]>([
  ['another object of the same name', { uid: '2' }],
  ['another value of ours', { paused: true }],
  ['a default with another value', { replicas: 2 }],
  ['a default that has got an owner', { others: [scaler] }],
  ['a field without an owner', { history: 3 }],
  ['another element', { pod: [{ name: 'main', image: 'a:2', pullPolicy: 'Always' }] }],
  ['a default of an element', { pod: [{ name: 'main', image: 'a:1', pullPolicy: 'Never' }] }],
  ['elements in another order', { pod: [{ name: 'other' }, { name: 'main', image: 'a:1' }] }],
  ['a label without an owner', { labels: { extra: 'x' } }],
  ['a field that is no longer ours', { ours: { 'f:spec': ours['f:spec'] } }],
  ['a field that is taken from us', { ours: { 'f:metadata': ours['f:metadata'] }, others: [by('x', ours)] }],
])('%s is a change', (_title, given) => {
  expect(digestOf(wanted, live(given))).not.toBe(base);
});

test('another wish is a change, and the order in which its keys are written is none', () => {
  expect(digestOf({ ...wanted, spec: {} } as KubeObject, live())).not.toBe(base);
  const { apiVersion, kind, metadata } = wanted;
  expect(digestOf({ kind, metadata: { ...metadata }, apiVersion }, live())).toBe(base);
});

test('an integer that no number of JavaScript holds is told from its neighbour', () => {
  const asked = (nonce: bigint) => digestOf({ ...wanted, spec: { nonce } } as KubeObject, live());
  expect(asked(9_007_199_254_740_993n)).toBe(asked(9_007_199_254_740_993n));
  expect(asked(9_007_199_254_740_993n)).not.toBe(asked(9_007_199_254_740_992n));
});
