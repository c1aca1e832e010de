import type { KubeObject } from '../../kube';
import type { ClusterApi, Live } from '../cluster/cluster-api';
import { DeployError } from '../errors';
import { releaseOf } from '../inventory/names';
import { collect } from '../objects/collect';
import { makePlan } from '../plan/make-plan';
import { ModelApi, refusal } from '../testing-only/model-api';
import type { DeployEvent } from './progress';
import { writeSet } from './write-set';

const release = releaseOf('shop', 'here');
const allowed = {
  ...{ adopt: false, forceConflicts: false, recreate: ['Job'] },
  ...{ prune: true, allowPrune: true, allowPruneOf: [] },
};
const configMap = (name: string, x = '1') => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data: { x },
});
const job = (image: string) => ({
  ...{ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'job' } },
  spec: { template: { image } },
});
const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    ...{ group: 'example.com', scope: 'Namespaced', names: { kind: 'Widget', plural: 'widgets' } },
    versions: [{ name: 'v1', served: true }],
  },
};
const widget = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'one' } };

let told: DeployEvent[] = [];
beforeEach(() => {
  told = [];
});

/** Writes a set that was planned on the model, on what stands before it by then. */
async function written(
  model: ModelApi,
  objects: readonly object[],
  api: Partial<ClusterApi> = {},
  timeoutMs = 0,
) {
  const { writes } = await makePlan(
    model,
    release,
    collect(objects),
    { inventory: [], revisions: [] },
    allowed,
  );
  const patience = { timeoutMs, onEvent: (event: DeployEvent) => told.push(event) };
  return writeSet({ ...model, ...api }, writes, patience);
}

/** What an object of the model is, by its kind and name. */
const at = (model: ModelApi, kind: string, name: string) =>
  model.objects.get(`${kind === 'Job' ? 'batch' : ''}/${kind}/here/${name}`);

test('each stage is told with how many objects it has, then each object, and the answers are what is there', async () => {
  const model = new ModelApi();
  const { outcomes, answers } = await written(model, [job('1'), configMap('a'), configMap('b')]);
  expect(told.map((event) => (event.type === 'stage' ? [event.stage, event.objects] : event.type))).toEqual([
    ['config', 2],
    'object',
    'object',
    ['workloads', 1],
    'object',
  ]);
  const applied = (group: string, kind: string, name: string) => {
    const { uid, resourceVersion } = at(model, kind, name)!.metadata;
    return { group, kind, namespace: 'here', name, result: 'applied', uid, resourceVersion };
  };
  expect(outcomes).toEqual([
    applied('', 'ConfigMap', 'a'),
    applied('', 'ConfigMap', 'b'),
    applied('batch', 'Job', 'job'),
  ]);
  expect(answers.get('/ConfigMap/here/a')).toEqual(at(model, 'ConfigMap', 'a'));
});

test('what is as it is wanted is not written', async () => {
  const model = new ModelApi();
  await written(model, [configMap('a')]);
  const { writes, applies } = model;
  expect((await written(model, [configMap('a')])).outcomes).toMatchObject([{ result: 'unchanged' }]);
  // The dry-run of the plan alone.
  expect([model.writes - writes, model.applies - applies]).toEqual([0, 1]);
});

test('an object of a kind that comes with the set waits until the server has it', async () => {
  const model = new ModelApi();
  let asked = 0;
  const served: ClusterApi['served'] = async (apiVersion) => {
    if (apiVersion !== 'example.com/v1') return model.served(apiVersion);
    asked += 1;
    const other = { name: 'gadgets', kind: 'Gadget', namespaced: true, verbs: [] };
    return asked < 3 ? [other] : [other, ...(await model.served(apiVersion))];
  };
  const { outcomes } = await written(model, [widget, definition], { served }, 60_000);
  expect(outcomes.map(({ name, result }) => `${name} ${result}`)).toEqual([
    'widgets.example.com applied',
    'one applied',
  ]);
  expect(asked).toBe(3);
});

