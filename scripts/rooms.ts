/**
 * Holds every import of the repository against the map in rooms-table.ts.
 *
 *     npx tsx scripts/rooms.ts           says which lines break the map, and which room they belong in
 *     npx tsx scripts/rooms.ts --write   also writes the map into docs/architecture.md
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import * as ts from 'typescript';
import { withBlock } from './generated-block';
import { cdk8sPackages, type Room, rooms, rootDoors, testsMayAlsoUse } from './rooms-table';

const skippedFolders = new Set(['node_modules', 'lib', 'dist', 'coverage', 'projects']);
const sourceFile = /\.[cm]?tsx?$/;
const testFile = /\.test\.[cm]?tsx?$/;

/** One import as it is in a file. */
interface Import {
  readonly specifier: string;
  readonly line: number;
}

/** The room that a path of the repository lies in: the longest name wins, so `sandbox/spec` before `sandbox`. */
export function roomOf(path: string): Room | undefined {
  return rooms
    .filter((room) => path === room.name || path.startsWith(`${room.name}/`))
    .sort((left, right) => right.name.length - left.name.length)[0];
}

/** Every line below `root` that breaks the map, as `file:line  what is wrong and where it belongs`. */
export function brokenImports(root: string): string[] {
  return sourceFiles(root).flatMap((path) => {
    const room = roomOf(path);
    if (room === undefined && !rootDoors.includes(path)) {
      return [
        `${path}:1  lies in no room: move it into one, or give its folder a line in scripts/rooms-table.ts`,
      ];
    }
    if (room === undefined || room.uses === 'all') {
      return [];
    }
    return importsOf(readFileSync(join(root, path), 'utf8')).flatMap((found) => {
      const complaint = complain(path, room, found);
      return complaint === undefined ? [] : [`${path}:${found.line}  ${complaint}`];
    });
  });
}

function complain(path: string, room: Room, found: Import): string | undefined {
  const isTest = testFile.test(path);
  if (!found.specifier.startsWith('.')) {
    const library = cdk8sPackages.find(
      (name) => found.specifier === name || found.specifier.startsWith(`${name}/`),
    );
    return library === undefined || !room.withoutCdk8s || isTest
      ? undefined
      : `imports ${library}: the room ${room.name} must load where cdk8s is not installed; move this line to ` +
          'core/tree or to a room that uses it';
  }
  const target = resolve('/', dirname(path), found.specifier).slice(1).split(sep).join('/');
  const targetRoom = roomOf(target);
  if (targetRoom === undefined) {
    return target.endsWith('.json')
      ? undefined
      : `imports ${target || 'index'}, which lies in no room: name the file that holds what is needed, inside its room`;
  }
  if (targetRoom === room || (isTest && testsMayAlsoUse.includes(targetRoom.name))) {
    return undefined;
  }
  if (room.uses.includes(targetRoom.name)) {
    return undefined;
  }
  const place = isTest ? 'a test that needs both lies in test/' : betterPlace(room, targetRoom);
  return `imports ${target}: the room ${room.name} may use ${usesInWords(room)}; ${place}`;
}

function usesInWords(room: Room): string {
  return room.uses.length === 0 ? 'nothing of ours' : `only ${[...room.uses].join(', ')}`;
}

/** Where the code should go instead: a room below both, or one above both. */
function betterPlace(from: Room, to: Room): string {
  const below = rooms.filter(
    (room) =>
      !['imports', 'errors'].includes(room.name) &&
      [from, to].every((each) => each === room || reaches(each, room)),
  );
  const highest = below.find((room) => !below.some((other) => other !== room && reaches(other, room)));
  const above = rooms
    .filter((room) => room.uses !== 'all' && [from, to].every((each) => each === room || reaches(room, each)))
    .sort((left, right) => left.uses.length - right.uses.length)[0];
  const places = [
    highest && `what both need belongs in ${highest.name}`,
    above && (highest ? `(or move this line to ${above.name})` : `move this line to ${above.name}`),
  ].filter((place) => place !== undefined);
  return places.join(' ') || 'no room may use both: let the caller hand the thing over as an argument';
}

function reaches(from: Room, to: Room): boolean {
  return from.uses !== 'all' && from.uses.includes(to.name);
}

function importsOf(text: string): Import[] {
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName, pos }) => ({
    specifier: fileName,
    line: text.slice(0, pos).split('\n').length,
  }));
}

function sourceFiles(root: string, folder = root): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      return skippedFolders.has(entry.name) || entry.name.startsWith('.') ? [] : sourceFiles(root, path);
    }
    return sourceFile.test(entry.name) ? [relative(root, path).split(sep).join('/')] : [];
  });
}

/** The map as a table for people. */
export function roomsInMarkdown(): string {
  const row = (room: Room) => {
    const uses = room.uses === 'all' ? 'everything' : room.uses.map((name) => `\`${name}\``).join(', ');
    return `| \`${room.name}/\` | ${room.sentence} | ${uses || 'nothing of ours'} |`;
  };
  return ['| room | what lives there | may use |', '|---|---|---|', ...rooms.map(row)].join('\n');
}

/** docs/architecture.md with the map of today in it. */
export function architectureWithRooms(document: string): string {
  return withBlock(document, 'rooms', roomsInMarkdown());
}

if (require.main === module) {
  const root = join(__dirname, '..');
  const document = join(root, 'docs', 'architecture.md');
  if (process.argv.includes('--write')) {
    writeFileSync(document, architectureWithRooms(readFileSync(document, 'utf8')));
  }
  const broken = brokenImports(root);
  for (const line of broken) {
    console.error(line);
  }
  process.exitCode = broken.length === 0 ? 0 : 1;
}
