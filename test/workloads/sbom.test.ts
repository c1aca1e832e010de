import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What `workloads/scripts/sbom.js` says; test/workloads/images.real.test.ts holds it against what is in the images. */
const workloads = join(__dirname, '..', '..', 'workloads');
const lockFile = readFileSync(join(workloads, 'package-lock.json'), 'utf8');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-sbom-'));
  mkdirSync(join(folder, 'scripts'));
  copyFileSync(join(workloads, 'scripts', 'sbom.js'), join(folder, 'scripts', 'sbom.js'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs it on a lock file; which registry or cache there is plays no part, for it reads nothing else. */
function billFrom(lock: string, program: string) {
  writeFileSync(join(folder, 'package-lock.json'), lock);
  const script = join(folder, 'scripts', 'sbom.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, program], {
    encoding: 'utf8',
    env: {},
  });
  return { status, stdout, stderr };
}

/** A lock file of one program, with these packages. */
function lockOf(needs: object, packages: Readonly<Record<string, object>>): string {
  return JSON.stringify({
    packages: {
      '': { workspaces: ['web'] },
      web: { version: '1.0.0', ...needs },
      'node_modules/web': { resolved: 'web', link: true },
      ...packages,
    },
  });
}

function purlsOf(lock: string): string[] {
  const { components } = JSON.parse(billFrom(lock, 'web').stdout) as { components: { purl: string }[] };
  return components.map(({ purl }) => purl);
}

test('the bill of a program names it, and its packages with their hashes and licences', () => {
  const bill = JSON.parse(billFrom(lockFile, 'todo-backend').stdout);
  expect(bill).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.5', version: 1 });
  expect(bill.serialNumber).toMatch(
    /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  expect(bill.metadata.component).toMatchObject({
    type: 'application',
    name: 'todo-backend',
    version: '1.0.0',
  });
  const { packages } = JSON.parse(lockFile);
  const pg = packages['node_modules/pg'];
  expect(bill.components).toContainEqual({
    type: 'library',
    'bom-ref': `pkg:npm/pg@${pg.version}`,
    name: 'pg',
    version: pg.version,
    hashes: [
      {
        alg: 'SHA-512',
        content: Buffer.from(pg.integrity.slice('sha512-'.length), 'base64').toString('hex'),
      },
    ],
    licenses: [{ expression: 'MIT' }],
    purl: `pkg:npm/pg@${pg.version}`,
  });
  const refs = new Set([bill.metadata.component, ...bill.components].map((one) => one['bom-ref']));
  expect(bill.dependencies.map(({ ref }: { ref: string }) => ref).sort()).toEqual([...refs].sort());
  expect(bill.dependencies.flatMap(({ dependsOn }: { dependsOn: string[] }) => dependsOn)).toEqual(
    expect.arrayContaining([`pkg:npm/pg-types@${packages['node_modules/pg-types'].version}`]),
  );
});

test.each(['ci-fixer', 'jujutsu-gitops-controller'])(
  'the bill of %s, whose lock file is its own, has the library and what that needs',
  (program) => {
    const { stdout } = spawnSync(process.execPath, [join(workloads, 'scripts', 'sbom.js'), program], {
      encoding: 'utf8',
    });
    const { metadata, components, dependencies } = JSON.parse(stdout);
    expect(metadata.component).toMatchObject({ type: 'application', name: program });
    const { version } = JSON.parse(readFileSync(join(workloads, '..', 'package.json'), 'utf8'));
    const library = `pkg:npm/cdk8s-drydock@${version}`;
    expect(components).toContainEqual(expect.objectContaining({ name: 'cdk8s-drydock', purl: library }));
    expect(dependencies).toContainEqual({
      ref: library,
      dependsOn: [expect.stringMatching('^pkg:npm/ws@'), expect.stringMatching('^pkg:npm/yaml@')],
    });
  },
);

test('the same lock file gives the same bytes, and another one another number', () => {
  const first = billFrom(lockFile, 'model-script').stdout;
  expect(billFrom(lockFile, 'model-script').stdout).toBe(first);
  const other = JSON.parse(lockFile);
  other.packages['node_modules/hono'].version = '4.99.0';
  const second = JSON.parse(billFrom(JSON.stringify(other), 'model-script').stdout);
  expect(second.serialNumber).not.toBe(JSON.parse(first).serialNumber);
});

test('a package is the one that Node finds from where it is asked for', () => {
  const lock = lockOf(
    { dependencies: { a: '1', b: '2' } },
    {
      'node_modules/a': { version: '1.0.0', dependencies: { b: '1' } },
      'node_modules/a/node_modules/b': { version: '1.0.0', dependencies: { c: '1' } },
      'node_modules/b': { version: '2.0.0' },
      'node_modules/c': { version: '1.0.0' },
      'node_modules/unused': { version: '1.0.0' },
    },
  );
  expect(purlsOf(lock)).toEqual(['pkg:npm/a@1.0.0', 'pkg:npm/b@1.0.0', 'pkg:npm/b@2.0.0', 'pkg:npm/c@1.0.0']);
});

test('what is needed in development is none of it, and a peer is, unless it is optional', () => {
  const lock = lockOf(
    {
      dependencies: { a: '1' },
      devDependencies: { tool: '1' },
      optionalDependencies: { there: '1', 'for-another-machine': '1' },
    },
    {
      'node_modules/a': {
        version: '1.0.0',
        peerDependencies: { peer: '1', perhaps: '1' },
        peerDependenciesMeta: { perhaps: { optional: true } },
      },
      'node_modules/peer': { version: '1.0.0' },
      'node_modules/perhaps': { version: '1.0.0' },
      'node_modules/there': { version: '1.0.0' },
      'node_modules/tool': { version: '1.0.0' },
    },
  );
  expect(purlsOf(lock)).toEqual(['pkg:npm/a@1.0.0', 'pkg:npm/peer@1.0.0', 'pkg:npm/there@1.0.0']);
});

test('a program that there is not, and a lock file that lacks something, are refused', () => {
  expect(billFrom(lockFile, 'todo-bakcend')).toEqual({
    status: 1,
    stdout: '',
    stderr: expect.stringMatching(/^No program is called "todo-bakcend": there are todo-backend, .*\.\n$/),
  });
  const lacking = billFrom(lockOf({ dependencies: { a: '1' } }, {}), 'web');
  expect(lacking.stdout).toBe('');
  expect(lacking.status).not.toBe(0);
  expect(lacking.stderr).toContain('package-lock.json lacks a, which web needs: run `npm install`');
});
