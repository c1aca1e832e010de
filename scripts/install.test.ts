import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let project: string;
let npmCalls: string;

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'drydock-install-'));
  npmCalls = join(project, 'npm-calls');
  mkdirSync(join(project, 'scripts'));
  mkdirSync(join(project, 'node_modules'));
  mkdirSync(join(project, 'bin'));
  copyFileSync(join(__dirname, 'install.js'), join(project, 'scripts', 'install.js'));
  write('package.json', { engines: { node: '>=20.19' } });
  // Takes the place of npm on the PATH: it says that it was called and with what.
  writeFileSync(join(project, 'bin', 'npm'), `#!/bin/sh\necho "$@" >>${npmCalls}\n`, { mode: 0o755 });
});
afterEach(() => rmSync(project, { recursive: true }));

function write(path: string, json: unknown): void {
  writeFileSync(join(project, path), JSON.stringify(json));
}

function install(options: { node?: string; path?: string; args?: string[] } = {}) {
  const preload = join(project, 'preload.js');
  const version = JSON.stringify(options.node ?? process.version);
  writeFileSync(preload, `Object.defineProperty(process, 'version', { value: ${version} });`);
  const script = join(project, 'scripts', 'install.js');
  const run = spawnSync(process.execPath, ['-r', preload, script, ...(options.args ?? [])], {
    encoding: 'utf8',
    env: { PATH: options.path ?? `${join(project, 'bin')}:${process.env.PATH}` },
  });
  return { status: run.status, stderr: run.stderr };
}

function callsOfNpm(): string {
  try {
    return readFileSync(npmCalls, 'utf8');
  } catch {
    return '';
  }
}

const lock = {
  packages: {
    '': { name: 'x' },
    'node_modules/yaml': { version: '2.9.1' },
    'node_modules/@esbuild/aix-ppc64': { version: '0.28.2', optional: true },
  },
};

test.each(['v18.20.8', 'v20.18.3', 'v9.11.2'])(
  'refuses Node %s with one sentence and touches nothing',
  (version) => {
    write('package-lock.json', lock);
    expect(install({ node: version })).toEqual({
      status: 1,
      stderr: `This needs Node 20.19 or newer, found ${version}: install a newer one from nodejs.org, then try again.\n`,
    });
    expect(callsOfNpm()).toBe('');
  },
);

test.each(['v20.19.0', 'v22.0.0'])('takes Node %s', (version) => {
  write('package-lock.json', lock);
  expect(install({ node: version })).toEqual({ status: 0, stderr: '' });
});

test('installs into an empty folder, and does nothing when node_modules is what the lock asks for', () => {
  write('package-lock.json', lock);
  expect(install().status).toBe(0);
  expect(callsOfNpm()).toMatch(/^ci .*\n$/);
  write('node_modules/.package-lock.json', { packages: { 'node_modules/yaml': { version: '2.9.1' } } });
  expect(install().status).toBe(0);
  expect(callsOfNpm().split('\n')).toHaveLength(2);
});

test('installs again when the lock names another version or another package', () => {
  write('node_modules/.package-lock.json', { packages: { 'node_modules/yaml': { version: '2.9.0' } } });
  write('package-lock.json', lock);
  install();
  expect(callsOfNpm().split('\n')).toHaveLength(2);
  write('node_modules/.package-lock.json', { packages: {} });
  install();
  expect(callsOfNpm().split('\n')).toHaveLength(3);
});

test('installs what the workloads need when that is asked for, and only then', () => {
  const workspace = {
    packages: {
      '': { name: 'w' },
      'todo-backend': { version: '1.0.0' },
      'node_modules/todo-backend': { resolved: 'todo-backend', link: true },
      'node_modules/pg': { version: '8.23.1' },
    },
  };
  mkdirSync(join(project, 'workloads', 'node_modules'), { recursive: true });
  write('package-lock.json', lock);
  write('node_modules/.package-lock.json', { packages: { 'node_modules/yaml': { version: '2.9.1' } } });
  write('workloads/package-lock.json', workspace);
  install();
  expect(callsOfNpm()).toBe('');
  expect(install({ args: ['--workloads'] }).status).toBe(0);
  expect(callsOfNpm()).toMatch(/^ci .*\n$/);
  write('workloads/node_modules/.package-lock.json', {
    packages: { 'node_modules/pg': { version: '8.23.1' } },
  });
  install({ args: ['--workloads'] });
  expect(callsOfNpm().split('\n')).toHaveLength(2);
});

test('says what to do when there is no npm', () => {
  write('package-lock.json', lock);
  const { status, stderr } = install({ path: join(project, 'nowhere') });
  expect(status).toBe(1);
  expect(stderr).toBe('npm was not found on the PATH: it comes with Node, install it and try again.\n');
});
