import { condition, live, stateOf, warning } from '../testing-only/state';
import { isWorkload, workloadFinding } from './workload';

type Live = ReturnType<typeof live>;

const owned = (kind: string, name: string, by: Live | undefined, more: object = {}, metadata: object = {}) =>
  live(kind, name, {
    ...more,
    metadata: { ...(by && { ownerReferences: [{ uid: 'other' }, { uid: by.metadata.uid }] }), ...metadata },
  });
const LONG_AGO = { creationTimestamp: '2026-01-01T00:00:00Z' };
const ready = { status: { phase: 'Running', conditions: [condition('Ready', 'True')] } };
const unready = {
  spec: { containers: [] },
  status: { phase: 'Running', conditions: [condition('Ready', 'False')] },
};
const starting = {
  spec: { containers: [] },
  status: { phase: 'Pending', conditions: [condition('Ready', 'False')] },
};
const crashed = {
  spec: { containers: [] },
  status: { phase: 'Running', containerStatuses: [{ name: 'app', state: { terminated: { exitCode: 1 } } }] },
};
const findingOf = (of: Live, ...there: Live[]) => workloadFinding(stateOf([], [of, ...there]), of);
const waits = {
  code: 'NOT_READY',
  expected: 'all of its pods, ready',
  remedy: 'Give it more time (--timeout), then look at its events: kubectl describe.',
  mayPass: true,
};

test.each(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'Pod'])(
  'a %s runs something',
  (kind) => {
    expect(isWorkload(live(kind, 'a'))).toBe(true);
    expect(isWorkload(live(`${kind}s`, 'a'))).toBe(false);
  },
);

const set = (spec: object, status: object = {}, kind = 'StatefulSet') => live(kind, 'db', { spec, status });

test.each<[string, Live, boolean]>([
  ['all of its pods', set({ replicas: 2 }, { readyReplicas: 2 }), true],
  ['one, where it does not say how many', set({}, { readyReplicas: 1 }), true],
  ['none, and is to have none', set({ replicas: 0 }), true],
  ['fewer', set({ replicas: 2 }, { readyReplicas: 1 }), false],
  ['none', set({}), false],
  ['one of each node', set({}, { numberReady: 3, desiredNumberScheduled: 3 }, 'DaemonSet'), true],
  ['one of some nodes', set({}, { numberReady: 2, desiredNumberScheduled: 3 }, 'DaemonSet'), false],
  ['not been looked at', set({}, {}, 'DaemonSet'), false],
])('a set that has %s', (_, of, isWhole) => {
  expect(findingOf(of) === undefined).toBe(isWhole);
});

test('a set without pods and without a reason', () => {
  expect(findingOf(set({ replicas: 2 }))).toEqual({
    ...waits,
    where: 'StatefulSet/db in namespace shop',
    found: '0 of 2 pods, and no reason given',
    path: ['StatefulSet/db'],
  });
  expect(findingOf(set({}))?.found).toBe('0 of 1 pods, and no reason given');
});

const web = (status: object) => live('Deployment', 'web', { spec: { replicas: 2 }, status });
const halfWay = web({ readyReplicas: 1, updatedReplicas: 2 });
const of = (name: string, day: number) =>
  owned(
    'ReplicaSet',
    name,
    halfWay,
    { spec: { replicas: 2 } },
    { creationTimestamp: `2026-01-0${day}T00:00:00Z` },
  );

test('a Deployment is well when all are ready and all are new', () => {
  expect(findingOf(web({ readyReplicas: 2, updatedReplicas: 2 }))).toBeUndefined();
  expect(findingOf(web({ readyReplicas: 2, updatedReplicas: 1 }))?.code).toBe('NOT_READY');
  expect(findingOf(web({ readyReplicas: 2 }))?.code).toBe('NOT_READY');
  expect(
    findingOf(live('Deployment', 'web', { spec: {}, status: { readyReplicas: 1, updatedReplicas: 1 } })),
  ).toBeUndefined();
  expect(findingOf(live('Deployment', 'web', { spec: { replicas: 0 } }))).toBeUndefined();
});

test('a Deployment without a set of its own', () => {
  expect(findingOf(halfWay, owned('ReplicaSet', 'of-another', undefined))).toEqual({
    ...waits,
    where: 'Deployment/web in namespace shop',
    found: 'no ReplicaSet of it',
    path: ['Deployment/web'],
  });
});

test.each([
  [1, 2],
  [2, 1],
])('what a Deployment is to become is its newest set', (old, young) => {
  const there = [of(`day-${old}`, old), of(`day-${young}`, young)];
  expect(findingOf(halfWay, ...there)?.path).toEqual(['Deployment/web', 'ReplicaSet/day-2']);
});

