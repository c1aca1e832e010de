import { type KindRow, printKinds, readKinds } from './kinds';
import type { GroupVersionKind, PathItem } from './swagger';

const deployment = { group: 'apps', version: 'v1', kind: 'Deployment' };
const node = { group: '', version: 'v1', kind: 'Node' };

const item = (gvk: GroupVersionKind, method = 'get'): PathItem => ({
  parameters: [{ name: 'pretty', in: 'query' }],
  [method]: { 'x-kubernetes-group-version-kind': gvk },
});

const kindsOf = (paths: Record<string, PathItem>): KindRow[] => readKinds({ definitions: {}, paths });

test('a collection below namespaces makes a kind namespaced, with the one over all namespaces in either order', () => {
  const inNamespace = '/apis/apps/v1/namespaces/{namespace}/deployments';
  const everywhere = '/apis/apps/v1/deployments';
  const expected = [{ apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments', namespaced: true }];
  expect(kindsOf({ [inNamespace]: item(deployment), [everywhere]: item(deployment) })).toEqual(expected);
  expect(kindsOf({ [everywhere]: item(deployment), [inNamespace]: item(deployment) })).toEqual(expected);
});

test('other kinds are cluster-wide, namespaces too', () => {
  const namespace = { group: '', version: 'v1', kind: 'Namespace' };
  const rows = kindsOf({ '/api/v1/nodes': item(node), '/api/v1/namespaces': item(namespace) });
  expect(rows).toEqual([
    { apiVersion: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false },
    { apiVersion: 'v1', kind: 'Node', plural: 'nodes', namespaced: false },
  ]);
});

test('a kind that can only be created has a row', () => {
  const review = { group: 'authorization.k8s.io', version: 'v1', kind: 'SubjectAccessReview' };
  const rows = kindsOf({ '/apis/authorization.k8s.io/v1/subjectaccessreviews': item(review, 'post') });
  expect(rows).toMatchObject([{ plural: 'subjectaccessreviews', namespaced: false }]);
});

test('single objects, subresources, watches and paths without a kind have no row', () => {
  const paths = {
    '/api/v1/namespaces/{namespace}/pods/{name}': item(node),
    '/api/v1/namespaces/{namespace}/pods/{name}/eviction': item(node, 'post'),
    '/api/v1/namespaces/{name}': item(node),
    '/api/v1/namespaces/{name}/status': item(node),
    '/api/v1/watch/nodes': item(node),
    '/api/v1/': { get: {} },
    '/version/': { get: {} },
    '/apis/apps/v1/': { get: {} },
  };
  expect(kindsOf(paths)).toEqual([]);
});

test('rows are printed by apiVersion, then kind', () => {
  const rows = kindsOf({
    '/api/v1/nodes': item(node),
    '/apis/apps/v1/namespaces/{namespace}/statefulsets': item({ ...deployment, kind: 'StatefulSet' }),
    '/apis/apps/v1/namespaces/{namespace}/deployments': item(deployment),
  });
  expect(printKinds(rows, '// header\n\n')).toContain(`= {
  'apps/v1': {
    Deployment: { plural: 'deployments', namespaced: true },
    StatefulSet: { plural: 'statefulsets', namespaced: true },
  },
  'v1': {
    Node: { plural: 'nodes', namespaced: false },
  },
};
`);
});
