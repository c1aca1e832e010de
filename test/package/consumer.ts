import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const repository = join(__dirname, '..', '..');

/** What a program said, both streams in one, and how it ended. */
export interface Outcome {
  readonly status: number | null;
  readonly output: string;
}

type Environment = Readonly<Record<string, string>>;

/** Runs a program to its end. */
export function execute(
  folder: string,
  program: string,
  args: readonly string[],
  env: Environment = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child: ChildProcess = spawn(program, args, {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A consumer's programs know nothing of this test run.
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        NODE_EXTRA_CA_CERTS: process.env.NODE_EXTRA_CA_CERTS,
        // Where built tools are; without it a consumer with clusters would build them all again.
        DRYDOCK_CACHE: process.env.DRYDOCK_CACHE,
        ...env,
      },
    });
    let output = '';
    const take = (chunk: Buffer) => {
      output += chunk.toString();
    };
    child.stdout?.on('data', take);
    child.stderr?.on('data', take);
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, output }));
  });
}

/** Runs a program that must succeed; what it said is in the error if it does not. */
export function succeed(folder: string, program: string, ...args: string[]): Promise<string> {
  return succeedWith({}, folder, program, ...args);
}

/** The same with variables of its own. */
export async function succeedWith(
  env: Environment,
  folder: string,
  program: string,
  ...args: string[]
): Promise<string> {
  const { status, output } = await execute(folder, program, args, env);
  if (status !== 0) {
    throw new Error(`${[program, ...args].join(' ')} ended with ${status} and said:\n${output}`);
  }
  return output;
}

const npmQuietly = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];

/** Installs with the ordinary npm; `packages` as on its command line, none for what package.json names. */
export function npmInstall(folder: string, ...packages: string[]): Promise<string> {
  return succeed(folder, 'npm', 'install', ...npmQuietly, ...packages);
}

/** Packs unless the folder has a tarball already. One at a time, because a build empties lib/ first. */
const packUnlessThere =
  'ls "$0"/*.tgz >/dev/null 2>&1 || exec npm pack --loglevel=error --pack-destination "$0"';

/**
 * Builds and packs the repository as `npm publish` would. `make test` does it once: all test files of its run share the
 * tarball. In a run by hand each file packs what the repository holds now.
 */
export async function pack(destination: string): Promise<string> {
  const run = process.env.DRYDOCK_RUN_FOLDER;
  const folder = run === undefined ? destination : join(run, 'packed');
  mkdirSync(folder, { recursive: true });
  const lock = join(repository, 'node_modules', '.packing');
  await succeed(repository, 'flock', lock, 'sh', '-c', packUnlessThere, folder);
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  if (tarball === undefined) {
    throw new Error(`npm pack wrote no tarball to ${folder}`);
  }
  return join(folder, tarball);
}

/** A folder outside the repository, so that nothing is found by walking up to our node_modules. */
export function temporaryFolder(name: string): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), `drydock-${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Lays out a project as `cdk8s init typescript-app` does, from the very template of the installed cdk8s-cli. */
export function layOutInitProject(folder: string): void {
  const cli = dirname(require.resolve('cdk8s-cli/package.json'));
  const template = join(cli, 'templates', 'typescript-app');
  const { version, dependencies } = JSON.parse(readFileSync(join(cli, 'package.json'), 'utf8'));
  const lowest = (range: string) => range.replace('^', '');
  const variables: Record<string, string> = {
    '{{ $base }}': 'init-project',
    '{{ cdk8s_core_version }}': lowest(dependencies.cdk8s),
    '{{ cdk8s_plus_version }}': lowest(dependencies['cdk8s-plus-33']),
    '{{ constructs_version }}': lowest(dependencies.constructs),
    '{{ cdk8s_cli_spec }}': `^${version}`,
  };
  cpSync(template, folder, { recursive: true, filter: (source) => !source.endsWith('.hooks.sscaff.js') });
  for (const name of ['package.json', 'main.ts']) {
    let text = readFileSync(join(folder, name), 'utf8');
    for (const [variable, value] of Object.entries(variables)) {
      text = text.replaceAll(variable, value);
    }
    if (text.includes('{{')) {
      throw new Error(`${name} of the template has a variable that is not known here:\n${text}`);
    }
    writeFileSync(join(folder, name), text);
  }
}

/** Copies the files that a consumer would write: those of the project, and those that all projects have. */
export function addFiles(folder: string, project: 'esm' | 'init'): void {
  for (const source of ['shared', project]) {
    cpSync(join(__dirname, 'projects', source), folder, { recursive: true });
  }
}
