import type { KubeObject } from '../../kube';
import type { ClusterApi, Live } from '../cluster/cluster-api';
import { PART_OF, releaseOf } from '../inventory/names';
import { member } from '../testing-only/member';
import { withoutHandedOver } from './handed-over';
import { planWrite } from './plan-write';

const release = releaseOf('shop', 'here');
const HASH = 'rollouts-pod-template-hash';
const annotations = { 'argo-rollouts.argoproj.io/managed-by-rollouts': 'web' };

const service = (selector: object | undefined, more: object = {}): KubeObject =>
  ({
    ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' } },
    spec: { ports: [{ port: 80 }], ...(selector && { selector }), ...more },
  }) as KubeObject;
const there = (selector: object | undefined, more: object = { annotations }): Live =>
  ({
    ...service(selector),
    metadata: { name: 'web', namespace: 'here', uid: 'u', resourceVersion: '1', ...more },
  }) as unknown as Live;
const specOf = (object: KubeObject) => (object as unknown as { readonly spec: object }).spec;

test('a selector that a Rollout has narrowed down is left alone', () => {
  const left = withoutHandedOver(service({ app: 'web' }), there({ app: 'web', [HASH]: '6d9' }));
  expect(specOf(left)).toEqual({ ports: [{ port: 80 }] });
});

test('another selector is stated, for the pods that are in force', () => {
  const changed = withoutHandedOver(service({ app: 'shop' }), there({ app: 'web', [HASH]: '6d9' }));
  expect(specOf(changed)).toMatchObject({ selector: { app: 'shop', [HASH]: '6d9' } });
});

test.each([
  ['no Rollout manages it', service({ app: 'web' }), there({ app: 'web', [HASH]: '6d9' }, {})],
  ['a Rollout has not narrowed it down yet', service({ app: 'web' }), there({ app: 'web' })],
  ['it has no selector', service(undefined), there(undefined)],
  ['it is another kind', { ...service({ app: 'web' }), kind: 'Route' }, there({ app: 'web', [HASH]: '6d9' })],
  [
    'it is of another group',
    { ...service({ app: 'web' }), apiVersion: 'serving.knative.dev/v1' },
    there({ app: 'web', [HASH]: '6d9' }),
  ],
])('an object is stated as it is where %s', (_why, object, live) => {
  expect(withoutHandedOver(object, live)).toBe(object);
});

test('a Service that a Rollout has narrowed down is unchanged, and is no conflict', async () => {
  const labels = { [PART_OF]: release.id };
  const managedFields = [{ manager: 'drydock-deploy', operation: 'Apply', fieldsV1: {} }];
  const live = there({ app: 'web', [HASH]: '6d9' }, { annotations, labels, managedFields });
  const said: unknown[] = [];
  const api = {
    get: async () => live,
    apply: async (_of: unknown, object: KubeObject) => {
      said.push((specOf(object) as { readonly selector?: unknown }).selector);
      return live;
    },
  } as unknown as ClusterApi;
  const ordered = { member: member('Service', service({ app: 'web' })), stage: 0, needs: [], waitsFor: [] };
  const allowed = { adopt: false, forceConflicts: false, recreate: [] };
  const write = await planWrite(api, release, ordered, allowed, { isInInventory: true, seen: live });
  expect(write).toMatchObject({
    planned: { action: 'unchanged' },
    desired: { spec: { ports: [{ port: 80 }] } },
  });
  expect(said).toEqual([{ app: 'web' }, undefined]);
});
