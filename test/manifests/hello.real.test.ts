import { HelloChart } from '../../charts';
import { type Cluster, sharedCluster, type TestNamespace, withNamespace } from '../../cluster';
import { Testing } from '../../core/synth';
import type { JsonObject } from '../../core/template';

const RESTRICTED = {
  labels: {
    'pod-security.kubernetes.io/enforce': 'restricted',
    'pod-security.kubernetes.io/warn': 'restricted',
  },
};

/** Server-side apply that refuses unknown and doubled fields; what it warns of goes to standard error. */
function applyStrictly(namespace: TestNamespace, objects: readonly object[], allowFailure = false) {
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  return namespace.kubectl(['apply', '--server-side', '--validate=strict', '-f', '-'], {
    input,
    allowFailure,
  });
}

function podOf(deployment: JsonObject): JsonObject {
  const { template } = deployment.spec as { readonly template: JsonObject };
  return { ...template, apiVersion: 'v1', kind: 'Pod', metadata: { name: 'alone' } };
}

describe('the hello chart on a real API server', () => {
  let cluster: Cluster;
  const objects = Testing.synth(new HelloChart(Testing.app()), {
    values: { ingress: { enabled: true } },
  }) as JsonObject[];
  const deployment = objects.find(({ kind }) => kind === 'Deployment') as JsonObject;

  beforeAll(async () => {
    cluster = await sharedCluster();
  }, 300_000);

  test('every object is accepted strictly, without a warning, where Pod Security is restricted', async () => {
    await withNamespace(
      cluster,
      async (namespace) => {
        const { stdout, stderr } = await applyStrictly(namespace, objects);
        expect(stderr).toBe('');
        expect(stdout.trim().split('\n')).toHaveLength(objects.length);
      },
      RESTRICTED,
    );
  }, 60_000);

  test('its pod is admitted; the same pod is refused once it may run as root', async () => {
    await withNamespace(
      cluster,
      async (namespace) => {
        await applyStrictly(
          namespace,
          objects.filter(({ kind }) => kind === 'ServiceAccount'),
        );
        const pod = podOf(deployment);
        const { securityContext, ...spec } = pod.spec as JsonObject;
        const asRoot = {
          ...pod,
          spec: { ...spec, securityContext: { ...(securityContext as JsonObject), runAsNonRoot: false } },
        };
        expect(await applyStrictly(namespace, [asRoot], true)).toMatchObject({
          stderr: expect.stringContaining('runAsNonRoot'),
        });
        await applyStrictly(namespace, [pod]);
      },
      RESTRICTED,
    );
  }, 60_000);

  test('an unknown field is refused, so acceptance means something', async () => {
    await withNamespace(cluster, async (namespace) => {
      const misspelt = { ...deployment, spec: { ...(deployment.spec as JsonObject), replicaCount: 2 } };
      const { code, stderr } = await applyStrictly(namespace, [misspelt], true);
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('replicaCount') });
    });
  }, 60_000);
});
