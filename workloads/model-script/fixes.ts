import { z } from 'zod';

/** What CI-fixer asks a model, as far as the script reads it. */
const Failure = z.object({
  files: z.record(z.string(), z.string()),
  tried: z.array(z.object({ edits: z.array(z.unknown()) })),
});

interface Edit {
  readonly path: string;
  readonly find: string;
  readonly replace: string;
}

/** Pairs of operators that people mix up. Longer ones first: `<=` has a `<` in it. */
const SWAPS: readonly (readonly [string, string])[] = [
  [' === ', ' !== '],
  [' <= ', ' < '],
  [' >= ', ' > '],
  [' && ', ' || '],
  [' - ', ' + '],
  [' * ', ' / '],
  [' -lt ', ' -le '],
  [' -gt ', ' -ge '],
];
const TESTS = /(^|\/)tests?\/|[._-](test|spec)\.|(^|\/)test_/;

/**
 * The script's answer to CI-fixer: a single swapped operator, another one each time it is asked. It understands nothing of the
 * program; that a swap is right is what CI-fixer has to find out.
 */
export function fixFor(asked: string): string {
  const failure = Failure.safeParse(parsed(asked));
  const { files, tried } = failure.success ? failure.data : { files: {}, tried: [] };
  const known = new Set(tried.map(({ edits }) => JSON.stringify(edits)));
  for (const path of Object.keys(files)
    .filter((one) => !TESTS.test(one))
    .sort()) {
    for (const edit of swapsIn(path, files[path] ?? '')) {
      if (!known.has(JSON.stringify([edit]))) {
        return JSON.stringify({
          edits: [edit],
          why: `A script, and no model, swapped an operator in ${path}.`,
        });
      }
    }
  }
  return JSON.stringify({
    edits: [],
    why: 'this is a script and no model, and it has no operator left to swap',
  });
}

function* swapsIn(path: string, text: string): Generator<Edit> {
  const lines = text.split('\n');
  for (const find of lines.filter((line) => text.split(line).length === 2)) {
    for (const [from, to] of SWAPS.flatMap(
      ([left, right]) =>
        [
          [left, right],
          [right, left],
        ] as const,
    )) {
      if (find.includes(from)) yield { path, find, replace: find.replace(from, to) };
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
