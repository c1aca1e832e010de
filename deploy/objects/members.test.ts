import type { KubeObject, ServedResource } from '../../kube';
import type { ClusterApi } from '../cluster/cluster-api';
import { ModelApi } from '../testing-only/model-api';
import { membersOf } from './members';

const found = (object: object, api: ClusterApi = new ModelApi(), group?: number) =>
  membersOf(api, [
    { object: object as KubeObject, from: 'one.yaml', ...(group === undefined ? {} : { group }) },
  ]);
const problem = async (object: object, api?: ClusterApi) => (await found(object, api)).problems[0];
const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };

test('an object is known with its kind, its place and its group; one that names no namespace is in that of the release', async () => {
  const { members, problems } = await found(configMap);
  expect(problems).toEqual([]);
  expect(members).toEqual([
    {
      ref: { group: '', kind: 'ConfigMap', namespace: 'here', name: 'a' },
      object: { ...configMap, metadata: { name: 'a', namespace: 'here' } },
      resource: { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true },
      kindComes: false,
      from: 'one.yaml',
      group: 0,
    },
  ]);
  expect((await found(configMap, undefined, 3)).members[0]?.group).toBe(3);
  const empty = { ...configMap, metadata: { name: 'a', namespace: '' } };
  expect((await found(empty)).members[0]?.ref.namespace).toBe('here');
  const { metadata: _metadata, ...bare } = configMap;
  expect((await found(bare)).members[0]?.ref).toMatchObject({ namespace: 'here', name: '' });
});

test('a kind that the server has not is told with the one that is meant, or where it is', async () => {
  expect(await problem({ ...configMap, kind: 'ConfigMpa' })).toMatchObject({
    code: 'OBJECT_KIND_UNKNOWN',
    where: 'one.yaml, ConfigMpa a',
    found: 'v1 ConfigMpa, did you mean ConfigMap?',
    expected: 'a kind that this server has',
    remedy: 'Correct apiVersion and kind, or put the CustomResourceDefinition into the set or the cluster.',
  });
  expect(await problem({ ...configMap, kind: 'Deployment' })).toMatchObject({
    found: expect.stringMatching(/^v1 Deployment(, did you mean \w+\?)?$/),
  });
  expect(await problem({ ...configMap, apiVersion: 'example.com/v1', kind: 'Widget' })).toMatchObject({
    found: 'example.com/v1 Widget',
    expected: 'an apiVersion that this server has',
  });
  const model = new ModelApi();
  const served = async (apiVersion: string): Promise<readonly ServedResource[]> =>
    apiVersion === 'batch/v1beta1' ? [] : model.served(apiVersion);
  expect(
    await problem({ ...configMap, apiVersion: 'batch/v1beta1', kind: 'CronJob' }, { ...model, served }),
  ).toMatchObject({
    found: 'batch/v1beta1 CronJob, which this server has in batch/v1',
  });
});

test('an object that is there twice is told with both places', async () => {
  const given = ['one.yaml', 'two.yaml'].map((from) => ({ object: configMap, from }));
  const { members, problems } = await membersOf(new ModelApi(), given);
  expect(members).toHaveLength(2);
  expect(problems).toMatchObject([
    {
      code: 'OBJECT_TWICE',
      where: 'two.yaml',
      found: 'ConfigMap here/a, which one.yaml has too',
      expected: 'each object once',
      remedy: 'Leave one of them out: only one could be in the cluster.',
    },
  ]);
});
