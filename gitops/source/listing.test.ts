import { listingOf } from './listing';
import { ObjectReader } from './object-reader';
import type { TreeEntry } from './tree-entries';

const folder = (path: string, id = `id of ${path}`): TreeEntry => ({ mode: '040000', id, size: 0, path });
const file = (path: string): TreeEntry => ({ mode: '100644', id: path, size: 1, path });

/** As `git ls-tree -r -t` has it. `a-b` comes between `a` and what a sort of the paths would have behind it. */
const entries = [
  ...[file('.x'), folder('a'), file('a/1'), folder('a/b'), folder('a/b/c'), file('a/b/c/2'), file('a/b/3')],
  ...[
    folder('a-b'),
    file('a-b/4'),
    folder('ab'),
    file('ab/5'),
    folder('copy', 'id of a/b'),
    folder('copy/c', 'id of a/b/c'),
  ],
  ...[file('copy/c/2'), file('copy/3'), file('z')],
];
const listing = listingOf('r', 'root', entries, true);
const below = (id: string) => listing.below(id)?.map(({ path }) => path);

test('each folder has what lies below it, at any depth, and nothing of its neighbours', () => {
  expect(listing.folders.get('a/b/c')).toBe('id of a/b/c');
  expect(below('id of a')).toEqual(['1', 'b/c/2', 'b/3']);
  expect(below('id of a/b')).toEqual(['c/2', '3']);
  expect(below('id of a/b/c')).toEqual(['2']);
  expect(below('id of a-b')).toEqual(['4']);
  expect(below('id of ab')).toEqual(['5']);
  expect(below('root')).toEqual(entries.filter(({ mode }) => mode !== '040000').map(({ path }) => path));
  expect(below('elsewhere')).toBeUndefined();
});

test('of one with folders alone nothing below is known', () => {
  expect(listingOf('r', 'root', [folder('a')], false).below('id of a')).toBeUndefined();
});

/** A store that answers when it is told to. */
function readerOf(mostBytes: number) {
  const calls: Array<{
    readonly names: readonly string[];
    readonly bytes: number;
    readonly end: (error?: Error) => void;
  }> = [];
  const reader = new ObjectReader(
    (names, bytes) =>
      new Promise((resolve, reject) => {
        const objects = names.map((id) => ({ id, type: 'blob', content: Buffer.from(id) }));
        calls.push({ names, bytes, end: (error) => (error ? reject(error) : resolve(objects)) });
      }),
    mostBytes,
  );
  const ask = async (...names: string[]) => (await reader.objects(names, names.length)).map((one) => one?.id);
  return { calls, ask };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('who asks at once, or while one call runs, shares a call, and gets what it has asked for', async () => {
  const { calls, ask } = readerOf(100);
  const first = [ask('a'), ask('b', 'c'), ask()];
  await turn();
  const later = [ask('d'), ask('e')];
  await turn();
  expect(calls.map(({ names }) => names.join(''))).toEqual(['abc']);
  calls[0]!.end();
  expect(await Promise.all(first)).toEqual([['a'], ['b', 'c'], []]);
  await turn();
  calls[1]!.end();
  expect(await Promise.all(later)).toEqual([['d'], ['e']]);
  expect(calls.map(({ names, bytes }) => [names.join(''), bytes])).toEqual([
    ['abc', 3],
    ['de', 2],
  ]);
});

test('no call holds more than may be held, but for one who needs it', async () => {
  const { calls, ask } = readerOf(3);
  const asked = [ask('a', 'b'), ask('c', 'd'), ask('e'), ask('f', 'g', 'h', 'i')];
  for (let call = 0; call < 3; call += 1) {
    await turn();
    calls[call]!.end();
  }
  await Promise.all(asked);
  expect(calls.map(({ names }) => names.join(''))).toEqual(['ab', 'cde', 'fghi']);
});

test('a call that fails is told to those who share it, and to none later', async () => {
  const { calls, ask } = readerOf(100);
  const failing = Promise.allSettled([ask('a'), ask('b')]);
  await turn();
  const later = ask('c');
  calls[0]!.end(new Error('gone'));
  expect((await failing).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await turn();
  calls[1]!.end();
  expect(await later).toEqual(['c']);
});
