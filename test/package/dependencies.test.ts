import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const repository = join(__dirname, '..', '..');
const [ofTheLibrary = '', ofTheWorkloads = ''] = readFileSync(
  join(repository, 'docs', 'dependencies.md'),
  'utf8',
).split('The programs in `workloads/`');

/** The first column of a table: names, some with the version they are held at. */
function explainedIn(text: string): string[] {
  const rows = text.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| package'));
  return rows.flatMap((row) =>
    row
      .split('|')[1]!
      .split(',')
      .map((name) => name.trim().split(' ')[0]!),
  );
}

/** What package.json files name, of whatever kind. */
function namedIn(...folders: string[]): string[] {
  return folders.flatMap((folder) => {
    const about = JSON.parse(readFileSync(join(repository, folder, 'package.json'), 'utf8'));
    const kinds = [about.dependencies, about.peerDependencies, about.devDependencies];
    return kinds.flatMap((kind) => Object.keys(kind ?? {}));
  });
}

const { workspaces } = JSON.parse(readFileSync(join(repository, 'workloads', 'package.json'), 'utf8'));
const programs = (workspaces as string[]).map((name) => `workloads/${name}`);

test.each<[string, string, string[]]>([
  ['the library', ofTheLibrary, ['.']],
  ['the workloads', ofTheWorkloads, ['workloads', ...programs]],
])(
  'every dependency of %s has its reason in docs/dependencies.md, and no reason is left of one that is gone',
  (_, text, folders) => {
    expect([...new Set(explainedIn(text))].sort()).toEqual([...new Set(namedIn(...folders))].sort());
  },
);

test('the workloads name exact versions', () => {
  for (const folder of ['workloads', ...programs]) {
    const about = JSON.parse(readFileSync(join(repository, folder, 'package.json'), 'utf8'));
    for (const version of Object.values({ ...about.dependencies, ...about.devDependencies })) {
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    }
  }
});