test('the way leads on to the pod, the newest one', () => {
  const rs = of('web-1', 1);
  const pods = [
    owned('Pod', 'old', rs, crashed, { creationTimestamp: '2026-01-01T00:00:00Z' }),
    owned('Pod', 'new', rs, crashed, { creationTimestamp: '2026-01-02T00:00:00Z' }),
    owned('Pod', 'another', undefined, crashed, { creationTimestamp: '2026-01-03T00:00:00Z' }),
  ];
  expect(findingOf(halfWay, rs, ...pods)).toMatchObject({
    code: 'CRASHED',
    path: ['Deployment/web', 'ReplicaSet/web-1', 'Pod/new'],
    mayPass: false,
  });
});

test('a pod that is on its way out says nothing, one that is on its way in may pass', () => {
  const rs = of('web-1', 1);
  const leaving = owned('Pod', 'a', rs, crashed, { deletionTimestamp: '2026-01-01T00:00:00Z' });
  const fresh = owned('Pod', 'b', rs, starting, LONG_AGO);
  expect(findingOf(halfWay, rs, leaving)?.mayPass).toBe(true);
  expect(findingOf(halfWay, rs, fresh)).toEqual({
    ...waits,
    where: 'Pod/b in namespace shop',
    found: 'a pod that is not ready yet',
    path: ['Deployment/web', 'ReplicaSet/web-1', 'Pod/b'],
  });
});

test.each(['Succeeded', 'Failed'])('a pod that has %s is waited for no more', (phase) => {
  expect(findingOf(live('Pod', 'a', { spec: { containers: [] }, status: { phase } }))).toBeUndefined();
});

test('a pod without a status is waited for', () => {
  expect(findingOf(live('Pod', 'a', { spec: { containers: [] } }))?.found).toBe(
    'a pod that is not ready yet',
  );
  expect(findingOf(live('Pod', 'a', { spec: { containers: [] }, ...ready }))).toBeUndefined();
});

test('a pod that runs and is not ready may pass while it is young', () => {
  const aged = (ageMs: number) =>
    live('Pod', 'a', {
      ...unready,
      metadata: { creationTimestamp: new Date(Date.now() - ageMs).toISOString() },
    });
  expect(findingOf(aged(0))).toMatchObject({ code: 'NOT_READY', mayPass: true });
  expect(findingOf(aged(3_600_000))).toMatchObject({ code: 'NOT_READY', mayPass: false });
  const young = live('Pod', 'a', { ...crashed, metadata: { creationTimestamp: new Date().toISOString() } });
  expect(findingOf(young)).toMatchObject({ code: 'CRASHED', mayPass: false });
});

test('young is less than a minute', () => {
  const now = Date.parse('2026-01-01T00:01:00Z');
  const clock = jest.spyOn(Date, 'now').mockReturnValue(now);
  const of = live('Pod', 'a', { ...unready, metadata: { creationTimestamp: '2026-01-01T00:00:00Z' } });
  expect(findingOf(of)?.mayPass).toBe(false);
  clock.mockReturnValue(now - 1);
  expect(findingOf(of)?.mayPass).toBe(true);
  clock.mockRestore();
});

const sts = set({ replicas: 2 });
const refused = (message: string) => ({
  where: 'StatefulSet/db in namespace shop',
  found: `pods that are refused: ${message}`,
  path: ['StatefulSet/db'],
  mayPass: false,
});

test.each<[string, object]>([
  [
    'pods "x" is forbidden: exceeded quota: boxes, requested: pods=1',
    {
      code: 'QUOTA_EXCEEDED',
      expected: 'room in the ResourceQuota boxes',
      remedy: 'Raise it, or ask for less: kubectl describe resourcequota -n shop',
    },
  ],
  [
    'failed quota: boxes: must specify limits.cpu',
    { code: 'QUOTA_EXCEEDED', expected: 'room in the ResourceQuota' },
  ],
  [
    'failed calling webhook "w.example.com": no endpoints',
    {
      code: 'WEBHOOK_FAILED',
      expected: 'the webhook w.example.com to answer',
      remedy:
        'Bring its Service back, or remove its configuration: kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations',
    },
  ],
  [
    'admission webhook "w.example.com" denied the request: no',
    {
      code: 'POD_REFUSED',
      expected: 'pods that the webhook w.example.com lets through',
      remedy: 'Do what it says, or correct its rules.',
    },
  ],
  [
    'error looking up service account shop/app: serviceaccount "app" not found',
    {
      code: 'ACCOUNT_MISSING',
      expected: 'the ServiceAccount that it names',
      remedy: 'Make the account, or correct serviceAccountName.',
    },
  ],
  ['serviceaccount app not found', { code: 'ACCOUNT_MISSING' }],
  [
    'violates PodSecurity "restricted:latest"',
    {
      code: 'POD_REFUSED',
      expected: 'pods of the level of Pod Security that the namespace asks for',
      remedy: 'Correct what the message names.',
    },
  ],
  ['odd', { code: 'POD_REFUSED', expected: 'pods that the API server takes' }],
])('a set whose pods are refused: %s', (message, words) => {
  expect(findingOf(sts, warning(sts, 'FailedCreate', message))).toMatchObject({
    ...refused(message),
    ...words,
  });
  const failing = set(
    { replicas: 2 },
    { conditions: [condition('ReplicaFailure', 'True', 'FailedCreate', message)] },
  );
  expect(findingOf(failing, warning(sts, 'FailedCreate', 'older'))).toMatchObject({
    ...refused(message),
    ...words,
  });
});

