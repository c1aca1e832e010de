import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rooms, rootDoors } from '../../scripts/rooms-table';

const repository = join(__dirname, '..', '..');
const about = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
const doors = Object.entries<{ types: string; default: string }>(about.exports).filter(
  ([path]) => path !== './package.json',
);

test.each(doors)('%s is compiled from a door of the source', (_path, { types, default: code }) => {
  const source = types.replace('./lib/', '').replace('.d.ts', '.ts');
  expect(existsSync(join(repository, source))).toBe(true);
  expect(code).toBe(types.replace('.d.ts', '.js'));
});

test('node10 resolution, which knows no exports, finds the same types', () => {
  const subpaths = doors.filter(([path]) => path !== '.');
  expect(about.typesVersions['*']).toEqual(
    Object.fromEntries(subpaths.map(([path, { types }]) => [path.replace('./', ''), [types]])),
  );
  expect(about.exports['.'].types).toBe(`./${about.types}`);
  expect(about.exports['.'].default).toBe(`./${about.main}`);
});

test('doors list names: no `export *` lets something out that no reviewer saw', () => {
  const files = [...rootDoors, ...rooms.map((room) => join(room.name, 'index.ts'))];
  const texts = files.map((file) => join(repository, file)).filter(existsSync);
  expect(texts.length).toBeGreaterThan(1);
  expect(texts.filter((file) => /^export \*/m.test(readFileSync(file, 'utf8')))).toEqual([]);
});
