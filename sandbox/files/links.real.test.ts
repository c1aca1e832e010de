import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { command, needs } from '../../test/support/needs';
import { asDownloaded, below, type TwoPlaces, treeOf, twoPlaces } from './testing-only/tree';

jest.setTimeout(120_000);

let places: TwoPlaces;
beforeEach(async () => {
  places = await twoPlaces();
});
afterEach(() => places.remove());

/** Up, and back into another folder; both are what was sent. */
async function roundTrip(source: string): Promise<Record<string, string>> {
  const { files, there, here } = places;
  const sent = treeOf(source);
  const up = await files.upload(source, 'copy');
  expect(treeOf(path.join(there, 'copy'))).toEqual(sent);
  const down = await files.download('copy', path.join(here, 'back'));
  expect(treeOf(path.join(here, 'back'))).toEqual(treeOf(source, asDownloaded));
  const entries = Object.keys(sent).length;
  expect([up, down]).toEqual([expect.objectContaining({ entries, skipped: [] }), up]);
  return sent;
}

test('links that stay inside arrive as they are: up, down, to folders, to links, in loops, to nothing, to the root', async () => {
  const tree = path.join(places.here, 'tree');
  fs.mkdirSync(path.join(tree, 'a/b/c'), { recursive: true });
  fs.writeFileSync(path.join(tree, 'a/file'), 'content');
  const links: Readonly<Record<string, string>> = {
    'to-file': 'a/file',
    'to-folder': 'a/b',
    'to-link': 'to-folder',
    'a/b/up': '../file',
    'a/b/c/root': '../../..',
    'a/./self': '.',
    one: 'two',
    two: 'one',
    itself: 'itself',
    'a/dangling': './nowhere//else/',
    'a/b/c/é ✓': 'new\nline',
  };
  for (const [name, target] of Object.entries(links)) fs.symlinkSync(target, path.join(tree, name));
  const sent = await roundTrip(tree);
  expect(sent['to-folder']).toBe('link a/b');
  expect(fs.readFileSync(path.join(places.here, 'back/to-link/up'), 'utf8')).toBe('content');
});

/** Name and target of a link at the root of a folder that is called `tree`, with a folder `a/b` in it. */
const outside: Readonly<Record<string, readonly [name: string, target: (folder: string) => string]>> = {
  'an absolute link to a file outside': ['bad', () => '/etc/passwd'],
  'an absolute link that points inside, which would point to the original': [
    'bad',
    (folder) => `${folder}/a`,
  ],
  'a link to the folder above': ['bad', () => '..'],
  'a link that climbs out and comes back': ['bad', () => '../tree/a'],
  'a link in a folder that climbs one too far': ['a/b/bad', () => '../../../there'],
  'a link that goes down and up again': ['bad', () => 'a/../..'],
  'a link that goes up through another link, which may lead upwards': ['bad', () => 'a/b/root/../x'],
};

test.each(Object.entries(outside))(
  '%s is refused by name in both directions, and can be left out and is told',
  async (_case, [name, target]) => {
    const { files, here, there } = places;
    for (const folder of [path.join(here, 'tree'), path.join(there, 'tree')]) {
      fs.mkdirSync(path.join(folder, 'a/b'), { recursive: true });
      fs.symlinkSync('../..', path.join(folder, 'a/b/root'));
      fs.symlinkSync(target(folder), path.join(folder, name));
    }
    const refused = { code: 'FileUnsafe', found: expect.stringContaining(`out of the folder: ${name} -> `) };
    await expect(files.download('tree', path.join(here, 'back'))).rejects.toMatchObject(refused);
    await expect(files.upload(path.join(here, 'tree'), 'up')).rejects.toMatchObject(refused);
    expect([fs.readdirSync(here), fs.readdirSync(there)]).toEqual([['tree'], ['tree']]);

    const down = await files.download('tree', path.join(here, 'back'), { special: 'skip' });
    const up = await files.upload(path.join(here, 'tree'), 'up', { special: 'skip' });
    const left = (folder: string) => {
      const says = target(path.join(folder, 'tree'));
      return [{ path: name, pathBytes: undefined, kind: 'link', target: says, shown: `${name} -> ${says}` }];
    };
    expect([down.skipped, up.skipped]).toEqual([left(there), left(here)]);
    const rest = ['a', 'a/b', 'a/b/root'];
    expect(Object.keys(treeOf(path.join(here, 'back')))).toEqual(rest);
    expect(Object.keys(treeOf(path.join(there, 'up')))).toEqual(rest);
    expect([down.entries, up.entries]).toEqual([3, 3]);
  },
);

