import { ApiError } from '../../kube';
import type { ClusterApi, Schemas } from '../cluster/cluster-api';
import { likelyFields } from './likely-fields';

const object = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } };
const said = (...lines: readonly string[]) =>
  new ApiError('PATCH web', 500, {
    status: 'Failure',
    message: `failed to create typed patch object (shop/web; apps/v1, Kind=Deployment): ${lines.join('\n')}`,
  });
const undeclared = (path: string) => `${path}: field not declared in schema`;

/** As API servers write them: names beside a default are in an `allOf`, lists have items, maps have values. */
const schemas: Schemas = {
  'apps.v1.Deployment': {
    'x-kubernetes-group-version-kind': [{ group: 'apps', version: 'v1', kind: 'Deployment' }],
    properties: {
      spec: { default: {}, allOf: [{ $ref: '#/components/schemas/Spec' }] },
      metadata: { properties: { labels: { additionalProperties: { type: 'string' } } } },
    },
  },
  'apps.v1.DaemonSet': {
    'x-kubernetes-group-version-kind': [{ group: 'apps', version: 'v1', kind: 'DaemonSet' }],
    properties: { replicaset: {} },
  },
  Spec: {
    properties: {
      replicas: { type: 'integer' },
      containers: {
        type: 'array',
        items: { default: {}, allOf: [{ $ref: '#/components/schemas/Container' }] },
      },
      volumes: { additionalProperties: { $ref: '#/components/schemas/Container' } },
    },
  },
  Container: { properties: { image: {}, imagePullPolicy: {}, name: {} } },
};
const asked: string[] = [];
const having = (answer: () => Promise<Schemas | undefined>): ClusterApi =>
  ({
    schemas: (apiVersion: string) => {
      asked.push(apiVersion);
      return answer();
    },
  }) as unknown as ClusterApi;
const api = having(async () => schemas);
beforeEach(() => asked.splice(0));

test.each([
  ['.sepc', ['spec']],
  ['.spec.replica', ['spec.replicas']],
  ['.spec.containers[name="a.b"].imagePulPolicy', ['spec.containers[name="a.b"].imagePullPolicy']],
  ['.spec.volumes.data.nam', ['spec.volumes.data.name']],
  ['.spec.somethingElse', []],
  ['.spec.replicas.deep', []],
  ['.nowhere.at.all', []],
])('%s is most likely %j', async (path, likely) => {
  expect(await likelyFields(api, { object }, said(undeclared(path)))).toEqual(likely);
});

test('of several each is told, whatever else the server says beside them', async () => {
  const error = said(
    'errors:',
    `  ${undeclared('.sepc')}`,
    `  ${undeclared('.spec.replica')}`,
    '  .x: expected map',
  );
  expect(await likelyFields(api, { object }, error)).toEqual(['spec', 'spec.replicas']);
  expect(asked).toEqual(['apps/v1']);
});

test('schemas are asked for where a field is not known, and for nothing else', async () => {
  expect(await likelyFields(api, { object }, said('.spec: expected map, got &{1}'))).toEqual([]);
  expect(asked).toEqual([]);
});

test('a server that shows no schemas, or broken ones, leaves the refusal as it is', async () => {
  const loop: Schemas = {
    Deployment: {
      'x-kubernetes-group-version-kind': [{ group: 'apps', version: 'v1', kind: 'Deployment' }],
      $ref: '#/components/schemas/Deployment',
    },
  };
  const answers = [undefined, {}, { Deployment: 7 }, loop];
  const all = [
    ...answers.map((answer) => async () => answer as Schemas | undefined),
    () => Promise.reject(new Error('no')),
  ];
  for (const answer of all) {
    expect(await likelyFields(having(answer), { object }, said(undeclared('.sepc')))).toEqual([]);
  }
});