test('where the server does not have it in time, the object is tried all the same, and the server says what is wrong', async () => {
  const model = new ModelApi();
  let asked = 0;
  const served: ClusterApi['served'] = async () => {
    asked += 1;
    return [];
  };
  await written(model, [widget, definition], { served }, 0);
  expect(asked).toBeLessThan(3);
  expect(model.objects.has('example.com/Widget/here/one')).toBe(true);
});

test('a definition that is not established has failed, and what is of its kind is not tried', async () => {
  const model = new ModelApi();
  const get: ClusterApi['get'] = async (of, where) => {
    const live = await model.get(of, where);
    return live && { ...live, status: {} };
  };
  const apply: ClusterApi['apply'] = async (...call) => ({ ...(await model.apply(...call)), status: {} });
  const { outcomes } = await written(model, [widget, definition], { get, apply });
  expect(outcomes).toMatchObject([
    {
      result: 'failed',
      error: {
        code: 'OBJECT_UNHEALTHY',
        where: 'CustomResourceDefinition widgets.example.com',
        found: 'a definition that the server has not established',
        expected: 'one whose names are free',
        remedy: 'Look at its conditions: kubectl get crd widgets.example.com -o yaml',
      },
    },
    {
      result: 'skipped',
      error: {
        code: 'APPLY_INCOMPLETE',
        where: 'Widget here/one',
        found: 'something it needs has failed: CustomResourceDefinition widgets.example.com',
        expected: 'what it needs, before it',
        remedy: 'Mend that one first; then apply again.',
      },
    },
  ]);
});

