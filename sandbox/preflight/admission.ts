import type { Job, ResourceQuota } from '../../imports/k8s';
import {
  type Connection,
  create,
  KubeError,
  type KubeObject,
  list,
  type ObjectList,
  resource,
  type Stored,
} from '../../kube';
import { apiError } from '../causes/api-cause';
import { jobs } from '../causes/fate';
import { bad, type Finding, good, unknown } from './report';

const quotas = resource<ResourceQuota>('v1', 'ResourceQuota');

/** Loosenings that no sandbox namespace may admit, tried on the template's own Job without creating it. */
const LOOSENINGS: readonly [string, (job: Job) => Job][] = [
  ['a token of its account', (job) => withPod(job, { automountServiceAccountToken: true })],
  ["the host's network", (job) => withPod(job, { hostNetwork: true, hostUsers: undefined })],
  ['another image', (job) => withContainer(job, { image: 'drydock.invalid/preflight:1' })],
  ['more privileges', (job) => withContainer(job, { securityContext: { allowPrivilegeEscalation: true } })],
  ['a folder of the node', withNodeFolder],
];

/** Whether the policy admits the template's Job, and none that was made looser. */
export async function admissionPolicy(connection: Connection, job: Job): Promise<Finding> {
  const own = await refusal(connection, job);
  if (own !== undefined) {
    return bad('admission-policy', `the template's own Job is refused: ${own}`, remedyOfRefusal);
  }
  const admitted: string[] = [];
  for (const [title, loosen] of LOOSENINGS) {
    const refused = await refusal(connection, loosen(job));
    if (refused === undefined || !/ValidatingAdmissionPolicy|admission webhook/.test(refused))
      admitted.push(title);
  }
  if (admitted.length === 0) {
    return good('admission-policy', `admits the template, denies ${LOOSENINGS.length} looser copies of it`);
  }
  return bad(
    'admission-policy',
    `a Job with ${admitted.join(', with ')} is not denied`,
    "Install the administrator's chart (SandboxRbac): without its policy everyone who may create Jobs can use all of the namespace and its nodes.",
  );
}

const remedyOfRefusal =
  'Give both charts the same values under `sandbox`, and read the template again from the ConfigMap that is installed.';

async function refusal(connection: Connection, job: Job): Promise<string | undefined> {
  try {
    await create(connection, jobs, job, { dryRun: true });
    return undefined;
  } catch (error) {
    if (error instanceof KubeError && error.effect === 'none') return error.found;
    throw apiError(error, 'preflight');
  }
}

function withPod(job: Job, changes: object): Job {
  const template = job.spec!.template;
  const spec = { ...template.spec!, ...changes };
  return { ...job, spec: { ...job.spec!, template: { ...template, spec } } };
}

function withNodeFolder(job: Job): Job {
  const [first, ...others] = job.spec!.template.spec!.volumes ?? [];
  const volume = { name: first?.name ?? 'node', hostPath: { path: '/' } };
  return withPod(job, { volumes: [volume, ...others], hostUsers: undefined });
}

function withContainer(job: Job, changes: object): Job {
  const [container] = job.spec!.template.spec!.containers;
  return withPod(job, { containers: [{ ...container!, ...changes }] });
}

/** Whether there is a quota, and room in it. */
export async function quota(connection: Connection, namespace: string): Promise<Finding> {
  const items = await readable(list(connection, quotas, { namespace }));
  if (items === undefined) {
    return unknown(
      'quota',
      'this account may not list quotas',
      `Bind it to the Role of SandboxRbac, or look: kubectl get resourcequota -n ${namespace}`,
    );
  }
  if (items.length === 0) {
    return bad(
      'quota',
      'no ResourceQuota in the namespace',
      "Install the administrator's chart (SandboxRbac): without it, sandboxes can take all of the cluster.",
    );
  }
  const full: string[] = [];
  for (const { metadata, status } of items) {
    for (const [name, hard] of Object.entries(status?.hard ?? {})) {
      const used = status?.used?.[name] ?? '0';
      // Equal texts are equal amounts; nothing is allowed of what is at 0.
      if (hard !== '0' && hard === used) full.push(`${metadata.name} ${name}: ${used} of ${hard}`);
    }
  }
  if (full.length === 0) return good('quota', items.map(({ metadata }) => metadata.name).join(', '));
  return bad('quota', `full: ${full.join(', ')}`, 'Close sandboxes that are not needed, or raise the quota.');
}

interface Labelled {
  readonly apiVersion: 'v1';
  readonly kind: 'Namespace';
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
}

const namespaces = resource<Labelled>('v1', 'Namespace');
const LEVEL = 'pod-security.kubernetes.io/enforce';

/** The level that is enforced, where this account may read it. */
export async function podSecurity(connection: Connection, namespace: string): Promise<Finding> {
  const items = await readable(list(connection, namespaces, { fieldSelector: `metadata.name=${namespace}` }));
  if (items === undefined) {
    return unknown(
      'pod-security',
      'this account may not read the namespace, as it should be',
      `Ask an administrator: kubectl get namespace ${namespace} -o yaml shows ${LEVEL}.`,
    );
  }
  const level = items[0]?.metadata.labels?.[LEVEL];
  if (level === 'restricted') return good('pod-security', 'the namespace enforces "restricted"');
  return bad(
    'pod-security',
    level === undefined ? 'the namespace enforces no level' : `the namespace enforces "${level}"`,
    `kubectl label namespace ${namespace} ${LEVEL}=restricted --overwrite`,
  );
}

/** What may be listed; `undefined` for what may not. */
async function readable<Kind extends KubeObject>(
  listing: Promise<ObjectList<Kind>>,
): Promise<readonly Stored<Kind>[] | undefined> {
  try {
    return (await listing).items;
  } catch (error) {
    if (error instanceof KubeError && error.code === 'FORBIDDEN') return undefined;
    throw apiError(error, 'preflight');
  }
}
