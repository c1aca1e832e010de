import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sharedCluster } from '../../cluster';
import { RuntimeInstallation } from '../sandbox-runtime/runtime';
import {
  addFiles,
  execute,
  layOutInitProject,
  npmInstall,
  pack,
  succeed,
  succeedWith,
  temporaryFolder,
} from './consumer';

// Downloads and installs whole projects: minutes on a slow line, so the deadline is generous.
jest.setTimeout(10 * 60_000);

const about = JSON.parse(readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8'));
const peers = Object.entries<string>(about.peerDependencies);
/** What a consumer writes to import each public door. */
const doors = Object.keys(about.exports)
  .filter((path) => path !== './package.json')
  .map((path) => path.replace(/^\./, about.name));

/** The examples of charts, which a reader copies as they are. */
const exampleFolder = join(__dirname, '..', '..', 'examples', 'helm');
const examples = readdirSync(exampleFolder)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replace(/\.ts$/, ''));

const highestPeers = peers.map(([name, range]) => `${name}@${range}`);
const lowestPeers = peers.map(([name, range]) => `${name}@${range.replace(/^\^/, '')}`);

const packed = temporaryFolder('packed');
let tarball: string | undefined;
let sandboxes: RuntimeInstallation;
beforeAll(async () => {
  tarball = await pack(packed.path);
  sandboxes = await new RuntimeInstallation(await sharedCluster()).install();
  writeFileSync(join(packed.path, 'template.json'), sandboxes.template);
});
/** What the test of a consumer needs to claim a sandbox. */
const sandboxEnvironment = () => ({
  KUBECONFIG: sandboxes.kubeconfig,
  SANDBOX_IMAGE: sandboxes.image,
  SANDBOX_NAMESPACE: sandboxes.sandboxNamespace,
  SANDBOX_TEMPLATE: join(packed.path, 'template.json'),
});
/** jest runs on when packing failed; then there is nothing to download a project for. */
function packedTarball(): string {
  if (tarball === undefined) {
    throw new Error('nothing was packed: the first failure says why');
  }
  return tarball;
}
afterAll(async () => {
  packed.remove();
  await sandboxes?.remove();
});

test('the lowest version of a peer range is the one after its caret', () => {
  expect(peers.map(([, range]) => range)).toEqual(
    peers.map(() => expect.stringMatching(/^\^\d+\.\d+\.\d+$/)),
  );
});

describe('the packed files', () => {
  const tools = temporaryFolder('tools');
  afterAll(tools.remove);
  beforeAll(async () => {
    // Without one, npm would install into the nearest folder above that has one.
    writeFileSync(join(tools.path, 'package.json'), '{ "private": true }');
    await npmInstall(tools.path, 'publint@0.3.25', '@arethetypeswrong/cli@0.18.5');
  });

  test('publint finds nothing to say', async () => {
    const said = await succeed(tools.path, 'node_modules/.bin/publint', 'run', packedTarball(), '--strict');
    expect(said).toContain('All good!');
  });

  test('every kind of module resolution finds the types that belong to the code', async () => {
    const said = await succeed(tools.path, 'node_modules/.bin/attw', packedTarball());
    expect(said).toContain('No problems found');
  });
});

describe('a project as `cdk8s init typescript-app` lays it out', () => {
  // One project, changed step by step: each variant differs from the one before in a few packages only. The second
  // one must pass with the snapshots that the first one wrote.
  const variants = [
    {
      title: 'with jest 29 and the highest peers',
      packages: () => [packedTarball(), ...highestPeers],
      snapshots: 'written',
    },
    { title: 'with the lowest peers', packages: () => lowestPeers, snapshots: 'passed' },
    {
      title: 'with jest 30 and the highest peers',
      // The types of jest 30 do not fit the @types/node 14 of the template, with or without us.
      packages: () => [...highestPeers, 'jest@^30', '@types/jest@^30', '@types/node@^20'],
      snapshots: 'written',
    },
  ];
  const project = temporaryFolder('init');
  const snapshotFolder = join(project.path, '__snapshots__');
  const seen: { snapshots: string; manifests: string }[] = [];
  afterAll(project.remove);
  beforeAll(() => {
    layOutInitProject(project.path);
    addFiles(project.path, 'init');
    for (const name of examples) cpSync(join(exampleFolder, `${name}.ts`), join(project.path, `${name}.ts`));
    writeFileSync(join(project.path, 'doors.ts'), importsOfAllDoors());
    putServiceIntoMain(join(project.path, 'main.ts'));
  });

  describe.each(variants)('$title', ({ packages, snapshots }) => {
    beforeAll(() => npmInstall(project.path, ...packages()));

    test('has the versions that its title says', () => {
      const versions = peers.map(([name]) => `${name}@${versionIn(project.path, name)}`);
      if (packages() === lowestPeers) {
        expect(versions).toEqual(lowestPeers);
      } else {
        expect(versions).not.toEqual(lowestPeers);
      }
    });

    test('type-checks and compiles with the tsconfig of the template', async () => {
      expect(readFileSync(join(project.path, 'tsconfig.json'), 'utf8')).not.toContain('skipLibCheck');
      await succeed(project.path, 'npm', 'run', 'compile');
    });

    test('loads every door', async () => {
      await succeed(project.path, 'node', 'doors.js');
    });

    test('has the drydock command', async () => {
      const said = await succeed(project.path, 'node_modules/.bin/drydock', '--version');
      expect(said).toBe(`${about.version}\n`);
    });

    test('has the commands that are one file, and they end as the others do', async () => {
      const status = (...args: string[]) =>
        execute(project.path, 'node_modules/.bin/drydock', ['status', ...args]);
      expect(await status('shop', '--kubeconfig', 'nowhere')).toEqual({
        status: 1,
        output: expect.stringContaining('KUBECONFIG_MISSING at nowhere'),
      });
      expect(await status()).toEqual({ status: 2, output: expect.stringContaining('the name of a release') });
    });

    test(`passes its own tests, with snapshots ${snapshots}`, async () => {
      if (snapshots === 'written') {
        rmSync(snapshotFolder, { recursive: true });
      }
      const said = await succeedWith(
        sandboxEnvironment(),
        project.path,
        'npm',
        'test',
        '--',
        ...(snapshots === 'passed' ? ['--ci'] : []),
      );
      expect(said).toContain('PASS ./sandbox.test.ts');
      expect(said).toMatch(new RegExp(`Snapshots: +2 ${snapshots}, 2 total`));
    });

    test('synthesizes with the stock `cdk8s synth`', async () => {
      await succeed(project.path, 'npm', 'run', 'synth', '--', '--check-upgrade=false');
      expect(kindsIn(join(project.path, 'dist'))).toEqual(expect.arrayContaining(['Deployment', 'Service']));
    });

    test('prints the same plain YAML with the stock App and ours, and a chart with ours', async () => {
      await succeed(project.path, 'node', 'print.js');
      expectSamePlainYaml(project.path);
    });

    test.each(examples)('runs the example %s, which writes plain YAML and a chart', async (name) => {
      rmSync(join(project.path, 'dist'), { recursive: true, force: true });
      await succeed(
        project.path,
        'node_modules/.bin/drydock',
        'synth',
        ...['--app', `node ${name}.js`, '--output', 'dist/manifests'],
      );
      expect(kindsIn(join(project.path, 'dist', 'manifests'))).toEqual(
        expect.arrayContaining(['Deployment', 'Service']),
      );
      const [chart] = readdirSync(join(project.path, 'dist', 'charts')).filter(
        (entry) => !entry.endsWith('.tgz'),
      );
      expect(readdirSync(join(project.path, 'dist', 'charts', chart!))).toEqual(
        expect.arrayContaining(['Chart.yaml', 'templates', 'values.schema.json', 'values.yaml']),
      );
    });

    test('gives what the variant before gave', () => {
      seen.push({
        snapshots: textsIn(snapshotFolder),
        manifests: textsIn(join(project.path, 'out', 'manifests')),
      });
      expect(seen.at(-1)).toEqual(seen[0]);
    });
  });
});

