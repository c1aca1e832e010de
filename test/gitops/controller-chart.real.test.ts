import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GitopsControllerChart } from '../../charts';
import { type Cluster, sharedCluster, until } from '../../cluster';
import { App } from '../../core/synth';
import { gitopsDefinitions } from '../../gitops';
import { verifyRelease } from '../support/verify-release';
import { bringImages } from '../workloads/images';
import { type GitPod, startGitPod } from './git-pod';
import { controllerImage } from './image';

jest.setTimeout(600_000);

const RELEASE = 'flow';
const NAMESPACE = 'flow-system';
const TEAM = 'flow-team';
const GIT = 'flow-git';
const APP = `${RELEASE}-jujutsu-gitops-controller-app`;

let cluster: Cluster;
let git: GitPod;
let folder: string;

const kubectl = async (args: readonly string[], input?: object) =>
  (await cluster.kubectl(args, input ? { input: JSON.stringify(input) } : {})).stdout.trim();
const apply = (...items: readonly object[]) =>
  kubectl(['apply', '--server-side', '-f', '-'], { apiVersion: 'v1', kind: 'List', items });
const told = (jsonPath: string) =>
  kubectl(['get', 'applications.ajj.io', 'shop', '-n', TEAM, '-o', `jsonpath=${jsonPath}`]);

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'drydock-flow-'));
  cluster = await sharedCluster();
  const image = await controllerImage();
  await bringImages(cluster, [image]);
  for (const name of [NAMESPACE, TEAM, GIT]) await kubectl(['create', 'namespace', name]);
  git = await startGitPod(cluster, GIT, image);
  const app = new App({ outdir: path.join(folder, 'manifests') });
  const { chartName } = new GitopsControllerChart(app);
  app.synth();
  const at = image.lastIndexOf(':');
  const values = {
    image: { repository: image.slice(0, at), tag: image.slice(at + 1), pullPolicy: 'Never' },
    resources: { cpu: '50m', memory: '256Mi' },
    repositories: git.address,
  };
  writeFileSync(path.join(folder, 'values.json'), JSON.stringify(values));
  const given = ['-n', NAMESPACE, '-f', path.join(folder, 'values.json'), '--wait', '--timeout=240s'];
  await cluster.helm(['install', RELEASE, path.join(folder, 'charts', chartName), ...given]);
});

afterAll(async () => {
  const anyway = { allowFailure: true };
  await cluster.helm(['uninstall', RELEASE, '-n', NAMESPACE, '--wait'], anyway);
  // Where the test failed nobody is left who lets go of it.
  const free = JSON.stringify({ metadata: { finalizers: null } });
  await cluster.kubectl(
    ['patch', 'applications.ajj.io', 'shop', '-n', TEAM, '--type=merge', '-p', free],
    anyway,
  );
  const names = gitopsDefinitions.map(({ metadata }) => metadata.name);
  await kubectl(['delete', 'customresourcedefinitions', ...names, '--ignore-not-found', '--timeout=120s']);
  await kubectl(['delete', 'namespace', NAMESPACE, TEAM, GIT, '--wait=false', '--ignore-not-found']);
  rmSync(folder, { recursive: true });
});

const configMap = (x: string) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { x } });

const applied = (revision: string) =>
  until(
    `${revision} to be applied`,
    async () => (await told('{.status.phase} {.status.lastAppliedRevision}')) === `Healthy ${revision}`,
    {
      withinMs: 120_000,
      everyMs: 500,
      explain: async () =>
        `${await told('{.status}')}\n${await kubectl(['logs', '-n', NAMESPACE, `deployment/${APP}`, '--all-pods', '--tail=20'])}`,
    },
  );

const leader = async () =>
  (
    await kubectl([
      'get',
      'lease',
      'drydock-gitops',
      '-n',
      NAMESPACE,
      '-o',
      'jsonpath={.spec.holderIdentity}',
    ])
  ).split('/')[0];

test('installed by helm it applies what a repository says, as the account of the Application, also when the leader is killed', async () => {
  const verbs = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];
  await apply(
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'deployer', namespace: TEAM } },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'deployer', namespace: TEAM },
      rules: [
        { apiGroups: [''], resources: ['configmaps', 'secrets'], verbs },
        { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs },
      ],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'deployer', namespace: TEAM },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'deployer' },
      subjects: [{ kind: 'ServiceAccount', name: 'deployer', namespace: TEAM }],
    },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'git', namespace: TEAM },
      stringData: git.credentials,
    },
  );
  const first = await git.commit({ 'app/settings.yaml': configMap('one') });
  await apply({
    apiVersion: 'ajj.io/v1',
    kind: 'Application',
    metadata: { name: 'shop', namespace: TEAM },
    spec: {
      source: { url: git.url, path: 'app', secret: 'git' },
      serviceAccount: 'deployer',
      sync: { interval: '2s' },
    },
  });
  await applied(first);
  const settings = ['get', 'configmap', 'settings', '-n', TEAM, '-o', 'jsonpath={.data.x}'];
  expect(await kubectl(settings)).toBe('one');

  const led = await leader();
  expect(await kubectl(['get', 'pod', String(led), '-n', NAMESPACE, '-o', 'name'])).toBe(`pod/${led}`);
  await kubectl(['delete', 'pod', String(led), '-n', NAMESPACE, '--grace-period=0', '--force']);
  await applied(await git.commit({ 'app/settings.yaml': configMap('two') }));
  expect(await kubectl(settings)).toBe('two');
  expect(await leader()).not.toBe(led);

  // What the account may not, a commit cannot: a node is not of this namespace.
  await git.commit({
    'app/settings.yaml': configMap('three'),
    'app/ns.yaml': JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'flow-grab' } }),
  });
  await until(
    'the commit to be refused',
    async () => /no right to create namespaces/.test(await told('{.status.message}')),
    {
      withinMs: 60_000,
      explain: () => told('{.status}'),
    },
  );
  expect(await kubectl(settings)).toBe('two');
  expect((await cluster.kubectl(['get', 'namespace', 'flow-grab'], { allowFailure: true })).code).not.toBe(0);

  expect((await verifyRelease(cluster, { release: RELEASE, namespace: NAMESPACE })).findings).toEqual([]);

  // Who deletes the Application deletes what it made; it is the controller that lets it go.
  await kubectl(['delete', 'applications.ajj.io', 'shop', '-n', TEAM, '--timeout=120s']);
  expect((await cluster.kubectl(settings, { allowFailure: true })).code).not.toBe(0);
});
