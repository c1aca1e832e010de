import { readSet } from '../../../cli/deploy/source';
import type { ClusterApi } from '../../../deploy/cluster/cluster-api';
import type { DeployError } from '../../../deploy/errors';
import { waitUntilHealthy } from '../../../deploy/health/wait';
import { Lock } from '../../../deploy/inventory/lock';
import { releaseOf } from '../../../deploy/inventory/names';
import { collect } from '../../../deploy/objects/collect';
import { type ApplyHow, applySet } from '../../../deploy/run/apply-set';
import { deleteRelease } from '../../../deploy/run/delete-release';
import type { Engine } from '../../../deploy/run/engine';
import { objectsOfRevision } from '../../../deploy/run/read-release';
import { ModelApi, refusal } from '../../../deploy/testing-only/model-api';
import type { KubeObject } from '../../../kube';
import { type Example, type Examples, on, PLANTED } from '../example';

const release = releaseOf('shop', 'here');
const how: ApplyHow = {
  ...{ adopt: false, forceConflicts: false, recreate: [], prune: true, allowPrune: false, allowPruneOf: [] },
  ...{ wait: true, foreground: false, history: 10 },
};

function engineFor(api: ClusterApi): Engine {
  const lock = { durationMs: 15_000, waitMs: 0, everyMs: 1 };
  return { api, release, lock, onEvent: () => {}, timeoutMs: 0 };
}

const apply = (model: ClusterApi, objects: readonly unknown[], more: Partial<ApplyHow> = {}) =>
  applySet(engineFor(model), collect(objects), { ...how, ...more });

const configMap = (name: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  ...more,
});

const dependsOn = (name: string, on_: string) =>
  configMap(name, { metadata: { name, annotations: { 'config.kubernetes.io/depends-on': on_ } } });

const job = (image: string, metadata: object = {}) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'migrate', ...metadata },
  spec: { template: { spec: { containers: [{ name: 'main', image }] } } },
});

/** A set that is applied to a cluster as it is after something. */
const set = (
  what: string,
  objects: readonly unknown[],
  before: (model: ModelApi) => unknown = () => undefined,
  more: Partial<ApplyHow> = {},
): Example =>
  on(what, async () => {
    const model = new ModelApi();
    await before(model);
    return apply(model, objects, more);
  });

const theirs = (object: object) => (model: ModelApi) => model.edit('kubectl', object as KubeObject);

/** The error of one object, of a run that fails for it. */
function firstProblem(run: Promise<unknown>): Promise<unknown> {
  return run.catch((error: DeployError) => error.problems[0]);
}

