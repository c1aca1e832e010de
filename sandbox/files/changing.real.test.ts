import fs from 'node:fs';
import path from 'node:path';
import { type TwoPlaces, treeOf, twoPlaces } from './testing-only/tree';

jest.setTimeout(120_000);

const MIB = 1 << 20;
/** More than is under way before the first byte is told: so the end is not read yet. */
const LARGE = 32 * MIB;

let places: TwoPlaces;
beforeEach(async () => {
  places = await twoPlaces();
});
afterEach(() => places.remove());

/** `a` is large, so that what comes after it is not read yet while it is under way. */
function makeTree(tree: string): void {
  fs.mkdirSync(path.join(tree, 'b/in'), { recursive: true });
  fs.writeFileSync(path.join(tree, 'a'), '');
  fs.truncateSync(path.join(tree, 'a'), LARGE);
  fs.writeFileSync(path.join(tree, 'b/in/file'), 'content');
  fs.writeFileSync(path.join(tree, 'c'), 'content');
}

/** What happens to the tree while `a` is under way, and how that is told. */
const changes: Readonly<Record<string, readonly [what: (tree: string) => void, found: RegExp]>> = {
  'a file that comes later vanishes': [(tree) => fs.rmSync(path.join(tree, 'c')), /\/c\b.* was removed/],
  'a folder that comes later vanishes': [
    (tree) => fs.rmSync(path.join(tree, 'b'), { recursive: true }),
    /\/b\b.* was removed/,
  ],
  'a folder becomes a link': [
    (tree) => {
      fs.renameSync(path.join(tree, 'b'), path.join(tree, '../elsewhere'));
      fs.symlinkSync('../elsewhere', path.join(tree, 'b'));
    },
    /(tree: was changed|b -> \.\.\/elsewhere|became something else)/,
  ],
  'a file becomes a folder': [
    (tree) => {
      fs.rmSync(path.join(tree, 'c'));
      fs.mkdirSync(path.join(tree, 'c'));
    },
    /tree\b.* was changed/,
  ],
  'a file is made': [(tree) => fs.writeFileSync(path.join(tree, 'new'), ''), /\/new\b.* was made/],
  'the file itself vanishes': [(tree) => fs.rmSync(path.join(tree, 'a')), /\/a\b.* was removed/],
  'the file itself becomes shorter': [
    (tree) => fs.truncateSync(path.join(tree, 'a'), LARGE / 2 + 1),
    /\/a\b.* became shorter/,
  ],
  'the file itself grows': [(tree) => fs.appendFileSync(path.join(tree, 'a'), 'x'), /\/a\b.* became longer/],
  'the file itself is written over': [
    (tree) => {
      const file = fs.openSync(path.join(tree, 'a'), 'r+');
      fs.writeSync(file, 'x', 0);
      fs.closeSync(file);
    },
    /\/a\b.* was changed/,
  ],
};

/** Does something once, when the first bytes were told. */
function once(act: () => void): (progress: { bytes: number }) => void {
  let isDone = false;
  return ({ bytes }) => {
    if (isDone || bytes === 0) return;
    isDone = true;
    act();
  };
}

test.each(Object.entries(changes))(
  'a download or upload during which %s fails, and names it',
  async (_name, [what, found]) => {
    const { files, here, there } = places;
    // A link in the place of a folder leads out, or is not what was there: either way it is not taken.
    const failure = {
      code: expect.stringMatching(/^File(Mismatch|Unsafe)$/),
      found: expect.stringMatching(found),
    };
    makeTree(path.join(there, 'tree'));
    const onProgress = once(() => what(path.join(there, 'tree')));
    await expect(files.download('tree', path.join(here, 'back'), { onProgress })).rejects.toMatchObject(
      failure,
    );
    expect(fs.readdirSync(here)).toEqual([]);

    makeTree(path.join(here, 'tree'));
    const before = fs.readdirSync(there).sort();
    const whileSent = once(() => what(path.join(here, 'tree')));
    const sending = files.upload(path.join(here, 'tree'), 'up', { onProgress: whileSent });
    await expect(sending).rejects.toMatchObject(failure);
    expect(fs.readdirSync(there).sort()).toEqual(before);
  },
);

test('a tree that stays as it is goes both ways: the control of what is above', async () => {
  const { files, here, there } = places;
  makeTree(path.join(there, 'tree'));
  await files.download('tree', path.join(here, 'back'), { onProgress: once(() => fs.readdirSync(there)) });
  await files.upload(path.join(here, 'back'), 'up');
  expect(treeOf(path.join(there, 'up'))).toEqual(treeOf(path.join(there, 'tree')));
});

test('a single file that grows is no download, and is read as far as it was written', async () => {
  const { files, here, there } = places;
  const log = path.join(there, 'log');
  fs.writeFileSync(log, '');
  fs.truncateSync(log, LARGE);
  const onProgress = once(() => fs.appendFileSync(log, 'more'));
  await expect(files.download('log', path.join(here, 'log'), { onProgress })).rejects.toMatchObject({
    code: 'FileMismatch',
    found: expect.stringContaining('became longer'),
  });
  expect(fs.readdirSync(here)).toEqual([]);
  fs.writeFileSync(log, 'so far');
  expect((await files.read('log')).toString()).toBe('so far');
  // What has no length of its own is read, too.
  expect((await files.read('/proc/self/status')).toString()).toContain('Name:');
});
