import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cluster, sharedCluster, type TestNamespace, until, withNamespace } from '../../cluster';
import { Connection } from '../../kube';
import { isWell, type Live, type Verification, verify } from '../../verify';
import { needs, root } from '../support/needs';
import type { Json } from './parts';
import { HEALTHY, WAYS, type Way } from './ways';

jest.setTimeout(600_000);

// DRYDOCK_FIGURES names a file for what was found.

/** As many namespaces at once as a node has room for. */
const AT_ONCE = 10;

let cluster: Cluster;
const outcomes = new Map<string, Promise<Verification>>();

async function lookAt({ name }: TestNamespace, meant: readonly Json[], timeoutMs = 0): Promise<Verification> {
  const connection = new Connection({ kubeconfig: cluster.kubeconfig, namespace: name });
  try {
    return await verify({ connection, objects: meant as unknown as readonly Live[], timeoutMs });
  } finally {
    connection.close();
  }
}

const wordsOf = (finding: object = {}) => Object.values(finding).join('\n');
const settled = ({ findings }: Verification) => findings.filter(({ mayPass }) => !mayPass);

/** Breaks it, and looks until a cause is known: what a cluster does with it takes its time. */
function breakIt({ meant, applied = meant, labels, says = /./, cause: [code] }: Way): Promise<Verification> {
  const broken = async (namespace: TestNamespace) => {
    if (applied.length > 0) await namespace.apply(...applied);
    let last: Verification | undefined;
    const isFound = async () => {
      last = await lookAt(namespace, meant);
      return last.findings.some((finding) => finding.code === code && says.test(wordsOf(finding)));
    };
    await until(`${code} to be told`, isFound, {
      withinMs: 240_000,
      everyMs: 1_000,
      explain: () => `found instead: ${JSON.stringify(last?.findings)}`,
    });
    return last as Verification;
  };
  return withNamespace(cluster, broken, { ...(labels && { labels }) });
}

/** A webhook whose Service is not there, for the namespaces that say so. */
const webhook = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: 'drydock-verify-test' },
  webhooks: [
    {
      name: 'gone.example.com',
      clientConfig: { service: { name: 'gone', namespace: 'default', path: '/' } },
      rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
      namespaceSelector: { matchLabels: { 'drydock.dev/refused-by': 'webhook' } },
      failurePolicy: 'Fail',
      timeoutSeconds: 1,
      sideEffects: 'None',
      admissionReviewVersions: ['v1'],
    },
  ],
};

needs(root).describe('drydock verify on a cluster', () => {
  beforeAll(async () => {
    cluster = await sharedCluster();
    await cluster.kubectl(['apply', '-f', '-'], { input: JSON.stringify(webhook) });
    const waiting = [...WAYS];
    const starts = new Map<string, (outcome: Promise<Verification>) => void>();
    for (const { name } of WAYS) outcomes.set(name, new Promise((resolve) => starts.set(name, resolve)));
    const work = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const outcome = breakIt(next);
        starts.get(next.name)?.(outcome);
        await outcome.catch(() => undefined);
      }
    };
    for (let worker = 0; worker < AT_ONCE; worker++) void work();
  });
  afterAll(async () => {
    const all = await Promise.allSettled(outcomes.values());
    if (process.env.DRYDOCK_FIGURES) {
      const found = WAYS.map(({ name, cause: [code] }, index) => {
        const outcome = all[index];
        const findings = outcome?.status === 'fulfilled' ? outcome.value.findings : [];
        return { name, findings: findings.filter((finding) => finding.code === code) };
      });
      writeFileSync(process.env.DRYDOCK_FIGURES, JSON.stringify(found));
    }
    await cluster.kubectl(['delete', 'validatingwebhookconfiguration', webhook.metadata.name]);
  });

  test('a healthy installation gives no finding, and everything is looked at', async () => {
    await withNamespace(cluster, async (namespace) => {
      await namespace.apply(...HEALTHY);
      const { findings, checked, unread } = await lookAt(namespace, HEALTHY, 90_000);
      expect(findings).toEqual([]);
      expect(unread).toEqual([]);
      expect(checked.map(({ object }) => object)).toEqual(
        expect.arrayContaining([
          'Deployment/web',
          'Service/web',
          'NetworkPolicy/web',
          'DNS of the cluster',
          'Node/node1',
        ]),
      );
    });
  });

  test.each(WAYS.map((way) => [way.name, way] as const))('%s', async (name, way) => {
    const found = (await outcomes.get(name)) as Verification;
    const [code, where] = way.cause;
    const causes = found.findings.filter((finding) => finding.code === code || !finding.mayPass);
    expect(causes).toEqual([expect.objectContaining({ code, where: expect.stringContaining(where) })]);
    const [cause] = causes;
    expect(wordsOf(cause)).toMatch(way.says ?? /./);
    for (const fact of [cause?.found, cause?.expected, cause?.remedy]) expect(fact).toMatch(/\S/);
    expect(settled(found).length).toBeLessThanOrEqual(1);
  });

  test('an account that may read little is told what was not looked at, and nothing is made up', async () => {
    await withNamespace(cluster, async (namespace) => {
      await namespace.apply(...HEALTHY);
      await lookAt(namespace, HEALTHY, 90_000);
      const { stdout: token } = await namespace.kubectl(['create', 'token', 'reader']);
      const { clusters } = JSON.parse(
        (await cluster.kubectl(['config', 'view', '--raw', '-o', 'json'])).stdout,
      );
      const config = {
        apiVersion: 'v1',
        kind: 'Config',
        'current-context': 'one',
        clusters: [{ name: 'one', cluster: clusters[0].cluster }],
        users: [{ name: 'one', user: { token: token.trim() } }],
        contexts: [{ name: 'one', context: { cluster: 'one', user: 'one', namespace: namespace.name } }],
      };
      const folder = mkdtempSync(join(tmpdir(), 'drydock-verify-'));
      const kubeconfig = join(folder, 'config');
      writeFileSync(kubeconfig, JSON.stringify(config));
      const connection = new Connection({ kubeconfig });
      const found = await verify({
        connection,
        objects: HEALTHY as unknown as readonly Live[],
        timeoutMs: 0,
      });
      connection.close();
      rmSync(folder, { recursive: true });
      expect(found.findings).toEqual([]);
      expect(found.checked.filter(isWell)).toEqual([]);
      expect(found.unread).toContain(`get secrets in ${namespace.name}`);
    });
  });
});
