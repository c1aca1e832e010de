import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { CHUNK_BYTES } from '../../supervisor';
import { linkStaysInside } from '../safe-path';
import { READ_BYTES } from '../send-folder';
import { below } from './tree';

const bytes = (text: string) => Buffer.from(text, 'latin1');
/** Names as Latin-1, one character a byte. */
const names = fc.oneof(
  fc.constantFrom('a', 'b', 'c d', '-rf', '...', 'x'.repeat(255), Buffer.from('é✓').toString('latin1')),
  fc
    .array(fc.integer({ min: 1, max: 255 }), { minLength: 1, maxLength: 6 })
    .map((codes) => Buffer.from(codes).toString('latin1').replaceAll('/', '_'))
    .filter((name) => name !== '.' && name !== '..'),
);
/** Around whatever is put together or cut on the way. */
const sizes = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(0, 1, 31, 32, 33) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(CHUNK_BYTES, 64 << 10, READ_BYTES, 4096), fc.integer({ min: -40, max: 40 }))
      .map(([bound, beside]) => bound + beside),
  },
);
const fileKind = fc.record({ kind: fc.constant('file' as const), size: sizes, isSparse: fc.boolean() });
const folderKind = fc.record({ kind: fc.constant('folder' as const) });
const steps = (step: fc.Arbitrary<string>) => fc.array(step, { minLength: 1, maxLength: 4 });
const linkKind = fc.record({
  kind: fc.constant('link' as const),
  target: fc.oneof(
    { weight: 4, arbitrary: steps(names) },
    { weight: 1, arbitrary: steps(fc.oneof(names, fc.constantFrom('..', '.', ''))) },
  ),
});
const pipeKind = fc.record({ kind: fc.constant('pipe' as const) });
const kinds = fc.oneof(
  { weight: 20, arbitrary: fileKind },
  { weight: 15, arbitrary: folderKind },
  { weight: 10, arbitrary: linkKind },
  { weight: 1, arbitrary: pipeKind },
);

/** Trees with names of any bytes, modes, links, sizes around bounds, holes and empty folders. */
export const trees = fc.array(
  fc.record({ folder: fc.nat(20), name: names, mode: fc.integer({ min: 0, max: 0o777 }), what: kinds }),
  { maxLength: 24 },
);
export type Tree = typeof trees extends fc.Arbitrary<infer Made> ? Made : never;
type Planned = Tree[number]['what'];

/** Makes it, and says what of it is not carried. */
export function makeTree(root: string, tree: Tree): string[] {
  fs.mkdirSync(root, { recursive: true });
  const folders = [''];
  const modes: [string, number][] = [];
  const refused: string[] = [];
  for (const { folder, name, mode, what } of tree) {
    const parent = folders[folder % folders.length]!;
    const inside = parent === '' ? name : `${parent}/${name}`;
    const at = below(root, inside);
    if (at.length > 3000 || fs.lstatSync(at, { throwIfNoEntry: false })) continue;
    if (!put(root, inside, what)) refused.push(inside);
    if (what.kind === 'folder') folders.push(inside);
    if (what.kind === 'file' || what.kind === 'folder') modes.push([inside, mode]);
  }
  // Root reads everything; of anybody else it would be refused for its mode.
  const ours = process.getuid?.() === 0 ? 0 : 0o700;
  for (const [inside, mode] of modes.reverse()) fs.chmodSync(below(root, inside), mode | ours);
  return refused;
}

/** Says false for what is not carried. */
function put(root: string, inside: string, what: Planned): boolean {
  const at = below(root, inside);
  if (what.kind === 'folder') fs.mkdirSync(at);
  else if (what.kind === 'file') {
    fs.writeFileSync(at, what.isSparse ? '' : Buffer.alloc(what.size, inside, 'latin1'));
    fs.truncateSync(at, what.size);
  } else if (what.kind === 'link') {
    const target = bytes(what.target.join('/') || '.');
    fs.symlinkSync(target, at);
    return linkStaysInside(inside.split('/').length - 1, target);
  } else {
    // A program takes no name of any bytes as an argument.
    const pipe = path.join(root, '../pipe');
    execFileSync('mkfifo', [pipe]);
    fs.renameSync(pipe, at);
    return false;
  }
  return true;
}
