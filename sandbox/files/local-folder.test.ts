import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { LocalFolder } from './local-folder';

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
afterEach(() => fs.rmSync(root, { recursive: true }));

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

  test('a link that takes the place of a file is not followed, and a pipe does not block', async () => {
    const folder = await top.openFolder(Buffer.from('folder'));
    fs.rmSync(path.join(tree, 'folder/file'));
    fs.symlinkSync('../../outside/file', path.join(tree, 'folder/file'));
    await expect(contentOf(folder, 'file')).rejects.toMatchObject({ code: 'FileMismatch' });
    await folder.close();
  });
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
