import { sharedCluster } from '../../cluster';
import type { Role } from '../../imports/k8s';
import { readTemplate, type Sandboxes } from '../../sandbox';
import { changed } from '../sandbox/change';
import { difference, FOR_OTHER_SERVERS, granted, TRIED_IN_VAIN, type Used, used } from './audit';
import { useEverything } from './every-call';
import { beyond, createdJob, LOOSENED, RUNS, SERVER_WRITTEN, sentBack } from './law';
import { grantedIn, ROLES } from './role';
import { RuntimeInstallation } from './runtime';

jest.setTimeout(150_000);

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

describe('what is created is the template evaluated', () => {
  test.each(Object.entries(RUNS))('with %s', async (_, given) => {
    const { planned, described, created } = await createdJob(installation, sandboxes, given);
    expect(sentBack(created, planned)).toEqual(planned);
    expect(beyond(created, planned)).toEqual(SERVER_WRITTEN);
    expect(described).toEqual(planned);
  });

  test('and the policy admits it, and denies each copy of it that says one thing more, or another', async () => {
    const job = readTemplate(installation.template).job(installation.run({ name: 'by-hand' }));
    const asked = await Promise.all(
      Object.values(LOOSENED).map((changes) => installation.tryToCreate(changed(job, changes))),
    );
    expect(asked.map(({ admitted }) => admitted)).toEqual(asked.map(() => false));
    for (const { message } of asked) expect(message).toContain(installation.policyName);
    expect(await installation.tryToCreate(job)).toMatchObject({ status: 201 });
  });
});

describe('what the Role grants is what the runtime uses', () => {
  let role: string[];
  let calls: Used;

  beforeAll(async () => {
    const { cluster, username } = installation;
    await useEverything(installation, sandboxes);
    role = await grantedIn(installation);
    calls = used(cluster, username);
  });

  test('request by request, as the audit log of the API server has them', () => {
    expect(role).toEqual(granted());
    expect(difference(role, calls)).toEqual({ notGranted: [], notUsed: [] });
    expect(calls.refused).toEqual(TRIED_IN_VAIN);
  });

  test('also by all the tests that used this cluster before', () => {
    expect(difference(role, used(installation.cluster)).notGranted).toEqual([]);
  });

  test('one rule less is missed', () => {
    const inUse = role.filter((rule) => !FOR_OTHER_SERVERS.includes(rule));
    expect(inUse.length).toBeGreaterThan(10);
    for (const rule of inUse) {
      const less = role.filter((other) => other !== rule);
      expect(difference(less, calls)).toEqual({ notGranted: [rule], notUsed: [] });
    }
  });

  test('one rule more is found', async () => {
    const path = ROLES(installation.sandboxNamespace);
    const { items } = await installation.cluster.api.call<{ items: Role[] }>('GET', path);
    const more = { apiGroups: ['batch'], resources: ['jobs'], verbs: ['update'] };
    await installation.cluster.api.call('PATCH', `${path}/${items[0]!.metadata!.name}`, {
      body: [{ op: 'add', path: '/rules/-', value: more }],
      contentType: 'application/json-patch+json',
    });
    const found = difference(await grantedIn(installation), calls);
    expect(found).toEqual({ notGranted: [], notUsed: ['update jobs'] });
  });
});
