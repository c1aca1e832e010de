import type { ServerResponse } from 'node:http';
import { Discovery } from './discovery-cache';
import { failureOf } from './testing-only/failure';
import {
  type ScriptedServer,
  type Seen,
  scriptedServer,
  sendJson,
  statusBody,
} from './testing-only/scripted-server';

let server: ScriptedServer;
let nowMs = 1_000_000;
beforeEach(() => {
  jest.spyOn(Date, 'now').mockImplementation(() => nowMs);
});
afterEach(async () => {
  jest.restoreAllMocks();
  await server.close();
});

const deployments = {
  ...{ resource: 'deployments', scope: 'Namespaced', verbs: ['get', 'list'], shortNames: ['deploy'] },
  responseKind: { group: 'apps', version: 'v1', kind: 'Deployment' },
  subresources: [{ subresource: 'status', responseKind: { kind: 'Deployment' }, verbs: ['get'] }],
};
const nodes = { resource: 'nodes', scope: 'Cluster', responseKind: { kind: 'Node' }, verbs: ['get'] };
const listOf = (...groups: ReadonlyArray<readonly [name: string, version: object]>) => ({
  kind: 'APIGroupDiscoveryList',
  items: groups.map(([name, version]) => ({ metadata: { name }, versions: [version] })),
});
const widgets = { resource: 'widgets', scope: 'Namespaced', responseKind: { kind: 'Widget' }, verbs: [] };

/** A server that says all at once, and each state of it by its number. */
function serverOf(state: { number: number; groups: ReadonlyArray<readonly [string, object]> }) {
  return (seen: Seen, response: ServerResponse) => {
    if (!['/api', '/apis'].includes(seen.path)) return sendJson(response, 404, statusBody(404, 'NotFound'));
    const etag = `"${state.number}"`;
    if (seen.headers['if-none-match'] === etag) return response.writeHead(304).end();
    const core = listOf(['', { version: 'v1', resources: [nodes] }]);
    return sendJson(response, 200, seen.path === '/api' ? core : listOf(...state.groups), { etag });
  };
}

test('all kinds are found by two calls, and later without a body, in which a new kind is seen', async () => {
  const state = { number: 1, groups: [['apps', { version: 'v1', resources: [deployments] }] as const] };
  server = await scriptedServer(serverOf(state));
  const discovery = new Discovery(server.connect());
  const [apps, core] = await Promise.all([discovery.served('apps/v1'), discovery.served('v1')]);
  expect(apps).toEqual([
    {
      name: 'deployments',
      kind: 'Deployment',
      namespaced: true,
      verbs: ['get', 'list'],
      shortNames: ['deploy'],
    },
  ]);
  expect(core).toEqual([{ name: 'nodes', kind: 'Node', namespaced: false, verbs: ['get'] }]);
  nowMs += 999;
  expect(await discovery.find('apps/v1', 'Deployment')).toMatchObject({ plural: 'deployments' });
  expect(server.seen.map(({ path }) => path).sort()).toEqual(['/api', '/apis']);
  // Without it a server answers with its groups alone.
  for (const { headers } of server.seen)
    expect(headers.accept).toMatch(
      /^application\/json;g=apidiscovery\.k8s\.io;v=v2;as=APIGroupDiscoveryList,/,
    );
  nowMs += 1;
  expect(await discovery.served('apps/v1')).toEqual(apps);
  // What is asked for is in one of them.
  const tags = ({ path, headers }: Seen) => `${path} ${headers['if-none-match'] ?? ''}`.trim();
  expect(server.seen.map(tags).sort()).toEqual(['/api', '/apis', '/apis "1"']);
  Object.assign(state, {
    number: 2,
    groups: [...state.groups, ['example.com', { version: 'v1', resources: [widgets] }]],
  });
  nowMs += 1000;
  expect(await discovery.find('example.com/v1', 'Widget')).toMatchObject({
    plural: 'widgets',
    namespaced: true,
  });
  expect(await failureOf(() => discovery.find('example.com/v1', 'Gadget'))).toMatchObject({
    code: 'KIND_UNKNOWN',
    found: 'Widget',
  });
  expect(server.seen).toHaveLength(4);
});