describe('an ESM project', () => {
  const project = temporaryFolder('esm');
  afterAll(project.remove);
  beforeAll(async () => {
    addFiles(project.path, 'esm');
    writeFileSync(join(project.path, 'doors.ts'), importsOfAllDoors());
    const withoutOptional = highestPeers.filter((peer) => !peer.startsWith('cdk8s-plus'));
    await npmInstall(project.path, packedTarball(), ...withoutOptional);
  });

  test.each(['Node16', 'NodeNext'])('type-checks and compiles with %s resolution', async (resolution) => {
    await succeed(project.path, 'npx', 'tsc', '--module', resolution, '--moduleResolution', resolution);
  });

  test('loads every door, runs, and prints the same plain YAML with the stock App and ours', async () => {
    await succeed(project.path, 'node', 'doors.js');
    // Beside it is the warning that the App of cdk8s writes no chart.
    const said = (await succeed(project.path, 'node', 'main.js')).split('\n');
    expect(JSON.parse(said.find((line) => line.startsWith('[')) ?? '')).toEqual([
      true,
      'function',
      'function',
    ]);
    expect(said.join()).toContain('STOCK_APP');
    expectSamePlainYaml(project.path);
  });
});

/** A program that imports every public door and uses what it got, so that no compiler drops the import. */
function importsOfAllDoors(): string {
  const imports = doors.map((door, index) => `import * as door${index} from '${door}';`);
  const names = doors.map((_door, index) => `door${index}`).join(', ');
  return [
    ...imports,
    `if ([${names}].some((door) => typeof door !== 'object')) throw new Error('no door');`,
  ].join('\n');
}

/** Writes a construct where the template's main.ts says that resources go. */
function putServiceIntoMain(file: string): void {
  const service =
    "new SecureService(this, 'web', { image: 'registry.example.com/web:1.0.0', port: 8080, resources: 'small' });";
  const before = readFileSync(file, 'utf8');
  const after = before.replace('// define resources here', service);
  expect(after).not.toBe(before);
  writeFileSync(file, `import { SecureService } from 'cdk8s-drydock';\n${after}`);
}

/** The text of every file in a folder, without the first line of a snapshot: it differs between versions of jest. */
function textsIn(folder: string): string {
  const texts = readdirSync(folder)
    .sort()
    .map(
      (name) => `${name}\n${readFileSync(join(folder, name), 'utf8').replace(/^\/\/ Jest Snapshot.*\n/, '')}`,
    );
  expect(texts).not.toEqual([]);
  return texts.join('\n');
}

function versionIn(folder: string, name: string): string {
  return JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')).version;
}

function kindsIn(folder: string): string[] {
  return [...textsIn(folder).matchAll(/^kind: (.*)$/gm)].map(([, kind]) => kind!);
}

/** What print.ts and main.ts of the projects wrote: stock and our plain YAML, byte for byte, and one chart. */
function expectSamePlainYaml(projectFolder: string): void {
  const out = join(projectFolder, 'out');
  expect(textsIn(join(out, 'manifests'))).toBe(textsIn(join(out, 'stock')));
  expect(readdirSync(join(out, 'charts')).sort()).toEqual(['hello', 'hello-0.1.0.tgz']);
}
