import type { KubeObject } from '../../kube';
import type { DeployError } from '../errors';
import { releaseOf } from '../inventory/names';
import { ReleaseStore } from '../inventory/release-store';
import { collect } from '../objects/collect';
import { makePlan } from '../plan/make-plan';
import { ModelApi } from '../testing-only/model-api';
import { type ApplyHow, applySet } from './apply-set';
import type { Engine } from './engine';
import type { DeployEvent } from './progress';

const release = releaseOf('shop', 'here');
const how: ApplyHow = {
  ...{ adopt: false, forceConflicts: false, recreate: [], prune: true, allowPrune: true, allowPruneOf: [] },
  ...{ wait: true, foreground: false, history: 3 },
};
const FAILED = {
  conditions: [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded', message: 'x' }],
};
const COMPLETE = { conditions: [{ type: 'Complete', status: 'True' }] };

const hook = (name: string, when: string, image = '1', weight = '0') => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name, annotations: { 'helm.sh/hook': when, 'helm.sh/hook-weight': weight } },
  spec: { template: { image } },
});
/** A workload that is healthy when it is there. */
const pods = (name: string) => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name },
});
const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'config' } };
const route = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'route' } };

function given() {
  const model = new ModelApi();
  const told: DeployEvent[] = [];
  const lock = { durationMs: 15_000, waitMs: 0, everyMs: 1 };
  const engine: Engine = { api: model, release, lock, onEvent: (event) => told.push(event), timeoutMs: 0 };
  const apply = async (...objects: readonly object[]) => {
    told.length = 0;
    const error = await applySet(engine, collect(objects), how).then(
      () => undefined,
      (failure: DeployError) => failure,
    );
    const results = told.flatMap((event) =>
      event.type === 'object' ? [`${event.outcome.name} ${event.outcome.result}`] : [],
    );
    return { error, results };
  };
  return { model, apply, engine };
}

const allApplied = (...names: readonly string[]) => names.map((name) => `${name} applied`);

test('hooks have their place between config and workloads and after all, lighter ones first', async () => {
  const { apply } = given();
  const set = [
    route,
    pods('web'),
    hook('last', 'post-install,post-upgrade', '1', '5'),
    hook('after', 'post-install, post-upgrade', '1', '-5'),
    hook('heavy', 'pre-install,pre-upgrade', '1', '2'),
    hook('light', 'pre-install,pre-upgrade', '1', '1'),
    config,
  ];
  const { error, results } = await apply(...set);
  expect(error).toBeUndefined();
  expect(results).toEqual(allApplied('config', 'light', 'heavy', 'web', 'route', 'after', 'last'));
  // None of them runs again, for nothing has changed.
  expect(await apply(...set)).toEqual({ error: undefined, results: [] });
});

test('a hook that fails stops what comes after it, and runs again at the next apply', async () => {
  const { model, apply } = given();
  const set = [config, hook('migrate', 'pre-install,pre-upgrade'), pods('web'), hook('tell', 'post-install')];
  model.jobStatus = FAILED;
  const { error, results } = await apply(...set);
  expect(results).toEqual(['config applied', 'migrate applied', 'web skipped', 'tell skipped']);
  expect(error?.message).toContain('Job here/migrate (not healthy: Failed is True (BackoffLimitExceeded): x');
  model.jobStatus = COMPLETE;
  const again = await apply(...set);
  expect(again.error).toBeUndefined();
  expect(again.results).toEqual(['config unchanged', ...allApplied('migrate', 'web', 'tell')]);
});

test('a hook that has changed is made anew without being asked for; another Job is not', async () => {
  const { apply } = given();
  const plain = (image: string) => ({ ...hook('plain', '', image), metadata: { name: 'plain' } });
  await apply(hook('migrate', 'pre-upgrade,pre-install'), plain('1'));
  const changed = await apply(hook('migrate', 'pre-upgrade,pre-install', '2'), plain('1'));
  expect(changed.error).toBeUndefined();
  expect((await apply(hook('migrate', 'pre-upgrade,pre-install', '2'), plain('2'))).error?.code).toBe(
    'FIELD_IMMUTABLE',
  );
});

test('hooks of another moment are left out, and told', async () => {
  const { apply, model, engine } = given();
  const set = [
    config,
    hook('first', 'pre-install'),
    hook('later', 'post-upgrade'),
    hook('bye', 'pre-delete'),
    hook('try', 'test'),
  ];
  const { plan } = await makePlan(model, release, collect(set), { inventory: [], revisions: [] }, how);
  expect(plan.leftOut.map(({ name, why }) => `${name}: ${why}`)).toEqual([
    'later: a hook of upgrades, and this is the first installation',
    'bye: a hook of helm that is not for an installation or an upgrade',
    'try: a hook of helm that is not for an installation or an upgrade',
  ]);
  expect((await apply(...set)).results).toEqual(allApplied('config', 'first'));
  expect((await apply(...set)).results).toContain('later applied');
  const { inventory } = await new ReleaseStore(engine.api, release).read();
  expect(inventory.map(({ name }) => name)).toEqual(['config', 'first', 'later']);
  // One of the first installation that is new by now is not run.
  expect((await apply(...set, hook('new', 'pre-install'))).results).toEqual([]);
});

test('hooks and depends-on that wait for each other are a circle, which is named', async () => {
  const { apply } = given();
  const dependsOn = {
    annotations: { 'config.kubernetes.io/depends-on': 'batch/namespaces/here/CronJob/db' },
  };
  const migrate = hook('migrate', 'pre-install,pre-upgrade');
  const waiting = {
    ...migrate,
    metadata: {
      ...migrate.metadata,
      annotations: { ...migrate.metadata.annotations, ...dependsOn.annotations },
    },
  };
  const { error } = await apply(waiting as unknown as KubeObject, pods('db'));
  expect(error).toMatchObject({
    code: 'DEPENDENCY_CYCLE',
    found: 'Job here/migrate -> CronJob here/db -> Job here/migrate',
  });
  expect((await apply(migrate, pods('db'))).error).toBeUndefined();
});
