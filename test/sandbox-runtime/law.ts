import type { Json, JsonObject } from '../../core/template';
import { readTemplate, type Sandboxes } from '../../sandbox';
import type { Changes } from '../sandbox/change';
import type { RuntimeInstallation } from './runtime';

/** Runs, from the least that can be said to all that can, by what a reader would call them. */
export const RUNS: Readonly<Record<string, JsonObject>> = {
  'nothing but name, image and deadline': {
    cpu: undefined,
    memory: undefined,
    ephemeralStorage: undefined,
  } as never,
  'an empty environment, and labels': { env: {}, labels: { build: '42', team: '' } },
  'an environment of sharp characters': {
    env: { A: '<&>"\'\\', B: '', 'C.D': '{{ x }}' },
    memory: '128Mi',
  },
  'a command of its own': { command: ['sh', '-c', 'exec sleep infinity'] },
};

const pod = 'spec.template.spec';

/** Copies of a Job that say one thing more than the template, or another. */
export const LOOSENED: Readonly<Record<string, Changes>> = {
  'the token of its account': { [`${pod}.automountServiceAccountToken`]: true },
  'the user namespace of the node': { [`${pod}.hostUsers`]: undefined },
  'another account': { [`${pod}.serviceAccountName`]: 'default' },
  'a root filesystem that can be written': {
    [`${pod}.containers[0].securityContext.readOnlyRootFilesystem`]: false,
  },
  'a capability': {
    [`${pod}.containers[0].securityContext.capabilities`]: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] },
  },
  'variables from a Secret': { [`${pod}.containers[0].envFrom`]: [{ secretRef: { name: 'any' } }] },
  'a folder without a size': { [`${pod}.volumes[0].emptyDir.sizeLimit`]: undefined },
  'no deadline of the pod': { [`${pod}.activeDeadlineSeconds`]: undefined },
  'more tries': { 'spec.backoffLimit': 6 },
  'no time to live': { 'spec.ttlSecondsAfterFinished': undefined },
  'no hash of the template': { 'metadata.annotations': undefined },
};

/** What the API server writes into every Job by itself. */
export const SERVER_WRITTEN = [
  'metadata.creationTimestamp',
  'metadata.generation',
  'metadata.managedFields',
  'metadata.resourceVersion',
  'metadata.uid',
  'spec.manualSelector',
  'spec.selector',
  // The old name of serviceAccountName, with the same content.
  'spec.template.spec.serviceAccount',
  'status',
];

/** A Job as it was planned and as the API server has it. */
export interface CreatedJob {
  readonly values: JsonObject;
  /** The installed template, evaluated. */
  readonly planned: JsonObject;
  /** The description that the template was printed from, evaluated. */
  readonly described: JsonObject;
  readonly created: JsonObject;
}

/** Claims a sandbox, and reads its Job back before it is closed. */
export async function createdJob(
  installation: RuntimeInstallation,
  sandboxes: Sandboxes,
  given: JsonObject,
): Promise<CreatedJob> {
  const name = `law-${Math.random().toString(36).slice(2, 8)}`;
  const values = JSON.parse(JSON.stringify(installation.run({ ...given, name }))) as JsonObject;
  const sandbox = await sandboxes.claim({ values, ttl: 120 });
  const path = `/apis/batch/v1/namespaces/${installation.sandboxNamespace}/jobs/${name}`;
  const created = await installation.cluster.api.call<JsonObject>('GET', path);
  await sandbox.close();
  const run = { ...values, deadlineSeconds: 120 };
  return {
    values,
    planned: readTemplate(installation.template).job(run) as unknown as JsonObject,
    described: installation.job(run),
    created,
  };
}

/** The part of what the server has that the plan speaks of. */
export function sentBack(created: Json | undefined, planned: Json): Json | undefined {
  if (Array.isArray(planned)) {
    const list = (created ?? []) as readonly Json[];
    return list.map((item, index) => sentBack(item, planned[index] ?? null) ?? null);
  }
  // An empty text is left out on the way.
  if (planned === '') return created ?? '';
  if (typeof planned !== 'object' || planned === null) return created;
  const map = (created ?? {}) as JsonObject;
  return Object.fromEntries(
    Object.keys(planned).map((key) => [
      key,
      sentBack(map[key], (planned as JsonObject)[key] ?? null) ?? null,
    ]),
  );
}

/** Paths that the server has and the plan does not, labels of the Job controller aside. */
export function beyond(created: Json | undefined, planned: Json | undefined): string[] {
  return pathsBeyond(created, planned, '').sort();
}

function pathsBeyond(created: Json | undefined, planned: Json | undefined, path: string): string[] {
  if (Array.isArray(created)) {
    return created.flatMap((item, index) =>
      pathsBeyond(item, (planned as readonly Json[])[index], `${path}[${index}]`),
    );
  }
  if (typeof created !== 'object' || created === null) return [];
  return Object.entries(created).flatMap(([key, value]) => {
    const at = path === '' ? key : `${path}.${key}`;
    const plan = (planned as JsonObject | undefined)?.[key];
    if (plan !== undefined) return pathsBeyond(value, plan, at);
    return /job-name$|controller-uid$/.test(key) ? [] : [at];
  });
}
