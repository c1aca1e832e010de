import { until } from '../../cluster';
import type { JsonObject } from '../../core/template';
import { changed } from './change';
import type { AdminInstallation, Answer } from './installation';

/** One change of an object that was admitted. */
export interface Update {
  readonly of: 'Job' | 'suspended Job' | 'Pod';
  readonly title: string;
  /** What the denial has to name; none where the change is harmless. */
  readonly field?: string;
  readonly patch: JsonObject;
  readonly subresource?: string;
}

const container = (fields: JsonObject): JsonObject => ({ containers: [{ name: 'sandbox', ...fields }] });
const inTemplate = (spec: JsonObject): JsonObject => ({ spec: { template: { spec } } });
const OWNER = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  name: 'x',
  uid: '00000000-0000-4000-8000-000000000000',
};
const NAME = 'app.kubernetes.io/name';

/** Every field that the API server lets change, beyond what the template says, and harmless changes beside them. */
export const UPDATES: readonly Update[] = [
  // Pods.
  {
    of: 'Pod',
    title: 'another image',
    field: 'spec.containers[0].image',
    patch: { spec: container({ image: 'evil.example.com/miner:1' }) },
  },
  {
    of: 'Pod',
    title: 'a toleration more',
    field: 'spec.tolerations',
    patch: { spec: { tolerations: [{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists' }] } },
  },
  {
    of: 'Pod',
    title: 'another deadline',
    field: 'spec.activeDeadlineSeconds',
    patch: { spec: { activeDeadlineSeconds: 17 } },
  },
  {
    of: 'Pod',
    title: 'a label of the template taken away',
    field: `metadata.labels.${NAME}`,
    patch: { metadata: { labels: { [NAME]: null } } },
  },
  {
    of: 'Pod',
    title: 'a label of the template changed',
    field: `metadata.labels.${NAME}`,
    patch: { metadata: { labels: { [NAME]: 'api' } } },
  },
  {
    of: 'Pod',
    title: 'an ephemeral container',
    field: 'spec.ephemeralContainers',
    subresource: '/ephemeralcontainers',
    patch: { spec: { ephemeralContainers: [{ name: 'debugger', image: 'registry.example.com/ci/x:1' }] } },
  },
  {
    of: 'Pod',
    title: 'more memory than a sandbox may have',
    field: 'spec.containers[0].resources.limits.memory',
    subresource: '/resize',
    patch: { spec: container({ resources: { limits: { memory: '5Gi' }, requests: { memory: '5Gi' } } }) },
  },
  {
    of: 'Pod',
    title: 'more CPU than a sandbox may have',
    field: 'spec.containers[0].resources.limits.cpu',
    subresource: '/resize',
    patch: { spec: container({ resources: { limits: { cpu: '3' }, requests: { cpu: '3' } } }) },
  },
  {
    of: 'Pod',
    title: 'a label that runs may not choose',
    field: 'metadata.labels.istio',
    patch: { metadata: { labels: { istio: 'ingressgateway' } } },
  },
  {
    of: 'Pod',
    title: 'a finalizer',
    field: 'metadata.finalizers',
    patch: { metadata: { finalizers: ['example.com/never'] } },
  },
  {
    of: 'Pod',
    title: 'another owner',
    field: 'metadata.ownerReferences',
    patch: { metadata: { ownerReferences: [OWNER] } },
  },
  { of: 'Pod', title: 'a label of its own', patch: { metadata: { labels: { build: '42' } } } },
  {
    of: 'Pod',
    title: 'an annotation',
    patch: { metadata: { annotations: { 'cni.example.com/ip': '192.0.2.7' } } },
  },
  { of: 'Pod', title: 'its finalizers taken away', patch: { metadata: { finalizers: null } } },
  {
    of: 'Pod',
    title: 'more memory, within the bound',
    subresource: '/resize',
    patch: { spec: container({ resources: { limits: { memory: '128Mi' }, requests: { memory: '128Mi' } } }) },
  },
  // Jobs.
  {
    of: 'Job',
    title: 'a deadline beyond the bound',
    field: 'spec.activeDeadlineSeconds',
    patch: { spec: { activeDeadlineSeconds: 3601 } },
  },
  {
    of: 'Job',
    title: 'no deadline',
    field: 'spec.activeDeadlineSeconds',
    patch: { spec: { activeDeadlineSeconds: null } },
  },
  { of: 'Job', title: 'suspended', field: 'spec.suspend', patch: { spec: { suspend: true } } },
  { of: 'Job', title: 'more pods at once', field: 'spec.parallelism', patch: { spec: { parallelism: 5 } } },
  { of: 'Job', title: 'no pod at all', field: 'spec.parallelism', patch: { spec: { parallelism: 0 } } },
  { of: 'Job', title: 'more tries', field: 'spec.backoffLimit', patch: { spec: { backoffLimit: 6 } } },
  {
    of: 'Job',
    title: 'kept for ever',
    field: 'spec.ttlSecondsAfterFinished',
    patch: { spec: { ttlSecondsAfterFinished: 999_999 } },
  },
  {
    of: 'Job',
    title: 'a label of the template taken away',
    field: `metadata.labels.${NAME}`,
    patch: { metadata: { labels: { [NAME]: null } } },
  },
  {
    of: 'Job',
    title: 'a label that runs may not choose',
    field: 'metadata.labels.kueue.x-k8s.io/queue-name',
    patch: { metadata: { labels: { 'kueue.x-k8s.io/queue-name': 'all' } } },
  },
  {
    of: 'Job',
    title: 'a finalizer, so that the namespace can never go',
    field: 'metadata.finalizers',
    patch: { metadata: { finalizers: ['example.com/never'] } },
  },
  {
    of: 'Job',
    title: 'an owner',
    field: 'metadata.ownerReferences',
    patch: { metadata: { ownerReferences: [OWNER] } },
  },
  {
    of: 'Job',
    title: 'an annotation',
    field: 'metadata.annotations.example.com/note',
    patch: { metadata: { annotations: { 'example.com/note': 'x'.repeat(200_000) } } },
  },
  {
    of: 'Job',
    title: 'the hash of another template',
    field: 'metadata.annotations.drydock.dev/template',
    patch: { metadata: { annotations: { 'drydock.dev/template': '0'.repeat(64) } } },
  },
  {
    of: 'Job',
    title: 'a longer deadline, within the bound',
    patch: { spec: { activeDeadlineSeconds: 3600 } },
  },
  { of: 'Job', title: 'a label of its own', patch: { metadata: { labels: { build: '42' } } } },
  // A Job that was suspended before the policy came lets the scheduling of its pod be changed.
  {
    of: 'suspended Job',
    title: 'a node selector',
    field: 'spec.template.spec.nodeSelector',
    patch: {
      spec: { suspend: false, ...(inTemplate({ nodeSelector: { role: 'control' } }).spec as JsonObject) },
    },
  },
  {
    of: 'suspended Job',
    title: 'a toleration',
    field: 'spec.template.spec.tolerations',
    patch: {
      spec: { suspend: false, ...(inTemplate({ tolerations: [{ operator: 'Exists' }] }).spec as JsonObject) },
    },
  },
  {
    of: 'suspended Job',
    title: 'an affinity',
    field: 'spec.template.spec.affinity',
    patch: {
      spec: {
        suspend: false,
        ...(inTemplate({
          affinity: {
            nodeAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: {
                nodeSelectorTerms: [{ matchExpressions: [{ key: 'role', operator: 'Exists' }] }],
              },
            },
          },
        }).spec as JsonObject),
      },
    },
  },
  {
    of: 'suspended Job',
    title: 'a scheduling gate',
    field: 'spec.template.spec.schedulingGates',
    patch: {
      spec: {
        suspend: false,
        ...(inTemplate({ schedulingGates: [{ name: 'example.com/wait' }] }).spec as JsonObject),
      },
    },
  },
  {
    of: 'suspended Job',
    title: 'a label of the template taken from its pod',
    field: `spec.template.metadata.labels.${NAME}`,
    patch: { spec: { suspend: false, template: { metadata: { labels: { [NAME]: null } } } } },
  },
  { of: 'suspended Job', title: 'resumed as it is', patch: { spec: { suspend: false } } },
];

const SUSPENDED = 'suspended';
const RUNNING = 'running';

/** A Job that is suspended, which the policy would not admit; to be called before the policy is there. */
export async function createSuspended(installation: AdminInstallation): Promise<void> {
  const job = changed(installation.job({ name: SUSPENDED }), { 'spec.suspend': true });
  await installation.apply([job]);
}

/** Makes a sandbox, and tries every update on it and on the suspended one; on its pod where a node runs it. */
export async function tryUpdates(
  installation: AdminInstallation,
  hasNode = true,
): Promise<readonly { readonly update: Update; readonly answer: Answer }[]> {
  const job = installation.job({ name: RUNNING, memory: '64Mi' });
  await installation.apply([job]);
  const objects: Record<Update['of'], JsonObject | undefined> = {
    Job: job,
    'suspended Job': installation.job({ name: SUSPENDED }),
    Pod: hasNode ? await podOf(installation) : undefined,
  };
  const results = [];
  for (const update of UPDATES) {
    const object = objects[update.of];
    if (!object) continue;
    const answer = await installation.tryToPatch(object, update.patch, update.subresource);
    results.push({ update, answer });
  }
  return results;
}

/** The pod of the sandbox that `tryUpdates` made. */
export async function podOf({ cluster, sandboxNamespace }: AdminInstallation): Promise<JsonObject> {
  const path = `/api/v1/namespaces/${sandboxNamespace}/pods?labelSelector=job-name%3D${RUNNING}`;
  return until('the pod of the Job to run', async () => {
    const { items } = await cluster.api.call<{ items: JsonObject[] }>('GET', path);
    const [pod] = items;
    const { phase } = (pod?.status ?? {}) as { readonly phase?: string };
    return pod && phase === 'Running' ? { ...pod, kind: 'Pod' } : undefined;
  });
}
