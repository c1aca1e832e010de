import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CiFixerChart, TodoStackChart } from '../../charts';
import { type Cluster, sharedCluster, type TestNamespace, tool, withNamespace } from '../../cluster';
import { runCommand } from '../../cluster/command';
import { BUSYBOX_IMAGE } from '../../cluster/images/own-images';
import { App } from '../../core/synth';
import { buildCiFixer, TAGS as FIXER_TAGS, IMAGE } from '../sandbox/ci-fixer-release';
import { buildImages, SECRETS, serviceNames, TAGS, valuesFor } from '../todo-stack/stack';

jest.setTimeout(600_000);

const folder = mkdtempSync(path.join(tmpdir(), 'drydock-applications-'));
let cluster: Cluster;
let env: Readonly<Record<string, string>>;
beforeAll(async () => {
  cluster = await sharedCluster();
  await buildImages(cluster);
  await buildCiFixer(cluster);
  const app = new App({ outdir: path.join(folder, 'manifests') });
  new TodoStackChart(app);
  new CiFixerChart(app);
  app.synth();
  // `drydock` looks for helm where its environment says.
  env = { PATH: path.dirname(await tool('helm-4')) };
});
afterAll(() => rmSync(folder, { recursive: true }));

/** An application of this repository, as a chart with values. */
interface Application {
  readonly name: string;
  readonly deployments: number;
  readonly tags: readonly [before: string, after: string];
  readonly values: (tag: string) => object;
}

const todo: Application = {
  name: 'todo-app',
  deployments: serviceNames.length,
  tags: TAGS,
  values: (tag) => {
    const image = { image: { tag } };
    const given = Object.fromEntries(serviceNames.map((name) => [name, image]));
    const secrets = Object.fromEntries(
      Object.entries(SECRETS).map(([name, keys]) => [name, { secrets: keys, ...image }]),
    );
    const all = valuesFor(30_094, { ...given, ...secrets });
    // A placeholder brings no database anywhere.
    return { ...all, backend: { ...(all.backend as object), migration: { enabled: false } } };
  },
};

const ciFixer: Application = {
  name: 'ci-fixer',
  deployments: 1,
  tags: FIXER_TAGS,
  values: (tag) => ({
    image: { repository: IMAGE, tag },
    testImage: BUSYBOX_IMAGE,
    credentials: { LLM_API_KEY: 'a', TENANTS: 'b' },
  }),
};

const MAIN = ['--import', require.resolve('tsx'), path.join(__dirname, '..', '..', 'cli', 'main.ts')];

/** As its users run it: a process of its own. */
function drydock(namespace: TestNamespace, command: string, release: string, ...argv: readonly string[]) {
  const where = ['--namespace', namespace.name, '--kubeconfig', cluster.kubeconfig];
  return runCommand(process.execPath, [...MAIN, command, release, ...argv, ...where], {
    env,
    allowFailure: true,
  });
}

/** The same where it must go well. */
async function done(...argv: Parameters<typeof drydock>): Promise<string> {
  const { code, stdout, stderr } = await drydock(...argv);
  if (code !== 0) throw new Error(`drydock ${argv[1]} ended with ${code}: ${stdout}${stderr}`);
  return stdout;
}

async function tagsIn(namespace: TestNamespace): Promise<readonly string[]> {
  const images = 'jsonpath={.items[*].spec.template.spec.containers[*].image}';
  const { stdout } = await namespace.kubectl(['get', 'deployments', '-o', images]);
  return stdout.split(' ').map((image) => image.split(':').at(-1) ?? '');
}

/** All that a release can leave in a namespace, without what is in every namespace. */
async function left(namespace: TestNamespace): Promise<readonly string[]> {
  const kinds =
    'deployments,services,configmaps,secrets,serviceaccounts,roles,rolebindings,networkpolicies,leases,jobs';
  const { stdout } = await namespace.kubectl(['get', kinds, '-o', 'name']);
  const always = ['configmap/kube-root-ca.crt', 'serviceaccount/default'];
  return stdout.split('\n').filter((name) => name !== '' && !always.includes(name));
}

test.each([todo, ciFixer])(
  '$name is deployed by drydock, changed, rolled back and removed on a real cluster',
  async ({ name, deployments, tags, values }) => {
    const chart = path.join(folder, 'charts', name);
    const given = (tag: string) => {
      const file = path.join(folder, `${name}-${tag}.json`);
      writeFileSync(file, JSON.stringify(values(tag)));
      return [chart, '--values', file];
    };
    const all = (tag: string) => Array(deployments).fill(tag);
    await withNamespace(cluster, async (namespace) => {
      expect(await done(namespace, 'apply', name, ...given(tags[0]))).toContain('is at revision 1');
      expect(await tagsIn(namespace)).toEqual(all(tags[0]));
      expect(await done(namespace, 'status', name)).toContain('healthy');

      const diff = await drydock(namespace, 'diff', name, ...given(tags[1]));
      expect([diff.code, diff.stderr]).toEqual([1, '']);
      expect(diff.stdout.match(/^ {6}\+ \S+:1\.0\.1-def5678$/gm)).toHaveLength(deployments);
      await done(namespace, 'apply', name, ...given(tags[1]));
      expect(await tagsIn(namespace)).toEqual(all(tags[1]));
      const again = await done(namespace, 'apply', name, ...given(tags[1]), '--output', 'json');
      expect(JSON.parse(again)).toMatchObject({ changed: false, revision: 2 });

      await done(namespace, 'rollback', name);
      expect(await tagsIn(namespace)).toEqual(all(tags[0]));
      expect(await done(namespace, 'delete', name)).toContain('is gone');
      expect(await left(namespace)).toEqual([]);
    });
  },
);
