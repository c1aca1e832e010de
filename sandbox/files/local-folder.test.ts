import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { LocalFolder, contentOf as piecesOf } from './local-folder';

const place = { sandboxId: 'local', what: 'upload' };

let root: string;
let tree: string;
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'drydock-local-'));
  tree = path.join(root, 'tree');
  for (const [folder, content] of [
    ['tree/folder', 'ours'],
    ['outside', 'precious'],
  ] as const) {
    fs.mkdirSync(path.join(root, folder), { recursive: true });
    fs.writeFileSync(path.join(root, folder, 'file'), content);
  }
});
afterEach(() => {
  expect(openBelow(root)).toEqual([]);
  fs.rmSync(root, { recursive: true });
});

/** What this process still has open there: a handle that is left to the collector ends the process in later Nodes. */
function openBelow(folder: string): string[] {
  if (!fs.existsSync('/proc/self/fd')) return [];
  const shown = fs.readdirSync('/proc/self/fd').map((fd) => {
    try {
      return fs.readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return '';
    }
  });
  return shown.filter((target) => target.startsWith(folder));
}

/** What somebody who can write to the tree does between two looks of ours. */
function putLinkInPlaceOf(name: string, target: string): void {
  fs.renameSync(path.join(tree, name), path.join(root, 'moved'));
  fs.symlinkSync(target, path.join(tree, name));
}

async function contentOf(folder: LocalFolder, name: string): Promise<string> {
  const file = await folder.openFile(Buffer.from(name));
  try {
    return (await file.readFile()).toString();
  } finally {
    await file.close();
  }
}

const ways = [
  ['through what is held open', true],
  ['by paths, where folders cannot be held', false],
] as const;

describe.each(ways)('%s', (_name, holds) => {
  let top: LocalFolder;
  beforeEach(async () => {
    top = await LocalFolder.open(place, tree, holds);
  });
  afterEach(() => top.close());

  test('a tree that nobody changes is read: the control of what follows', async () => {
    expect(await top.names()).toEqual([Buffer.from('folder')]);
    const folder = await top.openFolder(Buffer.from('folder'));
    expect(await contentOf(folder, 'file')).toBe('ours');
    await folder.checkStill(await folder.names());
    await folder.close();
  });

  test.each<[string, () => void, string, string]>([
    ['removed', () => fs.rmSync(path.join(tree, 'folder/file')), 'folder/file', 'was removed'],
    ['made', () => fs.writeFileSync(path.join(tree, 'folder/new'), ''), 'folder/new', 'was made'],
    ['given other rights', () => fs.chmodSync(path.join(tree, 'folder'), 0o700), 'folder', 'was changed'],
  ])('what was %s in a folder that is read is named', async (_what, change, name, how) => {
    const folder = await top.openFolder(Buffer.from('folder'));
    const names = await folder.names();
    change();
    await expect(folder.checkStill(names)).rejects.toMatchObject({
      code: 'FileMismatch',
      found: `${tree}/${name} on this machine, which ${how} while it was read`,
    });
    await folder.close();
  });

  test('a link that takes the place of a folder before it is opened is not followed', async () => {
    expect((await top.stat(Buffer.from('folder'))).isDirectory()).toBe(true);
    putLinkInPlaceOf('folder', '../outside');
    await expect(top.openFolder(Buffer.from('folder'))).rejects.toMatchObject({
      code: 'FileMismatch',
      found: expect.stringContaining('became something else'),
    });
  });

  test('a link that takes the place of a folder that is open leads nowhere', async () => {
    const folder = await top.openFolder(Buffer.from('folder'));
    putLinkInPlaceOf('folder', '../outside');
    const read = await contentOf(folder, 'file').catch((error) => error.code);
    expect(read).toBe(holds ? 'ours' : 'FileMismatch');
    await folder.close();
  });

  test('a folder that is opened while those above it are another one is let go of', async () => {
    const folder = await top.openFolder(Buffer.from('folder'));
    fs.mkdirSync(path.join(root, 'outside/inner'));
    fs.mkdirSync(path.join(tree, 'folder/inner'));
    putLinkInPlaceOf('folder', '../outside');
    const inner = await folder.openFolder(Buffer.from('inner')).catch((error) => error.code);
    if (holds) await inner.close();
    else expect(inner).toBe('FileMismatch');
    await folder.close();
  });

  test('a link that takes the place of a file is not followed, and a pipe does not block', async () => {
    const folder = await top.openFolder(Buffer.from('folder'));
    fs.rmSync(path.join(tree, 'folder/file'));
    fs.symlinkSync('../../outside/file', path.join(tree, 'folder/file'));
    await expect(contentOf(folder, 'file')).rejects.toMatchObject({ code: 'FileMismatch' });
    await folder.close();
  });
});

test.each<[string, (file: string) => void, string]>([
  ['cut', (file) => fs.truncateSync(file, 2), 'became shorter'],
  ['written on', (file) => fs.appendFileSync(file, 'more'), 'became longer'],
  ['written over', (file) => fs.writeFileSync(file, 'OURS'), 'was changed'],
  ['removed', (file) => fs.rmSync(file), 'was removed'],
])('a file that is %s while it is read is told as that', async (_what, change, how) => {
  const name = path.join(tree, 'folder/file');
  const file = await fs.promises.open(name);
  try {
    const before = await file.stat({ bigint: true });
    const pieces = piecesOf(place, file, Buffer.from(name), before, Buffer.alloc(2));
    expect(String((await pieces.next()).value)).toBe('ou');
    change(name);
    const rest = async () => {
      for await (const _piece of pieces);
    };
    await expect(rest()).rejects.toMatchObject({
      code: 'FileMismatch',
      found: `${name} on this machine, which ${how} while it was read`,
    });
  } finally {
    await file.close();
  }
});

test('a reader of paths alone would have followed it: the control of the links', () => {
  putLinkInPlaceOf('folder', '../outside');
  expect(fs.readFileSync(path.join(tree, 'folder/file'), 'utf8')).toBe('precious');
});

test('a tree whose root is a link is not opened, and errors name the path and not how it was reached', async () => {
  fs.symlinkSync('tree', path.join(root, 'link'));
  await expect(LocalFolder.open(place, path.join(root, 'link'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  const top = await LocalFolder.open(place, tree);
  await expect(top.stat(Buffer.from('gone\xff', 'latin1'))).rejects.toMatchObject({
    found: `${tree}/gone\\xff on this machine, which was removed while it was read`,
  });
  await top.close();
});