/** From objects to a cluster: sets that are refused, runs that fail. On a model of a cluster, in memory. */
export const deployExamples: Examples = {
  APPLY_INCOMPLETE: on('a set of which two objects are refused while it is applied', async () => {
    const model = new ModelApi();
    const refusing: ClusterApi = {
      ...model,
      apply: (of, object, options) =>
        options?.dryRun
          ? model.apply(of, object, options)
          : Promise.reject(refusal(403, 'Forbidden', 'exceeded quota: small')),
    };
    return apply(refusing, [configMap('one'), configMap('two')]);
  }),
  DELETION_HANGS: on('an object to be pruned that a finalizer holds', async () => {
    const model = new ModelApi();
    const held = { name: 'held', finalizers: ['example.com/backup'] };
    await apply(model, [configMap('one'), configMap('held', { metadata: held })]);
    return firstProblem(apply(model, [configMap('one')]));
  }),
  DEPENDENCY_CYCLE: set('two objects that wait for each other', [
    dependsOn('one', '/namespaces/here/ConfigMap/two'),
    dependsOn('two', '/namespaces/here/ConfigMap/one'),
  ]),
  DEPENDENCY_UNKNOWN: set('an object that waits for one that is not in the set', [
    dependsOn('one', '/namespaces/here/Secret/database'),
  ]),
  FIELD_CONFLICT: set(
    'a field that an autoscaler sets',
    [configMap('one', { spec: { replicas: 2 } })],
    async (model) => {
      await apply(model, [configMap('one', { spec: { replicas: 2 } })]);
      model.edit('kube-controller-manager', configMap('one', { spec: { replicas: 7 } }));
    },
  ),
  FIELD_IMMUTABLE: set('another image in a Job that is there', [job('migrate:2')], (model) =>
    apply(model, [job('migrate:1')]),
  ),
  LOCK_LOST: on('a run that could not renew its lock', async () => {
    const model = new ModelApi();
    const taken: ClusterApi = {
      ...model,
      change: () => Promise.reject(refusal(409, 'Conflict', 'modified')),
    };
    const lock = await Lock.take(taken, release, { durationMs: 30, waitMs: 0, everyMs: 1 });
    await new Promise((resolve) => setTimeout(resolve, 60));
    try {
      lock.check();
    } finally {
      await lock.free().catch(() => undefined);
    }
  }),
  MANIFESTS_UNREADABLE: on('a file that is not there', () =>
    readSet(
      { paths: ['dist/manifest'], values: [], release: 'shop', namespace: undefined },
      { out: () => {}, err: () => {} },
    ),
  ),
  NAMESPACE_MISSING: set('an object in a namespace that is not there', [
    configMap('one', { metadata: { name: 'one', namespace: 'shopp' } }),
  ]),
  NAMESPACE_TERMINATING: set(
    'an object in a namespace that is being deleted',
    [configMap('one', { metadata: { name: 'one', namespace: 'old' } })],
    async (model) => {
      const namespace = {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: 'old', finalizers: ['kubernetes'] },
      };
      const { metadata } = model.edit('kubectl', namespace);
      const of = { apiVersion: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false };
      await model.remove(of, { name: 'old' }, { uid: metadata.uid });
    },
  ),
  OBJECT_INVALID: set('an object without a name', [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: {} }]),
  OBJECT_KIND_UNKNOWN: set('a kind that is misspelt', [
    { apiVersion: 'apps/v1', kind: 'Deploymnet', metadata: { name: 'web' } },
  ]),
  OBJECT_NOT_OURS: set(
    'an object that kubectl has made',
    [configMap('one')],
    theirs(configMap('one', { data: { a: 'b' } })),
  ),
  OBJECT_PAUSED: on('a canary that waits for a person', () => {
    const model = new ModelApi();
    const live = {
      ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout' },
      metadata: { name: 'web', namespace: 'here', uid: '1', resourceVersion: '1' },
      spec: { strategy: { canary: { steps: [{ setWeight: 20 }, { pause: {} }] } } },
      status: {
        ...{ phase: 'Paused', message: 'CanaryPauseStep', currentStepIndex: 1 },
        pauseConditions: [{ reason: 'CanaryPauseStep' }],
      },
    };
    const ref = { group: 'argoproj.io', kind: 'Rollout', namespace: 'here', name: 'web' };
    const resource = { apiVersion: live.apiVersion, kind: live.kind, plural: 'rollouts', namespaced: true };
    const there: ClusterApi = { ...model, get: async () => live };
    const awaited = waitUntilHealthy(there, [{ ref, resource }], { timeoutMs: 1_000, onEvent: () => {} });
    return awaited.then(([first]) => Promise.reject(first?.error));
  }),
  OBJECT_REFUSED: on('a Secret that a policy denies', () => {
    const model = new ModelApi();
    const denied = `admission webhook "policy" denied the request: password "${PLANTED}" is too short`;
    const denying: ClusterApi = { ...model, apply: () => Promise.reject(refusal(403, 'Forbidden', denied)) };
    return apply(denying, [
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'database' }, stringData: { password: PLANTED } },
    ]);
  }),
  OBJECT_TWICE: set('one object in two files', [configMap('one'), configMap('one', { data: { a: 'b' } })]),
  OBJECT_UNHEALTHY: on('a Job that fails', async () => {
    const model = new ModelApi();
    model.jobStatus = {
      conditions: [
        { type: 'Failed', status: 'True', message: 'Job has reached the specified backoff limit' },
      ],
    };
    return firstProblem(apply(model, [job('migrate:1')]));
  }),
  PLAN_REFUSED: set('a set with two mistakes', [configMap(''), { kind: 'ConfigMap' }]),
  PRUNE_TOO_MANY: set('a set that lacks most of what was there', [configMap('a')], (model) =>
    apply(
      model,
      ['a', 'b', 'c', 'd', 'e'].map((name) => configMap(name)),
    ),
  ),
  RELEASE_DAMAGED: set('a release whose memory was written over', [configMap('one')], async (model) => {
    await apply(model, [configMap('one')]);
    model.edit('kubectl', {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: release.parent, namespace: 'here' },
      data: { state: 'e30=' },
    } as KubeObject);
  }),
  RELEASE_LOCKED: set('a release that another run works on', [configMap('one')], (model) => {
    const metadata = { name: release.parent, namespace: 'here' };
    const renewTime = new Date(model.now()).toISOString();
    const spec = { holderIdentity: 'build-7/4711/5ca1ab1e', leaseDurationSeconds: 15, renewTime };
    model.edit('drydock', {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata,
      spec,
    } as KubeObject);
  }),
  RELEASE_NAME: on('a name with capitals', () => releaseOf('Shop', 'here')),
  RELEASE_UNKNOWN: on('the deletion of a release that is not there', () =>
    deleteRelease(engineFor(new ModelApi()), { allowPruneOf: [], foreground: false }),
  ),
  REVISION_UNKNOWN: on('a rollback to a revision that is no longer kept', async () => {
    const model = new ModelApi();
    await apply(model, [configMap('one')]);
    return objectsOfRevision(engineFor(model), 7);
  }),
  RIGHTS_MISSING: on('an account that may not write Secrets', () => {
    const model = new ModelApi();
    const poor: ClusterApi = { ...model, may: async ({ resource }) => resource !== 'secrets' };
    return apply(poor, [configMap('one')]);
  }),
  SERVER_TOO_OLD: on('a server that has no server-side apply', () => {
    const said = 'the body of the request was in an unknown format';
    const old: ClusterApi = {
      ...new ModelApi(),
      apply: () => Promise.reject(refusal(415, 'UnsupportedMediaType', said)),
    };
    return apply(old, [configMap('one'), configMap('two')]);
  }),
  SET_EMPTY: set('a set without objects', []),
};
