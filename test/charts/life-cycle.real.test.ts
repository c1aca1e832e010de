import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Cluster, sharedCluster, type TestNamespace, tool, until, withNamespace } from '../../cluster';
import { App, Testing } from '../../core/synth';
import type { JsonObject } from '../../core/template';
import { differences, type LiveObject, named, objectsOfRelease } from './live-release';
import { Pair } from './pair';

jest.setTimeout(300_000);

const folder = mkdtempSync(path.join(tmpdir(), 'drydock-life-'));
const chartFolder = path.join(folder, 'charts', 'pair');
const archive = `${chartFolder}-1.2.3.tgz`;
let cluster: Cluster;
let registry: string;
let shown: readonly string[];

beforeAll(async () => {
  const app = new App({ outdir: path.join(folder, 'manifests') });
  new Pair(app);
  app.synth();
  cluster = await sharedCluster();
  const { address, files } = await cluster.registry();
  registry = `oci://${address}/charts`;
  shown = ['--ca-file', files.authority, '--cert-file', files.certificate, '--key-file', files.key];
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FIRST = { zone: 'east' };
const SECOND = {
  zone: 'west',
  web: { replicas: 2, greeting: 'bye' },
  spare: { enabled: true, greeting: 'hi' },
};
const KEPT = ['PersistentVolumeClaim/one-pair-data'];

/** Helm where the registry of the cluster answers, with settings of its own. */
async function helmInside(version: 3 | 4, ...args: readonly string[]): Promise<string> {
  const settings = path.join(folder, `helm-${version}`);
  const env = { HELM_CACHE_HOME: settings, HELM_CONFIG_HOME: settings, HELM_DATA_HOME: settings };
  return (await cluster.run(await tool(`helm-${version}`), [...args, ...shown], { env })).stdout;
}

/** What our own evaluation gives for one revision of a release. */
function evaluated(namespace: string, name: string, values: JsonObject, revision: number): JsonObject[] {
  const release = { name, namespace, revision, isUpgrade: revision > 1, service: 'Helm' };
  const chart = new Pair(Testing.app());
  return chart.render(chart.inputs({ values, release }), 'helm');
}

/** What would tell that somebody touched the objects of a release. */
function identities(objects: readonly LiveObject[]): string[] {
  return objects.map(({ kind, metadata }) =>
    [kind, metadata.name, metadata.uid, metadata.generation].join(' '),
  );
}

describe.each([4, 3] as const)('helm %i', (version) => {
  test('the cluster has what we evaluate: installed from a registry, upgraded, rolled back, uninstalled', async () => {
    await helmInside(version, 'push', archive, registry);
    await withNamespace(cluster, async (namespace) => {
      const boxes = ['one', 'two'].map((name) => `${namespace.name}-${name}-pair`);
      const helm = (...args: readonly string[]) =>
        cluster.helm([...args, '--namespace', namespace.name], { version });
      const given = (values: JsonObject) =>
        Object.entries(values).flatMap(([key, value]) => ['--set-json', `${key}=${JSON.stringify(value)}`]);
      const isLive = async (values: JsonObject, revision: number) => {
        const [live, printed] = [
          await objectsOfRelease(namespace, 'one'),
          evaluated(namespace.name, 'one', values, revision),
        ];
        expect(differences(printed, live)).toEqual([]);
        expect(named(live)).toEqual(named(printed));
      };
      try {
        await helm('install', 'two', chartFolder);
        const other = identities(await objectsOfRelease(namespace, 'two'));
        expect(other.length).toBeGreaterThan(5);

        const fromRegistry = ['install', 'one', `${registry}/pair`, '--version', '1.2.3'];
        await helmInside(version, ...fromRegistry, '--namespace', namespace.name, ...given(FIRST));
        await isLive(FIRST, 1);
        await helm('upgrade', 'one', chartFolder, ...given(SECOND));
        await isLive(SECOND, 2);
        await selectsItsOwn(namespace, 'one-web-server', 'one', 2);
        await selectsItsOwn(namespace, 'one-spare-server', 'one', 1);
        await selectsItsOwn(namespace, 'two-web-server', 'two', 1);
        await helm('rollback', 'one', '1');
        await isLive(FIRST, 1);
        await selectsItsOwn(namespace, 'one-web-server', 'one', 1);
        const [claim] = (await objectsOfRelease(namespace, 'one')).filter(({ kind }) =>
          kind.includes('Claim'),
        );

        await helm('uninstall', 'one');
        const left = await objectsOfRelease(namespace, 'one');
        expect(named(left)).toEqual([`Namespace/${boxes[0]}`, ...KEPT]);
        // A new installation finds the data.
        await helm('install', 'one', archive);
        const [again] = (await objectsOfRelease(namespace, 'one')).filter(({ kind }) =>
          kind.includes('Claim'),
        );
        expect(again?.metadata.uid).toBe(claim?.metadata.uid);

        expect(identities(await objectsOfRelease(namespace, 'two'))).toEqual(other);
      } finally {
        await cluster.kubectl(['delete', 'namespace', ...boxes, '--wait=false', '--ignore-not-found']);
      }
    });
  });

  test('the registry gives back the archive that was pushed, byte for byte', async () => {
    await helmInside(version, 'push', archive, registry);
    const target = mkdtempSync(path.join(folder, 'pulled-'));
    await helmInside(version, 'pull', `${registry}/pair`, '--version', '1.2.3', '--destination', target);
    expect(readFileSync(path.join(target, 'pair-1.2.3.tgz')).equals(readFileSync(archive))).toBe(true);
  });
});

/** The pods behind a Service are so many, and all of the release. */
async function selectsItsOwn({ kubectl }: TestNamespace, service: string, release: string, count: number) {
  const slices = ['get', 'endpointslices', '-l', `kubernetes.io/service-name=${service}`, '-o', 'json'];
  const whatFor = `${count} pods behind ${service}`;
  const ask = async () => {
    const { items } = JSON.parse((await kubectl(slices)).stdout) as { readonly items: readonly Slice[] };
    const ready = items
      .flatMap(({ endpoints }) => endpoints ?? [])
      .filter(({ conditions }) => conditions.ready);
    return ready.length === count ? ready.map(({ targetRef }) => targetRef.name) : undefined;
  };
  const pods = await until(whatFor, ask, { withinMs: 120_000 });
  for (const pod of pods) {
    const label = 'jsonpath={.metadata.labels.app\\.kubernetes\\.io/instance}';
    expect((await kubectl(['get', 'pod', pod, '-o', label])).stdout).toBe(release);
  }
}

interface Slice {
  readonly endpoints?: readonly {
    readonly conditions: { readonly ready: boolean };
    readonly targetRef: { readonly name: string };
  }[];
}
