import { sharedCluster } from '../../cluster';
import type { Json, JsonObject } from '../../core/template';
import { readTemplate, type Sandboxes } from '../../sandbox';
import { type Changes, changed } from '../sandbox/change';
import { FOR_LATER_SERVERS, granted, used } from './audit';
import { RuntimeInstallation } from './runtime';

jest.setTimeout(300_000);

let installation: RuntimeInstallation;
let sandboxes: Sandboxes;

beforeAll(async () => {
  const quota = { sandboxes: 10, cpu: '10', memory: '2Gi', ephemeralStorage: '40Gi' };
  installation = await new RuntimeInstallation(await sharedCluster(), { quota }).install();
  sandboxes = installation.sandboxes();
});
afterAll(async () => {
  await sandboxes?.close();
  await installation?.remove();
});

/** Runs, from the least that can be said to all that can. */
const RUNS: readonly JsonObject[] = [
  { cpu: undefined, memory: undefined, ephemeralStorage: undefined } as never,
  { env: {}, labels: { build: '42', team: '' } },
  { env: { A: '<&>"\'\\', B: '', 'C.D': '{{ x }}' }, memory: '128Mi' },
  { command: ['sh', '-c', 'exec sleep infinity'] },
];

describe('what is created is the template evaluated', () => {
  test.each(RUNS.map((run, index) => [index, run] as const))('run %i', async (_, given) => {
    const name = `law-${Math.random().toString(36).slice(2, 8)}`;
    const values = JSON.parse(JSON.stringify(installation.run({ ...given, name }))) as JsonObject;
    const sandbox = await sandboxes.claim({ values, ttl: 120 });
    const path = `/apis/batch/v1/namespaces/${installation.sandboxNamespace}/jobs/${name}`;
    const created = await installation.cluster.api.call<JsonObject>('GET', path);
    await sandbox.close();
    const planned = readTemplate(installation.template).job({ ...values, deadlineSeconds: 120 });
    expect(sentBack(created, planned)).toEqual(planned);
    expect(beyond(created, planned)).toEqual(SERVER_WRITTEN);
    // The description says the same Job as the JSON that was installed.
    expect(installation.job({ ...values, deadlineSeconds: 120 })).toEqual(planned);
  });

  test('and the policy denies each copy of it that says one thing more, or another', async () => {
    const job = readTemplate(installation.template).job(installation.run({ name: 'by-hand' }));
    const pod = 'spec.template.spec';
    const loosened: readonly Changes[] = [
      { [`${pod}.automountServiceAccountToken`]: true },
      { [`${pod}.hostUsers`]: undefined },
      { [`${pod}.serviceAccountName`]: 'default' },
      { [`${pod}.containers[0].securityContext.readOnlyRootFilesystem`]: false },
      { [`${pod}.containers[0].securityContext.capabilities`]: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } },
      { [`${pod}.containers[0].envFrom`]: [{ secretRef: { name: 'any' } }] },
      { [`${pod}.volumes[0].emptyDir.sizeLimit`]: undefined },
      { [`${pod}.activeDeadlineSeconds`]: undefined },
      { 'spec.backoffLimit': 6 },
      { 'spec.ttlSecondsAfterFinished': undefined },
      { 'metadata.annotations': undefined },
    ];
    const asked = await Promise.all(
      loosened.map((changes) => installation.tryToCreate(changed(job, changes))),
    );
    expect(asked.map(({ admitted }) => admitted)).toEqual(loosened.map(() => false));
    for (const { message } of asked) expect(message).toContain(installation.policyName);
    expect(await installation.tryToCreate(job)).toMatchObject({ status: 201 });
  });
});

test('what the Role grants is what the runtime uses, request by request', async () => {
  const { cluster, username } = installation;
  const sandbox = await sandboxes.claim({ values: installation.run(), ttl: 120 });
  expect((await sandbox.commands.run(['true'])).ok).toBe(true);
  await sandbox.extend(300);
  await sandboxes.list();
  const job = await sandboxes.job({ values: installation.run(), command: ['echo', 'seen'], ttl: 120 });
  await job.outcome();
  // A pod that is refused is explained by events.
  const tooMuch = sandboxes.claim({ values: installation.run({ memory: '3Gi' }), ttl: 120 });
  await expect(tooMuch).rejects.toMatchObject({ code: 'QuotaExceeded' });
  await sandboxes.preflight({ values: installation.run() });
  await sandbox.close();
  const all = used(cluster, username);
  expect(all.filter((call) => !granted().includes(call))).toEqual([]);
  expect(granted().filter((rule) => !all.includes(rule))).toEqual(FOR_LATER_SERVERS);
});

/** What the API server writes into every Job by itself. */
const SERVER_WRITTEN = [
  'metadata.creationTimestamp',
  'metadata.generation',
  'metadata.managedFields',
  'metadata.resourceVersion',
  'metadata.uid',
  'spec.manualSelector',
  'spec.selector',
  'spec.template.metadata.creationTimestamp',
  'status',
];

/** The part of what the server has that the plan speaks of. */
function sentBack(created: Json | undefined, planned: Json): Json | undefined {
  if (Array.isArray(planned)) {
    const list = (created ?? []) as readonly Json[];
    return list.map((item, index) => sentBack(item, planned[index] ?? null) ?? null);
  }
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
function beyond(created: Json | undefined, planned: Json | undefined, path = ''): string[] {
  if (Array.isArray(created)) {
    return created.flatMap((item, index) =>
      beyond(item, (planned as readonly Json[])[index], `${path}[${index}]`),
    );
  }
  if (typeof created !== 'object' || created === null) return [];
  return Object.entries(created).flatMap(([key, value]) => {
    const at = path === '' ? key : `${path}.${key}`;
    const plan = (planned as JsonObject | undefined)?.[key];
    if (plan !== undefined) return beyond(value, plan, at);
    return /job-name$|controller-uid$/.test(key) ? [] : [at];
  });
}
