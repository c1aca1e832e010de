import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Cluster, sharedCluster, type TestNamespace, until, withNamespace } from '../../cluster';
import { SecureService } from '../../constructs';
import { App } from '../../core/synth';
import { HelmChart } from '../../core/tree';
import { defineValues, value } from '../../core/values';
import { placeholder } from '../secure-service/placeholder';

jest.setTimeout(300_000);

const SECRET = 'hush-hush-7f3a';
const folder = mkdtempSync(path.join(tmpdir(), 'drydock-secrets-'));
const chart = path.join(folder, 'charts', 'shop');
let cluster: Cluster;

beforeAll(async () => {
  cluster = await sharedCluster();
  const values = defineValues({
    database: value.secret({ doc: 'The database', keys: { url: 'Where it is', password: 'What it wants' } }),
  });
  const app = new App({ outdir: path.join(folder, 'manifests') });
  const shop = new HelmChart(app, 'shop', { description: 'A shop', values });
  new SecureService(shop, 'web', { ...placeholder, env: { DATABASE_URL: values.database.key('url') } });
  app.synth();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the one container of the service waits for. */
async function waitingFor({ kubectl }: TestNamespace): Promise<{ reason?: string; message?: string }> {
  const { stdout } = await kubectl(['get', 'pods', '-o', 'json']);
  const { items } = JSON.parse(stdout);
  return items[0]?.status.containerStatuses?.[0]?.state.waiting ?? {};
}

const inPod = ({ kubectl }: TestNamespace, workload: string, command: string) =>
  kubectl(['exec', workload, '-c', 'app', '--', 'sh', '-c', command]);

test('plain YAML waits for the Secret that it names, and runs once that is there', async () => {
  await withNamespace(cluster, async (namespace) => {
    await namespace.kubectl(['apply', '-f', path.join(folder, 'manifests', 'shop.k8s.yaml')]);
    const waiting = await until('the pod to wait', async () => {
      const { reason, message } = await waitingFor(namespace);
      return reason === 'CreateContainerConfigError' && message;
    });
    expect(waiting).toBe('secret "shop-database" not found');

    const example = readFileSync(path.join(folder, 'secrets', 'shop.example.yaml'), 'utf8');
    const filled = example.replace('url: ""', `url: ${SECRET}`);
    await namespace.kubectl(['apply', '-f', '-'], { input: filled });
    await namespace.kubectl(['rollout', 'status', 'deployment/shop-web', '--timeout=90s']);
    const seen = await inPod(namespace, 'deployment/shop-web', 'printf %s "$DATABASE_URL"');
    expect(seen.stdout).toBe(SECRET);
  });
});

describe.each([4, 3] as const)('helm %i', (version) => {
  const install = (namespace: TestNamespace, ...more: string[]) =>
    cluster.helm(['install', 'shop', chart, '-n', namespace.name, ...more], { version, allowFailure: true });

  test('refuses to install without the Secret, in one sentence, and leaves nothing behind', async () => {
    await withNamespace(cluster, async (namespace) => {
      const { code, stderr } = await install(namespace);
      expect(code).toBe(1);
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect(stderr).toContain(
        'Set database.url, database.password, or set database.existingSecret to the name of a Secret that has the keys url, password.',
      );
      const left = await namespace.kubectl(['get', 'all,secrets', '-o', 'name']);
      expect(left.stdout).toBe('');
    });
  });

  test('takes the keys by --set and shows them nowhere but in the Secret', async () => {
    await withNamespace(cluster, async (namespace) => {
      const given = `database.url=${SECRET},database.password=x`;
      const { stdout, stderr, code } = await install(namespace, '--set', given, '--wait', '--timeout=90s');
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      // The chart makes this one, so nothing is waited for.
      expect(stdout).not.toContain('Pods wait');
      expect(stdout).not.toContain(SECRET);
      const seen = await inPod(namespace, 'deployment/shop-web', 'printf %s "$DATABASE_URL"');
      expect(seen.stdout).toBe(SECRET);
      const { stdout: objects } = await namespace.kubectl([
        'get',
        'deployments,replicasets,pods,services,configmaps,events',
        '-o',
        'yaml',
      ]);
      expect(objects).toContain('shop-database');
      expect(objects).not.toContain(SECRET);
    });
  });

  test('names the existing Secret that the pods then wait for', async () => {
    await withNamespace(cluster, async (namespace) => {
      const { stdout, code } = await install(namespace, '--set', 'database.existingSecret=mine');
      expect(code).toBe(0);
      expect(stdout).toContain('Pods wait until the Secret mine is there, with the keys url, password.');
      const waiting = await until('the pod to wait', async () => {
        const { reason, message } = await waitingFor(namespace);
        return reason === 'CreateContainerConfigError' && message;
      });
      expect(waiting).toBe('secret "mine" not found');
    });
  });
});
