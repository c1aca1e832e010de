import type { Application } from '../../../gitops/api/application';
import type { Cluster } from '../../../gitops/api/cluster';
import { MOST_CLUSTERS } from '../../../gitops/api/destination';
import { inWordsOfCluster } from '../../../gitops/clusters/cause';
import type { Fleet } from '../../../gitops/clusters/fleet';
import { kubeconfigOf } from '../../../gitops/clusters/kubeconfig-secret';
import type { ClusterLinks } from '../../../gitops/clusters/links';
import { Prometheus } from '../../../gitops/measure/prometheus';
import { Judge, requireGood } from '../../../gitops/policy/judge';
import { opaEngine } from '../../../gitops/policy/opa';
import { refuseSecretValues } from '../../../gitops/preview/strangers';
import { renderPlain } from '../../../gitops/render/plain';
import { ofSandbox } from '../../../gitops/render/program';
import { RENDER_LIMITS, runProgram } from '../../../gitops/render/run-program';
import { valuesOf } from '../../../gitops/render/values-from';
import { credentialsIn } from '../../../gitops/source/credentials';
import { complaintOf } from '../../../gitops/source/git-complaint';
import { folderOf } from '../../../gitops/source/git-url';
import { runGit } from '../../../gitops/source/run-git';
import { refuseOddEntries } from '../../../gitops/source/tree-entries';
import { requireAccount } from '../../../gitops/sync/acting-as';
import { Targets } from '../../../gitops/sync/targets';
import { Connection, type Stored } from '../../../kube';
import { connectTo, scriptedServer, sendJson, statusBody } from '../../../kube/testing-only/scripted-server';
import { type Cause, errorOf } from '../../../sandbox/causes/cause';
import { asserted, type Examples, on, PLANTED, withVariables } from '../example';

const entry = (path: string, mode = '100644') => ({ path, mode, id: 'a'.repeat(40), size: 1 });
const where = 'https://git.example.com/team/shop.git';
/** What git said, and what that means. */
const git = (what: string, err: string) =>
  on(what, () => complaintOf(where, { code: 128, out: Buffer.alloc(0), err: `${err} ${PLANTED}` }, 'main'));

const cluster = {
  apiVersion: 'ajj.io/v1',
  kind: 'Cluster',
  metadata: { name: 'east', namespace: 'shop', uid: 'u', resourceVersion: '1' },
  spec: { kubeconfig: { secret: 'east' } },
} as Stored<Cluster>;

/** Asks an API server that gives this status for everything. */
async function atServer(
  status: number,
  reason: string,
  ask: (connection: Connection) => Promise<unknown>,
): Promise<unknown> {
  const server = await scriptedServer((_seen, response) =>
    sendJson(response, status, statusBody(status, reason)),
  );
  const connection = connectTo(server.url);
  try {
    return await ask(connection);
  } finally {
    connection.close();
    await server.close();
  }
}

const kubeconfigAt = (status: number, reason: string) =>
  atServer(status, reason, (connection) => kubeconfigOf(connection, cluster));

/** What a Cluster says whose API server gives this status. */
async function clusterAt(status: number, reason: string): Promise<unknown> {
  return kubeconfigAt(status, reason).catch(({ cause }) => inWordsOfCluster(cluster, cause));
}

/** Where an Application goes, in a namespace with so many Clusters. */
function targetsOf(destination: Application['spec']['destination'], count: number) {
  const all = Array.from({ length: count }, (_, index) => ({
    ...cluster,
    metadata: { ...cluster.metadata, name: `east-${index}` },
  }));
  const app = {
    metadata: { name: 'shop', namespace: 'shop' },
    spec: { source: { url: where }, destination },
  };
  const fleet = { of: async () => all } as unknown as Fleet;
  return new Targets(fleet, {} as ClusterLinks).of(app as Stored<Application>, {} as Connection);
}

const NO_ROOM: Cause = {
  ...{ code: 'Unschedulable', retryable: true, found: '0/3 nodes are available' },
  ...{ expected: 'a node with room for the sandbox', remedy: 'ask for less, or add nodes' },
};

const REAL = 'gitops/source/git-repository.real.test.ts';