test('pipes and sockets are refused by name, and can be left out and are told', async () => {
  const { files, here, there } = places;
  for (const folder of [here, there]) {
    fs.mkdirSync(path.join(folder, 'tree/in'), { recursive: true });
    execFileSync('mkfifo', [path.join(folder, 'tree/in/pipe')]);
  }
  const refused = { code: 'FileUnsafe', found: 'a device, pipe or socket: in/pipe' };
  await expect(files.download('tree', path.join(here, 'back'))).rejects.toMatchObject(refused);
  await expect(files.upload(path.join(here, 'tree'), 'up')).rejects.toMatchObject(refused);
  const skipped = [
    { path: 'in/pipe', pathBytes: undefined, kind: 'other', target: undefined, shown: 'in/pipe' },
  ];
  const options = { special: 'skip' } as const;
  expect(await files.download('tree', path.join(here, 'back'), options)).toMatchObject({ skipped });
  expect(await files.upload(path.join(here, 'tree'), 'up', options)).toMatchObject({ skipped });
});

test('a link that is named itself is not followed, by a download or an upload', async () => {
  const { files, here, there } = places;
  for (const folder of [here, there]) {
    fs.mkdirSync(path.join(folder, 'folder'));
    fs.writeFileSync(path.join(folder, 'folder/file'), 'x');
    fs.symlinkSync('folder', path.join(folder, 'to-folder'));
    fs.symlinkSync('folder/file', path.join(folder, 'to-file'));
  }
  for (const link of ['to-folder', 'to-folder/', path.join(there, 'to-folder/'), 'to-file']) {
    await expect(files.download(link, path.join(here, 'back'))).rejects.toMatchObject({ code: 'FileUnsafe' });
  }
  for (const link of ['to-folder', 'to-folder//', 'to-file']) {
    await expect(files.upload(`${here}/${link}`, 'up')).rejects.toMatchObject({ code: 'FileUnsafe' });
  }
  expect(fs.existsSync(path.join(here, 'back')) || fs.existsSync(path.join(there, 'up'))).toBe(false);
  await files.download('folder', path.join(here, 'back'));
  await files.upload(path.join(here, 'folder/'), 'up');
});

test('links are merged into a folder that is there, in the place of what had their name', async () => {
  const { files, here, there } = places;
  fs.mkdirSync(path.join(here, 'tree/in'), { recursive: true });
  fs.symlinkSync('../new', path.join(here, 'tree/in/link'));
  fs.writeFileSync(path.join(here, 'tree/new'), 'new');
  await files.write('target/in/link', 'old');
  await files.write('target/kept', 'kept');
  await files.upload(path.join(here, 'tree'), 'target', { merge: true });
  expect(Object.keys(treeOf(path.join(there, 'target')))).toEqual(['in', 'in/link', 'kept', 'new']);
  expect(fs.readlinkSync(path.join(there, 'target/in/link'))).toBe('../new');
});

test('a file that has several names arrives as a file for each', async () => {
  const tree = path.join(places.here, 'tree');
  fs.mkdirSync(tree);
  fs.writeFileSync(path.join(tree, 'one'), 'content');
  fs.linkSync(path.join(tree, 'one'), path.join(tree, 'two'));
  await roundTrip(tree);
  const [one, two] = ['one', 'two'].map((name) => fs.statSync(path.join(places.here, 'back', name)));
  expect([one!.nlink, two!.nlink, one!.ino === two!.ino]).toEqual([1, 1, false]);
});

