import { z } from 'zod';
import { isSafePath, type Tree, textOf } from './tree';

/** A change of one file: `find` is there exactly once and becomes `replace`; with an empty `find` the file is new. */
export const Edit = z.strictObject({
  path: z.string().max(300),
  find: z.string().max(100_000),
  replace: z.string().max(100_000),
});
export type Edit = z.infer<typeof Edit>;

/** Changes that cannot be made. What it says is told to the model, which then may do better. */
export class EditError extends Error {}

/** A fix that changes what is tested is none, and one that changes what is run for it neither. */
const TESTS =
  /(^|\/)(tests?|__tests__|spec)\/|[._-](test|spec)\.[^/]+$|(^|\/)test_[^/]+$|^\.(github|gitlab|circleci)/i;

/** Whether a file says what is right, so that a fix must leave it as it is. */
export function isProtected(path: string, command: readonly string[]): boolean {
  return TESTS.test(path) || command.some((word) => word === path || word === `./${path}`);
}

/** The tree after the edits; the one before is as it was. */
export function applied(tree: Tree, edits: readonly Edit[], command: readonly string[]): Tree {
  const after = new Map(tree);
  for (const { path, find, replace } of edits) {
    const shown = JSON.stringify(path.slice(0, 100));
    if (!isSafePath(path)) throw new EditError(`${shown} is no path of this repository.`);
    if (isProtected(path, command))
      throw new EditError(`${shown} says what is right: a fix leaves it as it is.`);
    after.set(path, Buffer.from(changed(shown, after.get(path), find, replace)));
  }
  const isSame = [...after].every(([path, content]) => tree.get(path)?.equals(content));
  if (isSame) throw new EditError('The edits change nothing.');
  return after;
}

function changed(shown: string, before: Buffer | undefined, find: string, replace: string): string {
  if (find === '') {
    if (before) throw new EditError(`${shown} is there already: say what of it is replaced.`);
    if (replace === '') throw new EditError(`${shown} would be an empty file.`);
    return replace;
  }
  const text = before && textOf(before);
  if (text === undefined) throw new EditError(`${shown} is no text file of this repository.`);
  const at = text.indexOf(find);
  if (at === -1) throw new EditError(`The text to replace is not in ${shown}.`);
  if (text.indexOf(find, at + 1) !== -1)
    throw new EditError(`The text to replace is more than once in ${shown}.`);
  return text.slice(0, at) + replace + text.slice(at + find.length);
}

const CONTEXT = 3;

/** What was changed, as `git apply` takes it: a hunk a file. */
export function patchOf(before: Tree, after: Tree): string {
  const paths = [...after.keys()].filter((path) => !before.get(path)?.equals(after.get(path) as Buffer));
  return paths
    .sort()
    .map((path) => filePatch(path, before.get(path)?.toString(), (after.get(path) as Buffer).toString()))
    .join('');
}

function filePatch(path: string, before: string | undefined, after: string): string {
  const [old, now] = [linesOf(before ?? ''), linesOf(after)];
  let first = 0;
  while (first < Math.min(old.length, now.length) && old[first] === now[first]) first++;
  let same = 0;
  const most = Math.min(old.length, now.length) - first;
  while (same < most && old.at(-1 - same) === now.at(-1 - same)) same++;
  const from = Math.max(0, first - CONTEXT);
  const behind = Math.min(same, CONTEXT);
  const removed = old.slice(first, old.length - same);
  const added = now.slice(first, now.length - same);
  const lines = [
    ...old.slice(from, first).map((line) => ` ${line}`),
    ...removed.map((line) => `-${line}`),
    ...added.map((line) => `+${line}`),
    ...old.slice(old.length - same, old.length - same + behind).map((line) => ` ${line}`),
  ];
  const range = (count: number) => `${count === 0 ? 0 : from + 1},${count}`;
  const around = first - from + behind;
  // Git takes a tab for the end of a name with a space in it.
  const end = path.includes(' ') ? '\t' : '';
  const header =
    before === undefined
      ? `diff --git a/${path} b/${path}\nnew file mode 100644\n--- /dev/null\n+++ b/${path}${end}\n`
      : `diff --git a/${path} b/${path}\n--- a/${path}${end}\n+++ b/${path}${end}\n`;
  return `${header}@@ -${range(removed.length + around)} +${range(added.length + around)} @@\n${lines.map(asLine).join('')}`;
}

/** The lines with their ends, so that a last line without one differs from one with. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function asLine(line: string): string {
  return line.endsWith('\n') ? line : `${line}\n\\ No newline at end of file\n`;
}