export const gitopsExamples: Examples = {
  SOURCE_UNREACHABLE: git('a git server that does not answer', 'fatal: Failed to connect to git.example.com'),
  SOURCE_DENIED: git('a password that the server does not take', 'fatal: Authentication failed for'),
  HOST_KEY_UNKNOWN: git('a server over ssh with another key', 'Host key verification failed.'),
  BRANCH_MISSING: git('a branch that nobody has pushed', "fatal: couldn't find remote ref refs/heads/main"),
  REVISION_MISSING: git(
    'a commit that the server does not have',
    'fatal: remote error: upload-pack: not our ref',
  ),
  SECRET_MISSING: on('a Cluster whose Secret is not there', () => kubeconfigAt(404, 'NotFound')),
  SECRET_INVALID: on('a Secret for a repository with a user alone', () =>
    credentialsIn('Secret shop/git', { username: Buffer.from('robot').toString('base64') }),
  ),
  SECRET_UNREADABLE: on('a Secret that the controller may not read', () => kubeconfigAt(403, 'Forbidden')),
  SOURCE_INVALID: on('a path out of the repository', () => folderOf('../other')),
  SOURCE_TOO_LARGE: on('a folder with more files than are taken', () =>
    refuseOddEntries([entry('a.yaml'), entry('b.yaml')], 1, where),
  ),
  SOURCE_REFUSED: on('a folder with a symbolic link', () =>
    refuseOddEntries([entry('secrets.yaml', '120000')], 10, where),
  ),
  PATH_MISSING: asserted('a folder that the commit does not have', REAL),
  RENDER_FAILED: on('a file that is no YAML', () =>
    renderPlain([{ path: 'app/a.yaml', content: Buffer.from(`a: [${PLANTED}`) }]),
  ),
  VALUES_MISSING: on('values from a ConfigMap that is not there', () =>
    atServer(404, 'NotFound', (connection) =>
      valuesOf(connection, 'shop', { valuesFrom: [{ kind: 'ConfigMap', name: 'values' }] }),
    ),
  ),
  SANDBOX_FAILED: on('a program of cdk8s whose sandbox finds no room', () =>
    ofSandbox(errorOf(NO_ROOM, 'sandbox render-1', 'render-1')),
  ),
  POLICY_DENIED: on('a pod that may be root, where the policy is strict', () => {
    const spec = { containers: [{ name: 'main', image: 'registry.example.com/shop:1' }] };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'shop' }, spec };
    requireGood([new Judge().judge('one', [pod], { mode: 'strict' }, new Date())]);
  }),
  POLICY_FAILED: on('a file of Rego without a package', () => {
    opaEngine([{ name: 'team.rego', text: `deny := "${PLANTED}"` }]);
  }),
  PREVIEW_REFUSED: on('a preview of a chart that is given a Secret', () => {
    const valuesFrom = [{ kind: 'Secret', name: 'shop-values' }] as const;
    const spec = { source: { url: where }, render: { helm: { valuesFrom } } };
    refuseSecretValues({ spec });
  }),
  CLUSTER_MISSING: on('an Application for a Cluster that is not there', async () => {
    const { wanted } = await targetsOf({ clusters: ['west'] }, 1);
    return wanted[0]?.reach();
  }),
  CLUSTERS_NONE: on('a selector that selects no Cluster', () =>
    targetsOf({ clusterSelector: { matchLabels: { region: 'west' } } }, 1),
  ),
  CLUSTERS_TOO_MANY: on('a selector that selects more Clusters than are taken', () =>
    targetsOf({ clusterSelector: {} }, MOST_CLUSTERS + 1),
  ),
  CLUSTER_UNREACHABLE: on('a cluster that does not answer', () => clusterAt(503, 'ServiceUnavailable')),
  CLUSTER_DENIED: on('a cluster that does not take the credentials', () => clusterAt(401, 'Unauthorized')),
  KUBECONFIG_REFUSED: on('a kubeconfig in a Secret that names a file', () => {
    const kubeconfigText = JSON.stringify({
      'current-context': 'a',
      contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
      clusters: [{ name: 'a', cluster: { server: 'https://api.example.com' } }],
      users: [{ name: 'a', user: { tokenFile: '/etc/shadow' } }],
    });
    try {
      return new Connection({ kubeconfigText });
    } catch (error) {
      return inWordsOfCluster(cluster, error);
    }
  }),
  ACCOUNT_MISSING: on('an Application without an account, where each has to name one', () =>
    requireAccount({ spec: { source: { url: where } } } as Application),
  ),
  PROMETHEUS_INVALID: on('a token that would go over http', () => {
    return new Prometheus({ url: 'http://prometheus.monitoring:9090', tokenFile: '/run/token' });
  }),
  GIT_MISSING: on('a machine without git', () =>
    withVariables({ PATH: '/nonexistent' }, () =>
      runGit(
        ['version'],
        { where, timeoutMs: 10_000, protocol: 'https', outputBytes: 1, fileBytes: 512 },
        '/',
      ),
    ),
  ),
  PROGRAM_MISSING: on('a machine without helm', () =>
    runProgram({
      ...{
        where: 'the chart',
        program: 'no-such-helm',
        args: [],
        env: {},
        folder: '/',
        limits: RENDER_LIMITS,
      },
    }),
  ),
};
