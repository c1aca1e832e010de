import { convictionOf } from '../../test/deploy/convicted';
import { mutants } from '../../test/deploy/mutants';
import type { Planted } from '../../test/laws/fresh-modules';
import { shortCell } from './short-cell';

const CASES = 400;
const SEED = 20_261_129;

/** Each fault that is planted into the engine, and what the law on the model has said of it. */
export async function mutantsTable(): Promise<string> {
  const rows: string[] = [];
  let missed = 0;
  for (const mutant of mutants) {
    const said = await saidOf(mutant);
    if (said === undefined) missed += 1;
    rows.push(`| ${mutant.title} | \`${mutant.file}\` | ${said ?? '**nothing**'} |`);
  }
  if (await saidOf(undefined)) throw new Error('the law sees a fault in the engine as it is');
  const counted = missed === 0 ? 'all are seen' : `**${missed} are not seen**`;
  return [
    `${mutants.length} faults, planted one at a time into the engine in memory; ${counted} by the law on the model, within ${CASES} histories, in which the engine as it is has none. The same is asked by [\`test/deploy/release-law-mutants.test.ts\`](../../test/deploy/release-law-mutants.test.ts).`,
    '',
    '| what is wrong in it | where | what the law said, of which history |',
    '|---|---|---|',
    ...rows,
  ].join('\n');
}

async function saidOf(mutant: Planted | undefined): Promise<string | undefined> {
  const error = await convictionOf(mutant, CASES, SEED);
  if (!error) return undefined;
  const { cause } = error as { readonly cause?: Error };
  const [, number = '?'] = /after (\d+) tests/.exec(error.message) ?? [];
  // Of what is written out whole the reader needs no more than that there is something.
  const words = (cause?.message ?? error.message).replaceAll(/\{"group.*?\}(?=, the dry-run|$)/g, '{…}');
  return `${shortCell(words)} (${number})`;
}
