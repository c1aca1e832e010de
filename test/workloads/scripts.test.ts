import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The scripts that specification 003 names, as far as they go without a builder and a cluster. */
const scripts = join(__dirname, '..', '..', 'workloads', 'scripts');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-scripts-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs a script; a program in its way would say that it was called. */
function run(script: string, args: readonly string[], env: Readonly<Record<string, string>>) {
  for (const program of ['docker', 'kubectl', 'helm'])
    writeFileSync(join(folder, program), '#!/bin/sh\necho called >&2\nexit 3\n', { mode: 0o755 });
  const { status, stdout, stderr } = spawnSync(join(scripts, script), args, {
    encoding: 'utf8',
    env: { PATH: `${folder}:${process.env.PATH}`, HOME: folder, ...env },
  });
  return { status, stdout, stderr };
}

test('the tag of an image is the version of the programs and the commit, as the charts take it', () => {
  const { status, stdout } = run('build-images.sh', ['--print'], {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'safe.directory',
    GIT_CONFIG_VALUE_0: '*',
  });
  expect(status).toBe(0);
  const images = stdout.trim().split('\n');
  const programs = join(scripts, '..');
  const withDockerfile = readdirSync(programs).filter((name) =>
    existsSync(join(programs, name, 'Dockerfile')),
  );
  expect(images.map((image) => image.split(':')[0]).sort()).toEqual(withDockerfile.sort());
  for (const image of images) expect(image).toMatch(/^[a-z-]+:1\.0\.0-[0-9a-f]{7,40}$/);
  const dockerfiles = images.map((image) =>
    readFileSync(join(scripts, '..', image.split(':')[0] as string, 'Dockerfile'), 'utf8'),
  );
  expect(dockerfiles.every((text) => text.includes('FROM'))).toBe(true);
});

test('beside each image that is built lies what it has of npm, under the same tag', () => {
  const clone = join(folder, 'clone');
  const copy = join(clone, 'workloads');
  for (const name of [
    '.gitignore',
    'package.json',
    'workloads/scripts',
    'workloads/package-lock.json',
    'workloads/todo-backend/package.json',
    'workloads/ci-fixer/package-lock.json',
    'workloads/jujutsu-gitops-controller/package-lock.json',
  ])
    cpSync(join(scripts, '..', '..', name), join(clone, name), { recursive: true });
  const env = { PATH: `${folder}:${process.env.PATH}`, HOME: folder };
  const who = ['-c', 'user.name=a', '-c', 'user.email=a@example.com'];
  for (const args of [
    ['init', '-q'],
    ['add', '.'],
    [...who, 'commit', '-q', '-m', 'all'],
  ])
    expect(spawnSync('git', args, { cwd: clone, encoding: 'utf8', env }).stderr).toBe('');
  const said = join(folder, 'said');
  for (const program of ['docker', 'npm'])
    writeFileSync(join(folder, program), `#!/bin/sh\necho "${program} $*" >>${said}\n`, { mode: 0o755 });
  const buildAll = (more: Readonly<Record<string, string>> = {}) =>
    spawnSync(join(copy, 'scripts', 'build-images.sh'), ['--build-arg', 'BASE=a b'], {
      encoding: 'utf8',
      env: { ...env, ...more },
    });
  const { status, stderr } = buildAll();
  expect([status, stderr]).toEqual([0, '']);
  const calls = readFileSync(said, 'utf8');
  // Two images have the library in them.
  expect(calls).toMatch(
    /^npm pack --silent --pack-destination workloads\/ci-fixer\nnpm pack --silent --pack-destination workloads\/jujutsu-gitops-controller\ndocker build --build-arg BASE=a b /,
  );
  const tags = [...calls.matchAll(/--tag (\S+) \.\n/g)].map(([, tag]) => tag as string);
  expect(tags).toContain(`todo-backend:${tags[0]?.split(':')[1]}`);
  const bills = readdirSync(join(clone, 'dist', 'images'));
  expect(bills.sort()).toEqual(tags.map((tag) => `${tag.replace(':', '-')}.cdx.json`).sort());
  for (const tag of tags) {
    const bill = join(clone, 'dist', 'images', `${tag.replace(':', '-')}.cdx.json`);
    expect(JSON.parse(readFileSync(bill, 'utf8')).metadata.component.name).toBe(tag.split(':')[0]);
  }

  // These alone, and no library for those that have none.
  rmSync(said);
  expect(buildAll({ PROGRAMS: 'todo-backend' }).status).toBe(0);
  const [, tag] = (tags[0] as string).split(':');
  const one = 'docker build --build-arg BASE=a b --file todo-backend/Dockerfile --tag';
  expect(readFileSync(said, 'utf8')).toBe(`${one} todo-backend:${tag} .\n`);
  const unknown = buildAll({ PROGRAMS: 'todo-frontent' });
  expect(unknown).toMatchObject({ status: 1, stderr: expect.stringContaining('No program is called') });
  expect(readFileSync(said, 'utf8')).toBe(`${one} todo-backend:${tag} .\n`);

  // The library is in an image, so a change of anything would make the tag a lie.
  writeFileSync(join(clone, 'package.json'), '{}');
  expect(buildAll()).toMatchObject({ status: 1, stderr: expect.stringContaining('in no commit') });
  expect(readFileSync(said, 'utf8')).toBe(`${one} todo-backend:${tag} .\n`);
});

test('an installation without its secrets is refused at once, with the names of all that are missing', () => {
  const none = run('deploy.sh', [], { DATABASE_URL: '' });
  expect(none).toEqual({
    status: 1,
    stdout: '',
    stderr: 'Set DATABASE_URL BETTER_AUTH_SECRET OPENAI_API_KEY, then try again: nothing was installed.\n',
  });
  const two = run('deploy.sh', [], { DATABASE_URL: 'postgres://a', OPENAI_API_KEY: 'k' });
  expect(two.stderr).toBe('Set BETTER_AUTH_SECRET, then try again: nothing was installed.\n');
});

test('with all of them it goes on, and no secret is on a command line', () => {
  // A copy, for the chart is written beside it.
  const copy = join(folder, 'workloads', 'scripts');
  mkdirSync(copy, { recursive: true });
  mkdirSync(join(folder, 'dist', 'charts', 'todo-app'), { recursive: true });
  writeFileSync(join(copy, 'deploy.sh'), readFileSync(join(scripts, 'deploy.sh')), { mode: 0o755 });
  const said = join(folder, 'said');
  for (const program of ['kubectl', 'helm'])
    writeFileSync(join(folder, program), `#!/bin/sh\necho "${program} $*" >>${said}\ncat >/dev/null\n`, {
      mode: 0o755,
    });
  const { status } = spawnSync(join(copy, 'deploy.sh'), ['--set', 'a=b'], {
    encoding: 'utf8',
    input: '',
    env: {
      PATH: `${folder}:${process.env.PATH}`,
      DATABASE_URL: 'SECRET1',
      BETTER_AUTH_SECRET: 'SECRET2',
      OPENAI_API_KEY: 'SECRET3',
    },
  });
  expect(status).toBe(0);
  const calls = readFileSync(said, 'utf8');
  expect(calls).toMatch(
    /helm upgrade --install todo-app dist\/charts\/todo-app --namespace todo .* --set a=b\n$/,
  );
  expect(calls).not.toContain('SECRET');
});
