import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { printable } from './name-bytes';
import { makeTree, trees } from './testing-only/any-tree';
import { asDownloaded, type TwoPlaces, treeOf, twoPlaces } from './testing-only/tree';

jest.setTimeout(120_000);

const without = (tree: Record<string, string>, names: readonly string[]) =>
  Object.fromEntries(Object.entries(tree).filter(([name]) => !names.includes(name)));

let places: TwoPlaces;
beforeEach(async () => {
  places = await twoPlaces();
});
afterEach(() => places.remove());

/** A transfer to somewhere: all of it, or an error that names what is refused and nothing at the other end. */
async function carries(
  transfer: (special: 'refuse' | 'skip') => Promise<{ skipped: readonly { shown: string }[] }>,
  end: string,
  expected: Record<string, string>,
  refused: readonly string[],
): Promise<void> {
  const shown = refused.map((name) => printable(Buffer.from(name, 'latin1')));
  if (refused.length > 0) {
    const error = await transfer('refuse').catch((thrown) => thrown);
    expect(error).toMatchObject({ name: 'SandboxError', code: 'FileUnsafe' });
    expect(shown.some((name) => error.found.includes(name))).toBe(true);
    expect(fs.existsSync(end)).toBe(false);
  }
  const { skipped } = await transfer('skip');
  expect(skipped.map((entry) => entry.shown.split(' -> ')[0]).sort()).toEqual(
    shown.map((name) => name.split(' -> ')[0]).sort(),
  );
  expect(treeOf(end)).toEqual(expected);
}

test('any tree arrives as it is in both directions, or is refused by name with nothing at the other end', async () => {
  let [runs, whole, cut] = [0, 0, 0];
  await fc.assert(
    fc.asyncProperty(trees, async (tree) => {
      runs += 1;
      const { files } = places;
      const [here, there] = [places.here, places.there].map((place) => path.join(place, `${runs}`)) as [
        string,
        string,
      ];
      fs.mkdirSync(here);
      const [source, up, back] = [path.join(there, 'tree'), path.join(there, 'up'), path.join(here, 'back')];
      const refused = makeTree(source, tree);
      if (refused.length > 0) cut += 1;
      else whole += 1;
      const ours = without(treeOf(source, asDownloaded), refused);
      await carries((special) => files.download(source, back, { special }), back, ours, refused);
      const theirs = without(treeOf(source), refused);
      await carries((special) => files.upload(source, up, { special }), up, theirs, refused);
      expect([fs.readdirSync(here), fs.readdirSync(there).sort()]).toEqual([['back'], ['tree', 'up']]);
    }),
    { numRuns: 60 },
  );
  // Both kinds were drawn, or the property said less than it seems.
  expect([whole > 3, cut > 3]).toEqual([true, true]);
});
