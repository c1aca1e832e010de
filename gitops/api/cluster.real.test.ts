import { create, patch, remove } from '../../kube';
import { definitionOnCluster, refusalOf } from '../../test/support/definition-on-cluster';
import { type Cluster, clusterDefinition, clusters } from './cluster';

jest.setTimeout(300_000);

/** What the API server takes of a Cluster, and what it refuses with which words: each refusal has a twin that it takes. */

const connection = definitionOnCluster(clusterDefinition, clusters);

const named = (spec: unknown, name = 'east') =>
  ({ apiVersion: 'ajj.io/v1', kind: 'Cluster', metadata: { name }, spec }) as Cluster;

const trying = (spec: unknown) => refusalOf(create(connection(), clusters, named(spec), { dryRun: true }));
const secret = (more: object) => ({ kubeconfig: { secret: 'east', ...more } });
const inCluster = (more: object) => ({ inCluster: true, ...more });

test('what is left out is filled in', async () => {
  const { spec } = await create(connection(), clusters, named(secret({})), { dryRun: true });
  expect(spec).toEqual({
    ...{ kubeconfig: { secret: 'east', key: 'kubeconfig' }, interval: '30s', timeout: '10s' },
  });
});

test.each<[field: string, refused: unknown, words: RegExp, twin: unknown]>([
  ['no spec', undefined, /spec: Required/, { inCluster: true }],
  ['nothing', {}, /give either/, secret({})],
  ['both', { ...secret({}), inCluster: true }, /give either/, { ...secret({}), inCluster: false }],
  ['neither', { inCluster: false }, /give either/, { inCluster: true }],
  ['a text for a yes', { inCluster: 'true' }, /must be of type boolean/, { inCluster: true }],
  ['no Secret', { kubeconfig: {} }, /kubeconfig\.secret: Required/, secret({})],
  ['an empty name', secret({ secret: '' }), /secret/, secret({ secret: 'a' })],
  [
    'a Secret of another namespace',
    secret({ secret: 'other/east' }),
    /should match/,
    secret({ secret: 'other.east' }),
  ],
  ['a path as key', secret({ key: '../token' }), /should match/, secret({ key: 'east.yaml' })],
  ['an empty key', secret({ key: '' }), /should match|at least/, secret({ key: 'k' })],
  ['a kubeconfig in place', { kubeconfig: 'clusters: []' }, /must be of type object/, secret({})],
  ['a field that there is not', secret({ namespace: 'kube-system' }), /unknown field/, secret({})],
  ['a server', inCluster({ server: 'https://a' }), /unknown field/, inCluster({})],
  ['no interval', inCluster({ interval: '0s' }), /give a time/, inCluster({ interval: '1s' })],
  ['an interval of hours', inCluster({ interval: '2h' }), /give a time/, inCluster({ interval: '1h' })],
  [
    'a timeout without a unit',
    inCluster({ timeout: '10' }),
    /should match/,
    inCluster({ timeout: '1500ms' }),
  ],
  ['a timeout that is too long', inCluster({ timeout: '2m' }), /give a time/, inCluster({ timeout: '1m' })],
  [
    'a number as timeout',
    inCluster({ timeout: 10 }),
    /must be of type string/,
    inCluster({ timeout: '10s' }),
  ],
])('%s is refused, and what is right is taken', async (_field, refused, words, twin) => {
  expect(await trying(refused)).toMatch(words);
  expect(await trying(twin)).toBe('accepted');
});

test('a status that is wrong is refused', async () => {
  await create(connection(), clusters, named({ inCluster: true }, 'said'));
  const at = { name: 'said', subresource: 'status' };
  const say = (status: object) =>
    refusalOf(patch(connection(), clusters, at, { merge: { status } }, { dryRun: true }));
  expect(await say({ lastSeen: 'yesterday' })).toMatch(/date-time/);
  expect(await say({ version: 'v1.34.0', lastSeen: '2026-01-01T00:00:00Z' })).toBe('accepted');
  await remove(connection(), clusters, { name: 'said' });
});
