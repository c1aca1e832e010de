import { DrydockError } from '../../../core/template';
import type { HelmChart } from '../../../core/tree';
import type { LawEngine } from '../engine';
import { filesOf, HelmLaw, helmInputs } from '../helm-law';
import { build } from './build';
import { featuresOf } from './features';
import { type Given, givenFor } from './given';
import type { GeneratedChart, GeneratedSubchart, Program } from './program';
import type { Tally } from './tally';

/** A case in which the law does not hold. */
export class LawBroken extends Error {
  constructor(
    message: string,
    readonly program: Program,
    readonly given?: Given,
  ) {
    super(message);
  }
}

/** Holds one generated chart to the law, for given values or those that seeds stand for. */
export async function checkProgram(
  program: Program,
  cases: readonly (number | Given)[],
  engines: readonly LawEngine[],
  tally: Tally,
): Promise<void> {
  tally.programs++;
  const made = await lawOf(program, engines, tally);
  if (!made) return;
  const { generated, law } = made;
  try {
    tally.countFeatures(featuresOf(generated), cases.length);
    if (law.passesThrough) tally.countFeatures(new Set(['printed: with and toYaml']), cases.length);
    await Promise.all(
      cases.map((one) =>
        checkCase(program, typeof one === 'number' ? givenFor(generated, one) : one, law, tally),
      ),
    );
    const seeds = cases.filter((one) => typeof one === 'number').slice(0, ALONE);
    for (const subchart of generated.subcharts) await checkAlone(subchart, program, seeds, engines, tally);
  } finally {
    await law.close();
  }
}

/** Sets of values for each subchart alone. */
const ALONE = 3;

/** A subchart is a chart of its own: it has the files that the umbrella has for it, and the law holds for it. */
async function checkAlone(
  subchart: GeneratedSubchart,
  program: Program,
  seeds: readonly number[],
  engines: readonly LawEngine[],
  tally: Tally,
): Promise<void> {
  if (seeds.length === 0) return;
  const alone = subchart.alone();
  const difference = differenceOf(subchart, alone);
  if (difference) throw new LawBroken(`${subchart.key} alone is another chart: ${difference}`, program);
  const law = await HelmLaw.of(alone.chart, ...engines);
  try {
    for (const seed of seeds) await checkCase(program, givenFor(alone, seed), law, tally);
    tally.countFeatures(new Set(['subchart: alone']), seeds.length);
  } finally {
    await law.close();
  }
}

function differenceOf(
  { generated: { chart } }: GeneratedSubchart,
  alone: GeneratedChart,
): string | undefined {
  const folder = `charts/${chart.chartName}/`;
  const umbrella = filesOf(chart.umbrella as HelmChart);
  const own = [...filesOf(alone.chart)];
  const inside = [...umbrella.keys()].filter((path) => path.startsWith(folder)).length;
  if (inside !== own.length) return `${own.length} files, not ${inside}`;
  const differs = own.find(
    ([path, text]) => withoutWhole(umbrella.get(`${folder}${path}`)) !== withoutWhole(text),
  );
  return differs?.[0];
}

/** What a chart is a part of is another thing where it is alone. */
function withoutWhole(text: string | undefined): string | undefined {
  return text?.replace(/(app\.kubernetes\.io\/part-of:) \S+/g, '$1');
}

async function checkCase(program: Program, given: Given, law: HelmLaw, tally: Tally): Promise<void> {
  try {
    const outcome = await law.expect(given);
    tally.cases++;
    if (outcome === 'equal' && law.leavesOut(given)) tally.countFeatures(new Set(['subchart: left out']), 1);
    if (given.by) tally.countFeatures(waysOf(given), 1);
    if (outcome === 'equal') tally.accepted++;
  } catch (error) {
    throw new LawBroken((error as Error).stack ?? String(error), program, given);
  }
}

/** How the values reach helm: `set` comes to up to three kinds of flags. */
function waysOf(given: Given): ReadonlySet<string> {
  const { set = [], setString = [], setJson = [] } = helmInputs('law', given);
  const flags = { '--set': set, '--set-string': setString, '--set-json': setJson };
  const used = Object.entries(flags).filter(([, texts]) => texts.length > 0);
  const files = given.by === 'file' || given.by === 'two files' ? [given.by] : [];
  return new Set([...files, ...used.map(([flag]) => flag)].map((way) => `given by: ${way}`));
}

/** What the generator draws, and the library refuses with reason. Any other refusal is a bug. */
const REFUSED: ReadonlySet<string> = new Set([
  'ALIAS_IN_ALIAS',
  'CANNOT_PRINT',
  'CHART_CYCLE',
  'PROP_INVALID',
  'SUBCHART_DIFFERS',
  'VALUE_NAME',
]);

/** A program that this library refuses is no case; one that it takes and cannot print is a bug. */
async function lawOf(
  program: Program,
  engines: readonly LawEngine[],
  tally: Tally,
): Promise<{ generated: GeneratedChart; law: HelmLaw } | undefined> {
  try {
    const generated = build(program);
    return { generated, law: await HelmLaw.of(generated.chart, ...engines) };
  } catch (error) {
    if (!(error instanceof DrydockError && REFUSED.has(error.code)))
      throw new LawBroken((error as Error).stack ?? String(error), program);
    tally.countRefused(error.code);
    return undefined;
  }
}
