import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import ts from 'typescript';
import { parseAllDocuments } from 'yaml';
import { type Cluster, sharedCluster, type TestNamespace, withNamespace } from '../../cluster';
import type { JsonObject } from '../../core/template';
import { blocks, isProgram, repository, wholeOf } from './blocks';
import { serverArchive } from './server-image';

jest.setTimeout(300_000);

/** A program, and what its installation is given, as its page says. */
interface Program {
  readonly name: string;
  readonly text: string;
  /** Where its relative imports lead from. */
  readonly folder: string;
}

/** Secrets that the pages say are to be given. */
const GIVEN: Readonly<Record<string, readonly string[]>> = {
  'secure-service.md 2': ['--set', 'database.url=postgres://db'],
};

/** Secrets that the pages say are there. */
const THERE: Readonly<Record<string, readonly string[]>> = {
  'from-helm.md 4': ['create', 'secret', 'generic', 'queue', '--from-literal=token=t'],
};

const example = (file: string): Program => ({
  name: `examples/${file}`,
  text: readFileSync(path.join(repository, 'examples', file), 'utf8'),
  folder: path.join(repository, 'examples', path.dirname(file)),
});
const programs: readonly Program[] = [
  ...blocks()
    .filter(isProgram)
    .map((block) => ({ name: block.name, text: wholeOf(block), folder: __dirname })),
  ...['helm/cdk8s-plus.ts', 'helm/own-constructs.ts', 'umbrella/shop.ts', 'existing-app/3-helm-chart.ts'].map(
    example,
  ),
];

const folders: string[] = [];
const before = { folder: process.cwd(), environment: { ...process.env } };
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Runs a program as `cdk8s synth` does with `output: dist/manifests`; the folder that it wrote. */
function synthesize({ text, folder }: Program): string {
  const place = mkdtempSync(path.join(tmpdir(), 'drydock-guides-'));
  folders.push(place);
  process.chdir(place);
  process.env.CDK8S_OUTDIR = 'dist/manifests';
  try {
    load(text, folder);
    return path.join(place, 'dist');
  } finally {
    process.chdir(before.folder);
    process.env = { ...before.environment };
  }
}

/** Runs a module; the package that it imports is this repository, and its neighbours are modules of the same kind. */
function load(text: string, folder: string): object {
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2022,
      esModuleInterop: true,
    },
  });
  const library = createRequire(path.join(repository, 'index.ts'));
  const requireFrom = (name: string): unknown => {
    if (name === 'cdk8s-drydock') return require('../../index');
    if (!name.startsWith('.')) return jest.requireActual(library.resolve(name));
    const file = `${path.resolve(folder, name)}.ts`;
    return load(readFileSync(file, 'utf8'), path.dirname(file));
  };
  const module = { exports: {} };
  new Function('require', 'module', 'exports', outputText)(requireFrom, module, module.exports);
  return module.exports;
}

function objectsIn(dist: string): JsonObject[] {
  const manifests = path.join(dist, 'manifests');
  return readdirSync(manifests).flatMap((name) =>
    parseAllDocuments(readFileSync(path.join(manifests, name), 'utf8')).map(
      (document) => document.toJS() as JsonObject,
    ),
  );
}

interface Container {
  readonly image: string;
  readonly ports?: readonly { readonly containerPort: number }[];
}

/** The images of a program with the port that each has to serve. */
function imagesOf(objects: readonly JsonObject[]): Map<string, number> {
  const containers = objects.flatMap((object) => {
    const { spec } = object as {
      readonly spec?: { readonly template?: { readonly spec?: { readonly containers?: Container[] } } };
    };
    return spec?.template?.spec?.containers ?? [];
  });
  return new Map(containers.map(({ image, ports }) => [image, ports?.[0]?.containerPort ?? 8080]));
}

const imported = new Set<string>();

async function bringImages(cluster: Cluster, images: ReadonlyMap<string, number>): Promise<void> {
  for (const [image, port] of images) {
    if (imported.has(image)) continue;
    imported.add(image);
    const folder = mkdtempSync(path.join(tmpdir(), 'drydock-guides-image-'));
    folders.push(folder);
    writeFileSync(path.join(folder, 'image.tar'), serverArchive(image, port));
    await cluster.importImage(path.join(folder, 'image.tar'));
  }
}

/** What cdk8s-plus writes by default would ask a registry outside, which the test's cluster does not reach. */
function takeImagesOfTheNode(chart: string): void {
  const templates = path.join(chart, 'templates');
  for (const name of readdirSync(templates, { recursive: true }) as string[]) {
    const file = path.join(templates, name);
    if (!name.endsWith('.yaml')) continue;
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replaceAll('imagePullPolicy: Always', 'imagePullPolicy: IfNotPresent'));
  }
}

/** The test's cluster makes no volumes: one for each claim that a program makes. */
async function bringVolumes({ name, kubectl }: TestNamespace, objects: readonly JsonObject[]): Promise<void> {
  type Claim = { readonly spec: { readonly resources: { readonly requests: { readonly storage: string } } } };
  const claims = objects.flatMap(
    ({ spec }) =>
      (spec as { readonly volumeClaimTemplates?: Claim[] } | undefined)?.volumeClaimTemplates ?? [],
  );
  for (const [index, { spec }] of claims.entries()) {
    const volume = {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: `${name}-${index}` },
      spec: {
        capacity: { storage: spec.resources.requests.storage },
        accessModes: ['ReadWriteOnce'],
        hostPath: { path: `/tmp/${name}-${index}`, type: 'DirectoryOrCreate' },
      },
    };
    await kubectl(['apply', '-f', '-'], { input: JSON.stringify(volume) });
  }
}

/** Installs the charts of a program, waits for its pods, and takes all of it away. */
async function install({ name }: Program, dist: string, objects: readonly JsonObject[]): Promise<Pod[]> {
  const charts = readdirSync(path.join(dist, 'charts')).filter((entry) => !entry.endsWith('.tgz'));
  return withNamespace(cluster, async (namespace) => {
    await bringVolumes(namespace, objects);
    const secret = THERE[name];
    if (secret) await namespace.kubectl(secret);
    for (const chart of charts) {
      const place = path.join(dist, 'charts', chart);
      takeImagesOfTheNode(place);
      const options = ['-n', namespace.name, '--wait', '--timeout=150s', ...(GIVEN[name] ?? [])];
      await cluster.helm(['install', chart, place, ...options]);
    }
    const { stdout } = await namespace.kubectl(['get', 'pods', '-o', 'json']);
    return JSON.parse(stdout).items;
  });
}

interface Pod {
  readonly status: { readonly conditions: readonly { readonly type: string; readonly status: string }[] };
}

/** As many as a node has room for. */
const AT_ONCE = 3;

let cluster: Cluster;
const synthesized = programs.map((program) => {
  const dist = synthesize(program);
  return { program, name: program.name, dist, objects: objectsIn(dist) };
});
const installed = new Map<string, Promise<Pod[]>>();

beforeAll(async () => {
  cluster = await sharedCluster();
  for (const { objects } of synthesized) await bringImages(cluster, imagesOf(objects));
  const waiting = [...synthesized];
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const pods = install(next.program, next.dist, next.objects);
      installed.set(next.name, pods);
      await pods.catch(() => undefined);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}, 600_000);

test.each(synthesized)('the program $name has pods, and all of them become ready', async ({ name }) => {
  const pods = (await installed.get(name)) as Pod[];
  expect(pods.length).toBeGreaterThan(0);
  for (const { status } of pods)
    expect(status.conditions).toContainEqual(expect.objectContaining({ type: 'Ready', status: 'True' }));
});
