import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { architectureWithRooms, brokenImports, roomOf } from './rooms';
import { rooms } from './rooms-table';

const repository = join(__dirname, '..');
let planted: string;

beforeEach(() => {
  planted = mkdtempSync(join(tmpdir(), 'drydock-rooms-'));
});
afterEach(() => rmSync(planted, { recursive: true }));

function plant(path: string, text: string): string[] {
  mkdirSync(dirname(join(planted, path)), { recursive: true });
  writeFileSync(join(planted, path), text);
  return brokenImports(planted);
}

test('the repository keeps to its map', () => {
  expect(brokenImports(repository)).toEqual([]);
});

test('docs/architecture.md prints the map of today (mend: npx tsx scripts/rooms.ts --write)', () => {
  const document = readFileSync(join(repository, 'docs', 'architecture.md'), 'utf8');
  expect(architectureWithRooms(document)).toBe(document);
});

test('every room that a row names is a row itself, and uses never form a circle', () => {
  const done = new Set<string>();
  let waiting = rooms.filter((room) => room.uses !== 'all');
  while (waiting.length > 0) {
    const ready = waiting.filter((room) => (room.uses as string[]).every((name) => done.has(name)));
    expect(ready).not.toEqual([]);
    for (const room of ready) {
      done.add(room.name);
    }
    waiting = waiting.filter((room) => !done.has(room.name));
  }
});

test('names the line, the import, what the room may use, and the rooms where the code may go', () => {
  expect(plant('core/template/evaluate.ts', "// why\nimport { App } from '../tree/app';\n")).toEqual([
    'core/template/evaluate.ts:2  imports core/tree/app: the room core/template may use only errors; ' +
      'what both need belongs in core/template (or move this line to core/tree)',
  ]);
});

test('names the highest room below two that may not see each other', () => {
  expect(plant('core/helm/chart.ts', "import { App } from '../tree/app';")).toEqual([
    'core/helm/chart.ts:1  imports core/tree/app: the room core/helm may use only core/template, core/values; ' +
      'what both need belongs in core/values (or move this line to core/synth)',
  ]);
});

test.each([
  ['a door', "import { x } from '../tree';"],
  ['a re-export', "export { x } from '../tree/x';"],
  ['a type', "import type { X } from '../tree/x';"],
  ['a type in passing', "let x: import('../tree/x').X;"],
  ['a dynamic import', "const x = import('../tree/x');"],
  ['a require', "const x = require('../tree/x');"],
  ['a detour', "import { x } from '../../core/template/../tree/x';"],
])('sees %s', (_what, line) => {
  expect(plant('core/values/integer.ts', line)).toEqual([
    expect.stringMatching(/^core\/values\/integer\.ts:1 {2}imports core\/tree/),
  ]);
});

test('takes imports of the own room, of rooms in the row, of libraries, and what only looks like an import', () => {
  const text = [
    "import { a } from './text';",
    "import { b } from '../template/nodes';",
    "import { parse } from 'yaml';",
    'const sentence = "import { c } from \'../tree/c\'";',
    "// import { d } from '../tree/d';",
  ];
  expect(plant('core/values/integer.ts', text.join('\n'))).toEqual([]);
});

test('the rooms that load without cdk8s do not import it, in any form', () => {
  for (const library of ['cdk8s', 'constructs', 'cdk8s-plus-28', 'cdk8s/lib/yaml']) {
    expect(plant('sandbox/claim.ts', `import type { X } from '${library}';`)).toEqual([
      expect.stringContaining('the room sandbox must load where cdk8s is not installed'),
    ]);
  }
  expect(plant('sandbox/claim.ts', "import { WebSocket } from 'ws';")).toEqual([]);
});

test('a test beside its file may use the cluster, Testing and the test support, its file may not', () => {
  const lines = "import { needs } from '../test/support/needs';\nimport { toolPath } from '../cluster';";
  expect(plant('kube/apply.test.ts', lines)).toEqual([]);
  expect(plant('kube/apply.ts', lines)).toHaveLength(2);
  expect(plant('kube/delete.test.ts', "import { Testing } from '../core/synth';")).toEqual(
    brokenImports(planted).filter((line) => line.startsWith('kube/apply.ts')),
  );
  expect(plant('kube/patch.test.ts', "import { HelloChart } from '../charts';")).toContain(
    'kube/patch.test.ts:1  imports charts: the room kube may use only errors, imports; a test that needs both lies in test/',
  );
});

test('a file outside every room is found, and so is an import of one', () => {
  expect(plant('helpers/strings.ts', '')).toEqual([
    'helpers/strings.ts:1  lies in no room: move it into one, or give its folder a line in scripts/rooms-table.ts',
  ]);
  expect(plant('constructs/service.ts', "import { App } from '..';")).toEqual([
    'constructs/service.ts:1  imports index, which lies in no room: name the file that holds what is needed, inside its room',
    expect.stringContaining('helpers/strings.ts'),
  ]);
});

test('the longest room name wins', () => {
  expect(roomOf('sandbox/spec/pod.ts')?.name).toBe('sandbox/spec');
  expect(roomOf('sandbox/claim.ts')?.name).toBe('sandbox');
  expect(roomOf('sandboxes/claim.ts')).toBeUndefined();
});

test('`make coverage` counts every room that users can reach, and no other', () => {
  const { collectCoverageFrom } = require('../jest.config.js') as { collectCoverageFrom: readonly string[] };
  const counted = /^\{(.*)\}/.exec(collectCoverageFrom[0]!)?.[1]?.split(',');
  // What is generated, what programs deploy or copy, and what measures, tests and keeps the repository.
  const others = ['imports', 'apps', 'workloads', 'examples', 'test', 'bench', 'evidence', 'scripts'];
  const tops = new Set(rooms.map(({ name }) => name.split('/')[0]!));
  expect([...new Set(counted)].sort()).toEqual([...tops].filter((one) => !others.includes(one)).sort());
});