test('names and what links say arrive byte for byte, also where they are no UTF-8', async () => {
  const { files, here, there } = places;
  const tree = path.join(here, 'tree');
  fs.mkdirSync(tree);
  fs.mkdirSync(below(tree, 'f\xff'));
  fs.writeFileSync(below(tree, 'f\xff/\xfe'), 'one');
  fs.writeFileSync(below(tree, 'f\xff/\xfd'), 'two');
  fs.symlinkSync(Buffer.from('f\xff/\xfe', 'latin1'), below(tree, 'l\x80'));
  const sent = await roundTrip(tree);
  expect(sent).toMatchObject({ 'f\xff/\xfe': expect.anything(), 'l\x80': 'link f\xff/\xfe' });
  const [folder, link] = await files.list('copy');
  expect(folder).toMatchObject({
    name: 'f\ufffd',
    nameBytes: Buffer.from('f\xff', 'latin1'),
    kind: 'folder',
  });
  expect(link).toMatchObject({ target: 'f\ufffd/\ufffd', targetBytes: Buffer.from('f\xff/\xfe', 'latin1') });

  fs.symlinkSync(Buffer.from('/\xff', 'latin1'), below(path.join(there, 'copy'), 'bad\xff\\'));
  await expect(files.download('copy', path.join(here, 'again'))).rejects.toMatchObject({
    code: 'FileUnsafe',
    found: 'a link that leads out of the folder: bad\\xff\\\\ -> /\\xff',
  });
});

test('node_modules with its .bin and a linked workspace goes there and back as it was', async () => {
  const project = path.join(places.here, 'project');
  fs.mkdirSync(path.join(project, 'packages/tool/bin'), { recursive: true });
  const write = (name: string, content: unknown) =>
    fs.writeFileSync(path.join(project, name), JSON.stringify(content));
  write('package.json', { name: 'project', version: '1.0.0', workspaces: ['packages/*'] });
  write('packages/tool/package.json', { name: 'tool', version: '1.0.0', bin: { tool: 'bin/tool.js' } });
  fs.writeFileSync(
    path.join(project, 'packages/tool/bin/tool.js'),
    '#!/usr/bin/env node\nconsole.log("it runs")\n',
  );
  execFileSync('npm', ['install', '--offline', '--no-audit', '--no-fund'], { cwd: project, stdio: 'pipe' });
  const sent = await roundTrip(project);
  expect(sent).toMatchObject({
    'node_modules/.bin/tool': 'link ../tool/bin/tool.js',
    'node_modules/tool': 'link ../packages/tool',
  });
  const tool = path.join(places.here, 'back/node_modules/.bin/tool');
  expect(execFileSync(tool, { encoding: 'utf8' })).toBe('it runs\n');
});

const python = needs(command('python3', 'install python3 with its module venv'));

python.test('a Python environment of copies goes there and back as it was', async () => {
  const venv = path.join(places.here, 'venv');
  execFileSync('python3', ['-m', 'venv', '--copies', '--without-pip', venv]);
  expect(await roundTrip(venv)).toMatchObject({ 'bin/activate': expect.stringMatching(/^file /) });
});

python.test(
  'a Python environment of links is refused by the name of the one that leads out, and goes without it',
  async () => {
    const { files, here, there } = places;
    const venv = path.join(here, 'venv');
    execFileSync('python3', ['-m', 'venv', '--symlinks', '--without-pip', venv]);
    const sent = treeOf(venv);
    const bad = Object.keys(sent).filter((name) => sent[name]!.startsWith('link /'));
    expect(bad).toHaveLength(1);
    await expect(files.upload(venv, 'up')).rejects.toMatchObject({
      code: 'FileUnsafe',
      found: expect.stringContaining(`${bad[0]} -> /`),
    });
    const { skipped } = await files.upload(venv, 'up', { special: 'skip' });
    expect(skipped.map((entry) => entry.path)).toEqual(bad);
    delete sent[bad[0]!];
    expect(treeOf(path.join(there, 'up'))).toEqual(sent);
  },
);