describe('an object that has changed since it was planned', () => {
  /** Somebody writes before our write, as often as that. */
  function busy(model: ModelApi, times: number, change: (at: number) => object): Partial<ClusterApi> {
    let left = times;
    return {
      apply: (of, object, how) => {
        left -= 1;
        if (left >= 0) model.edit('somebody', { ...configMap('a'), ...change(left) } as KubeObject);
        return model.apply(of, object, how);
      },
    };
  }
  const noted = (at: number) => ({
    data: undefined,
    metadata: { name: 'a', namespace: 'here', annotations: { note: String(at) } },
  });

  test('in nothing that we read is written in the version that it has by now', async () => {
    const model = new ModelApi();
    await written(model, [configMap('a')]);
    const { outcomes } = await written(model, [configMap('a', '2')], busy(model, 3, noted));
    expect(outcomes).toMatchObject([{ result: 'applied' }]);
    expect(at(model, 'ConfigMap', 'a')).toMatchObject({ data: { x: '2' } });
  });

  test('again and again is left after twenty looks', async () => {
    const model = new ModelApi();
    await written(model, [configMap('a')]);
    let looks = 0;
    const get: ClusterApi['get'] = (...call) => {
      looks += 1;
      return model.get(...call);
    };
    const { outcomes } = await written(model, [configMap('a', '2')], { ...busy(model, 100, noted), get });
    expect(outcomes).toMatchObject([{ result: 'failed', error: { code: 'OBJECT_REFUSED' } }]);
    expect(looks).toBe(19);
    expect(at(model, 'ConfigMap', 'a')).toMatchObject({ data: { x: '1' } });
  });

  test.each<[string, (model: ModelApi) => void]>([
    ['in what we read', (model) => model.edit('somebody', { ...configMap('a', '3') } as KubeObject)],
    ['and is gone', (model) => model.drop('/ConfigMap/here/a')],
    [
      'and is made anew',
      (model) => {
        model.drop('/ConfigMap/here/a');
        model.edit('somebody', { ...configMap('a') } as KubeObject);
      },
    ],
  ])('%s is left alone, and that is told', async (_what, change) => {
    const model = new ModelApi();
    await written(model, [configMap('a')]);
    let isFirst = true;
    const apply: ClusterApi['apply'] = (...call) => {
      if (isFirst) change(model);
      isFirst = false;
      return model.apply(...call);
    };
    const { outcomes } = await written(model, [configMap('a', '2')], { apply });
    expect(outcomes).toMatchObject([
      { result: 'failed', error: { code: 'OBJECT_REFUSED', where: 'ConfigMap here/a (object 1 of 1)' } },
    ]);
    expect([at(model, 'ConfigMap', 'a')]).not.toMatchObject([{ data: { x: '2' } }]);
  });

  test('and is on its way out is left alone', async () => {
    const model = new ModelApi();
    await written(model, [configMap('a')]);
    const apply: ClusterApi['apply'] = () => Promise.reject(refusal(409, 'Conflict', 'modified'));
    const get: ClusterApi['get'] = async (of, where) => {
      const live = (await model.get(of, where)) as Live;
      return { ...live, metadata: { ...live.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
    };
    const { outcomes } = await written(model, [configMap('a', '2')], { apply, get });
    expect(outcomes).toMatchObject([
      {
        result: 'failed',
        error: {
          found: 'an object that somebody has changed or made anew since the plan was made',
          expected: 'the object that the plan has seen',
          remedy: 'Apply again: the plan is made anew. drydock diff shows what has changed.',
        },
      },
    ]);
  });

  test('in a field that conflicts by now is a failure of that object at once', async () => {
    const model = new ModelApi();
    await written(model, [configMap('a')]);
    let tries = 0;
    const apply: ClusterApi['apply'] = () => {
      tries += 1;
      const cause = { reason: 'FieldManagerConflict', field: '.data.x', message: 'conflict with "helm"' };
      return Promise.reject(refusal(409, 'Conflict', 'fields', [cause]));
    };
    const { outcomes } = await written(model, [configMap('a', '2')], { apply });
    expect(outcomes).toMatchObject([{ result: 'failed' }]);
    expect(tries).toBe(1);
  });
});

describe('an object that is made anew', () => {
  test('is the new one, once the old one is gone', async () => {
    const model = new ModelApi();
    await written(model, [job('1')]);
    const { uid } = at(model, 'Job', 'job')!.metadata;
    expect((await written(model, [job('2')])).outcomes).toMatchObject([{ result: 'applied' }]);
    const now = at(model, 'Job', 'job')!;
    expect(now).toMatchObject({ spec: { template: { image: '2' } } });
    expect(now.metadata.uid).not.toBe(uid);
  });

  test('is not deleted when another one has its name by now', async () => {
    const model = new ModelApi();
    await written(model, [job('1')]);
    const get: ClusterApi['get'] = async (of, where) => {
      const live = (await model.get(of, where)) as Live;
      return { ...live, metadata: { ...live.metadata, uid: 'another' } };
    };
    const { outcomes } = await written(model, [job('2')], { get });
    expect(outcomes).toMatchObject([{ result: 'failed', error: { code: 'OBJECT_NOT_OURS' } }]);
    expect(at(model, 'Job', 'job')).toMatchObject({ spec: { template: { image: '1' } } });
  });
});

test('what ends the run as a whole is thrown: a lock that is lost, a cluster that is not there', async () => {
  const lost = new DeployError('LOCK_LOST', { where: 'a', found: 'b', expected: 'c', remedy: 'd' });
  for (const failure of [lost, refusal(401, 'Unauthorized', 'no'), new Error('no cluster')]) {
    const apply: ClusterApi['apply'] = () => Promise.reject(failure);
    await expect(written(new ModelApi(), [configMap('a')], { apply })).rejects.toBe(failure);
  }
  // What the server refuses of one object is that one's.
  const apply: ClusterApi['apply'] = () => Promise.reject(refusal(422, 'Invalid', 'no'));
  const { outcomes } = await written(new ModelApi(), [configMap('a')], { apply });
  expect(outcomes).toMatchObject([{ result: 'failed', error: { code: 'OBJECT_REFUSED' } }]);
});
