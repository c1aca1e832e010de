import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { localProgram } from '../../sandbox/supervisor/testing-only/local-supervisor';
import { execute, npmInstall, pack, succeed, temporaryFolder } from './consumer';

// Builds, packs and compiles twice; generous for a slow line.
jest.setTimeout(10 * 60_000);

const root = join(__dirname, '..', '..');
const project = temporaryFolder('sandbox-door');
const packed = temporaryFolder('packed-sandbox');
afterAll(() => {
  project.remove();
  packed.remove();
});

const installed = join(project.path, 'node_modules', 'cdk8s-drydock');
const load = (door: string) => execute(project.path, 'node', ['-e', `require('${door}')`]);

beforeAll(async () => {
  writeFileSync(join(project.path, 'package.json'), '{ "private": true }');
  // Without the peers, which npm would install by itself.
  await npmInstall(project.path, '--legacy-peer-deps', await pack(packed.path));
});

test('the doors of sandboxes and of deployments load where there is no cdk8s; the first door does not', async () => {
  expect(await load('cdk8s-drydock/deploy')).toEqual({ status: 0, output: '' });
  expect(await load('cdk8s-drydock/sandbox')).toEqual({ status: 0, output: '' });
  expect(await load('cdk8s-drydock')).toMatchObject({
    status: 1,
    output: expect.stringContaining("Cannot find module 'c"),
  });
});

test('the supervisors are the same bytes, wherever they are built, and with an empty cache', async () => {
  localProgram();
  // Another folder, and nothing compiled before: only what the bytes may depend on is the same.
  const elsewhere = join(project.path, 'elsewhere');
  for (const part of ['scripts/build-supervisor.ts', 'sandbox/supervisor/program']) {
    mkdirSync(join(elsewhere, part, '..'), { recursive: true });
    cpSync(join(root, part), join(elsewhere, part), { recursive: true });
  }
  const build = `GOCACHE=${join(project.path, 'cache')} exec node --import tsx ${elsewhere}/scripts/build-supervisor.ts out`;
  await succeed(root, 'sh', '-c', build);
  for (const machine of ['amd64', 'arm64']) {
    const [here, there] = [join(root, 'sandbox/supervisor/bin'), join(elsewhere, 'out')].map((folder) =>
      readFileSync(join(folder, `supervisor-${machine}`)),
    );
    expect(here!.length).toBeGreaterThan(1 << 20);
    expect(here!.equals(there!)).toBe(true);
    // ELF, and the machine it is for.
    expect(here!.readUInt16LE(18)).toBe(machine === 'amd64' ? 62 : 183);
  }
});

test('the package ships the supervisor of each machine', () => {
  for (const machine of ['amd64', 'arm64']) {
    const [shipped, built] = ['lib/sandbox/supervisor/bin', 'sandbox/supervisor/bin'].map((folder, index) =>
      readFileSync(join(index === 0 ? installed : root, folder, `supervisor-${machine}`)),
    );
    expect(shipped!.equals(built!)).toBe(true);
  }
});