test.each([
  ['v1', '/api'],
  ['apps/v1', '/apis'],
])('of %s alone only %s is asked', async (apiVersion, path) => {
  server = await scriptedServer(
    serverOf({ number: 1, groups: [['apps', { version: 'v1', resources: [deployments] }]] }),
  );
  expect(await new Discovery(server.connect()).served(apiVersion)).toHaveLength(1);
  expect(server.seen.map((seen) => seen.path)).toEqual([path]);
});

test('what is in no document is asked for itself, once for all who ask within a second', async () => {
  server = await scriptedServer(serverOf({ number: 1, groups: [] }));
  const discovery = new Discovery(server.connect());
  for (let time = 0; time < 2; time += 1) {
    expect(await failureOf(() => discovery.served('example.com/v1'))).toMatchObject({ code: 'NOT_FOUND' });
  }
  const asked = server.seen.filter(({ path }) => path === '/apis/example.com/v1');
  // A refusal is not kept: a kind may come at any moment.
  expect(asked).toHaveLength(2);
});

test('a group whose own server is away is asked itself, and not taken for empty', async () => {
  const groups = [['metrics.k8s.io', { version: 'v1', freshness: 'Stale', resources: [] }] as const];
  const resources = [{ name: 'pods', kind: 'PodMetrics', namespaced: true, verbs: ['get'] }];
  server = await scriptedServer((seen, response) =>
    seen.path === '/apis/metrics.k8s.io/v1'
      ? sendJson(response, 200, { resources })
      : serverOf({ number: 1, groups })(seen, response),
  );
  expect(await new Discovery(server.connect()).served('metrics.k8s.io/v1')).toEqual(resources);
});

test.each([200, 404])(
  'a server that cannot say all at once (%i) is asked for each apiVersion, once a second',
  async (code) => {
    server = await scriptedServer((seen, response) => {
      const isWhole = seen.path === '/api' || seen.path === '/apis';
      if (isWhole && code === 404) return sendJson(response, 404, statusBody(404, 'NotFound'));
      if (seen.path === '/api') return sendJson(response, 200, { kind: 'APIVersions', versions: ['v1'] });
      if (seen.path === '/apis') return sendJson(response, 200, { kind: 'APIGroupList', groups: [] });
      const resources = [{ name: 'deployments', kind: 'Deployment', namespaced: true, verbs: [] }];
      return sendJson(response, 200, { resources });
    });
    const discovery = new Discovery(server.connect());
    for (let time = 0; time < 3; time += 1) {
      expect(await discovery.find('apps/v1', 'Deployment')).toMatchObject({ plural: 'deployments' });
    }
    expect(server.seen.filter(({ path }) => path === '/apis/apps/v1')).toHaveLength(1);
    nowMs += 1000;
    await discovery.served('apps/v1');
    expect(server.seen.filter(({ path }) => path === '/apis/apps/v1')).toHaveLength(2);
  },
);

test('a failure is told to all who wait, and the next one asks again', async () => {
  let isAway = true;
  const well = serverOf({ number: 1, groups: [['apps', { version: 'v1', resources: [deployments] }]] });
  server = await scriptedServer((seen, response) =>
    isAway ? sendJson(response, 403, statusBody(403, 'Forbidden')) : well(seen, response),
  );
  const discovery = new Discovery(server.connect());
  const both = await Promise.allSettled([discovery.served('apps/v1'), discovery.served('v1')]);
  expect(both).toMatchObject([{ reason: { code: 'FORBIDDEN' } }, { reason: { code: 'FORBIDDEN' } }]);
  isAway = false;
  expect(await discovery.served('apps/v1')).toHaveLength(1);
});
