import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const repository = join(__dirname, '..', '..');
const about = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
const rows = readFileSync(join(repository, 'docs', 'dependencies.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| package'));

/** The first column: names, some with the version they are held at. */
const explained = rows.flatMap((row) =>
  row
    .split('|')[1]!
    .split(',')
    .map((name) => name.trim().split(' ')[0]!),
);

test('every dependency has its reason in docs/dependencies.md, and no reason is left of one that is gone', () => {
  const kinds = [about.dependencies, about.peerDependencies, about.devDependencies];
  const names = new Set(kinds.flatMap((kind) => Object.keys(kind)));
  expect([...new Set(explained)].sort()).toEqual([...names].sort());
});
