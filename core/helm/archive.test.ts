import { gunzipSync } from 'node:zlib';
import { chartArchive } from './archive';

interface Entry {
  readonly path: string;
  readonly text: string;
  readonly header: Buffer;
}

const field = (header: Buffer, at: number, length: number) =>
  header.toString('utf8', at, at + length).replace(/\0.*$/s, '');

/** Reads a ustar as its standard says, to the two empty blocks at its end. */
function entriesOf(archive: Buffer): Entry[] {
  const tar = gunzipSync(archive);
  expect(tar.length % 512).toBe(0);
  const entries: Entry[] = [];
  let at = 0;
  while (tar[at] !== 0) {
    const header = tar.subarray(at, at + 512);
    const size = Number.parseInt(field(header, 124, 12), 8);
    const prefix = field(header, 345, 155);
    const name = field(header, 0, 100);
    const text = tar.toString('utf8', at + 512, at + 512 + size);
    entries.push({ path: prefix === '' ? name : `${prefix}/${name}`, text, header });
    at += 512 + Math.ceil(size / 512) * 512;
  }
  expect(tar.subarray(at)).toEqual(Buffer.alloc(1024));
  return entries;
}

test('an archive has every file below the name of the chart, Chart.yaml first and the rest by their bytes', () => {
  const files = new Map([
    ['values.yaml', 'a: 1\n'],
    ['templates/b.yaml', 'é\n'],
    ['.helmignore', ''],
    ['Chart.yaml', 'name: web\n'],
    ['charts/in/Chart.yaml', 'name: in\n'],
    ['templates/a.yaml', 'x'.repeat(512)],
  ]);
  const entries = entriesOf(chartArchive('web', files));
  expect(entries.map(({ path }) => path)).toEqual([
    'web/Chart.yaml',
    'web/.helmignore',
    'web/charts/in/Chart.yaml',
    'web/templates/a.yaml',
    'web/templates/b.yaml',
    'web/values.yaml',
  ]);
  for (const { path, text } of entries) expect([path, text]).toEqual([path, files.get(path.slice(4))]);
});

test('nothing of a machine or a day is in an archive: no owner, no time, and anybody may read a file', () => {
  const [{ header }] = entriesOf(chartArchive('web', new Map([['Chart.yaml', 'name: web\n']]))) as [Entry];
  const [mode, uid, gid, time] = [
    [100, 8],
    [108, 8],
    [116, 8],
    [136, 12],
  ].map(([at, length]) => Number.parseInt(field(header, at as number, length as number), 8));
  expect({ mode, uid, gid, time }).toEqual({ mode: 0o644, uid: 0, gid: 0, time: 0 });
  expect([field(header, 156, 1), header.toString('latin1', 257, 265), field(header, 265, 64)]).toEqual([
    '0',
    'ustar\x0000',
    '',
  ]);
  const sum = Number.parseInt(field(header, 148, 8), 8);
  const withoutSum = Buffer.from(header).fill(' ', 148, 156);
  expect(sum).toBe(withoutSum.reduce((total, byte) => total + byte, 0));
});

test.each([0xffff - 2560, 0xffff, 2 * 0xffff, 200_000])(
  'a file of %i bytes is what it was, however many blocks of gzip it takes',
  (length) => {
    const text = 'abcdefghi\n'.repeat(Math.ceil(length / 10)).slice(0, length);
    expect(entriesOf(chartArchive('web', new Map([['Chart.yaml', text]])))[0]?.text).toBe(text);
  },
);

const long = (length: number) => 'n'.repeat(length);

test.each([
  ['100 bytes in one field', `web/${long(96)}`],
  ['a long folder', `web/${long(90)}/${long(99)}`],
  ['both fields to their ends', `web/${long(151)}/${long(100)}`],
  ['many folders', `web/${Array(6).fill(long(20)).join('/')}/${long(100)}`],
])('a path of %s is found whole', (_what, path) => {
  const files = new Map([[path.slice(4), 'x']]);
  expect(entriesOf(chartArchive('web', files)).map((entry) => entry.path)).toEqual([path]);
});

test.each([
  ['a last part of 101', `web/x/${long(101)}`, 'its last part of 101'],
  ['folders of 156', `web/${long(152)}/${long(100)}`, 'its last part of 100'],
  ['101 letters without a folder that could be apart', `web/${'é'.repeat(51)}`, 'its last part of 102'],
])('a path with %s is refused', (_what, path, found) => {
  expect(() => chartArchive('web', new Map([[path.slice(4), 'x']]))).toThrow(
    expect.objectContaining({
      code: 'PATH_TOO_LONG',
      where: `the chart's file ${path}`,
      found: `a path of ${Buffer.byteLength(path)} characters, ${found}`,
    }),
  );
});

test('an archive that fills its last block of gzip to the byte has an end', () => {
  // 512 blocks of 65,535 bytes: a header, the file, and the two empty blocks.
  const text = 'x'.repeat(512 * 65_535 - 512 - 1024);
  const tar = gunzipSync(chartArchive('web', new Map([['Chart.yaml', text]])));
  expect(tar.length).toBe(512 * 65_535);
  expect(tar.toString('latin1', 512, 512 + text.length) === text).toBe(true);
});