test('a refusal that is over, or another warning, is none; of two the newest is told', () => {
  const over = set(
    { replicas: 2 },
    { conditions: [condition('ReplicaFailure', 'False', 'FailedCreate', 'odd')] },
  );
  expect(findingOf(over)?.code).toBe('NOT_READY');
  expect(findingOf(sts, warning(sts, 'Other', 'odd'))?.code).toBe('NOT_READY');
  const said = [warning(sts, 'FailedCreate', 'older', '1'), warning(sts, 'FailedCreate', 'newer', '2')];
  expect(findingOf(sts, ...said, warning(sts, 'Other', 'odd', '3'))).toMatchObject(refused('newer'));
});

test('a pod that says why is nearer to the cause than a refusal of others', () => {
  const said = warning(sts, 'FailedCreate', 'odd');
  const [bad, slow] = [
    owned('Pod', 'bad', sts, crashed, LONG_AGO),
    owned('Pod', 'slow', sts, starting, LONG_AGO),
  ];
  expect(findingOf(sts, said, bad)?.code).toBe('CRASHED');
  expect(findingOf(sts, said, slow)?.code).toBe('POD_REFUSED');
  // With all of its pods there, the refusal is of the past.
  expect(findingOf(sts, said, slow, owned('Pod', 'too', sts, starting, LONG_AGO))?.code).toBe('NOT_READY');
  const well = owned('Pod', 'well', sts, ready, LONG_AGO);
  expect(findingOf(sts, well)?.found).toBe('1 of 2 pods, and no reason given');
});

const job = (...conditions: object[]) => live('Job', 'move', { status: { conditions } });

test('a Job that is done, one that goes on, and one that has failed', () => {
  expect(findingOf(job(condition('Complete', 'True')))).toBeUndefined();
  expect(findingOf(job(condition('Complete', 'False')))).toEqual({
    ...waits,
    where: 'Job/move in namespace shop',
    found: 'a Job that has not completed yet',
    path: ['Job/move'],
  });
  const failed = job(condition('Failed', 'True', 'BackoffLimitExceeded', 'too often'));
  const expected = {
    code: 'JOB_FAILED',
    where: 'Job/move in namespace shop',
    found: 'BackoffLimitExceeded: too often',
    expected: 'a Job that completes',
    remedy:
      'Read the log of its pods, mend what it says, and delete the Job so that it is made anew: kubectl delete job -n shop move',
    path: ['Job/move'],
    mayPass: false,
  };
  expect(findingOf(failed)).toEqual(expected);
  expect(findingOf(failed, owned('Pod', 'a', failed, starting, LONG_AGO))).toEqual(expected);
  expect(findingOf(failed, owned('Pod', 'a', failed, crashed, LONG_AGO))).toMatchObject({
    code: 'CRASHED',
    path: ['Job/move', 'Pod/a'],
  });
  expect(findingOf(job(condition('Failed', 'False')))?.code).toBe('NOT_READY');
});

test('a Job whose pods are refused, as long as it has none', () => {
  const of = job();
  const said = warning(of, 'FailedCreate', 'exceeded quota: boxes, x');
  expect(findingOf(of, said)).toMatchObject({ code: 'QUOTA_EXCEEDED', path: ['Job/move'], mayPass: false });
  expect(findingOf(of, said, owned('Pod', 'a', of, starting, LONG_AGO))).toMatchObject({
    code: 'NOT_READY',
    path: ['Job/move', 'Pod/a'],
  });
  const pods = ['2026-01-01', '2026-01-02'].map((day) =>
    owned('Pod', day, of, crashed, { creationTimestamp: `${day}T00:00:00Z` }),
  );
  expect(findingOf(of, ...pods)?.path).toEqual(['Job/move', 'Pod/2026-01-02']);
});
