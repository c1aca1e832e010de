import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addFiles, layOutInitProject, npmInstall, pack, succeed, temporaryFolder } from './consumer';

// Downloads and installs whole projects: minutes on a slow line, so the deadline is generous.
jest.setTimeout(10 * 60_000);

const about = JSON.parse(readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8'));
const peers = Object.entries<string>(about.peerDependencies);
/** What a consumer writes to import each public door. */
const doors = Object.keys(about.exports)
  .filter((path) => path !== './package.json')
  .map((path) => path.replace(/^\./, about.name));

const highestPeers = peers.map(([name, range]) => `${name}@${range}`);
const lowestPeers = peers.map(([name, range]) => `${name}@${range.replace(/^\^/, '')}`);

const packed = temporaryFolder('packed');
let tarball: string;
beforeAll(async () => {
  tarball = await pack(packed.path);
});
afterAll(packed.remove);

test('the lowest version of a peer range is the one after its caret', () => {
  expect(peers.map(([, range]) => range)).toEqual(
    peers.map(() => expect.stringMatching(/^\^\d+\.\d+\.\d+$/)),
  );
});

describe('the packed files', () => {
  const tools = temporaryFolder('tools');
  afterAll(tools.remove);
  beforeAll(() => npmInstall(tools.path, 'publint@0.3.25', '@arethetypeswrong/cli@0.18.5'));

  test('publint finds nothing to say', async () => {
    const said = await succeed(tools.path, 'node_modules/.bin/publint', 'run', tarball, '--strict');
    expect(said).toContain('All good!');
  });

  test('every kind of module resolution finds the types that belong to the code', async () => {
    const said = await succeed(tools.path, 'node_modules/.bin/attw', tarball);
    expect(said).toContain('No problems found');
  });
});

describe('a project as `cdk8s init typescript-app` lays it out', () => {
  // One project, changed step by step: each variant differs from the one before in a few packages only.
  const variants = [
    { title: 'with jest 29 and the highest peers', packages: highestPeers },
    { title: 'with the lowest peers', packages: lowestPeers },
    // The types of jest 30 do not fit the @types/node 14 of the template, with or without us.
    {
      title: 'with jest 30 and the highest peers',
      packages: [...highestPeers, 'jest@^30', '@types/jest@^30', '@types/node@^20'],
    },
  ];
  const project = temporaryFolder('init');
  const snapshot = join(project.path, '__snapshots__', 'main.test.ts.snap');
  const snapshots: string[] = [];
  afterAll(project.remove);
  beforeAll(async () => {
    layOutInitProject(project.path);
    writeFileSync(join(project.path, 'doors.ts'), importsOfAllDoors());
    await npmInstall(project.path, tarball);
  });

  describe.each(variants)('$title', ({ packages }) => {
    beforeAll(() => npmInstall(project.path, ...packages));

    test('type-checks and compiles with the tsconfig of the template', async () => {
      expect(readFileSync(join(project.path, 'tsconfig.json'), 'utf8')).not.toContain('skipLibCheck');
      await succeed(project.path, 'npm', 'run', 'compile');
    });

    test('loads every door', async () => {
      await succeed(project.path, 'node', 'doors.js');
    });

    test('passes its own test, with a snapshot that stays the same', async () => {
      rmSync(snapshot);
      expect(await succeed(project.path, 'npm', 'test')).toContain('1 written');
      expect(await succeed(project.path, 'npm', 'test', '--', '--ci')).toContain('1 passed');
      // The first line is a link that differs between versions of jest.
      snapshots.push(readFileSync(snapshot, 'utf8').replace(/^.*\n/, ''));
      expect(snapshots.at(-1)).toBe(snapshots[0]);
    });

    test('synthesizes with `cdk8s synth`', async () => {
      await succeed(project.path, 'npm', 'run', 'synth', '--', '--check-upgrade=false');
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
    await npmInstall(project.path, tarball, ...withoutOptional);
  });

  test.each(['Node16', 'NodeNext'])('type-checks and compiles with %s resolution', async (resolution) => {
    await succeed(project.path, 'npx', 'tsc', '--module', resolution, '--moduleResolution', resolution);
  });

  test('loads every door and runs', async () => {
    await succeed(project.path, 'node', 'doors.js');
    await succeed(project.path, 'node', 'main.js');
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
