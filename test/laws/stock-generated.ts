import fc from 'fast-check';
import { buildProgram, type Feature, features } from './stock-build';
import { holdStockLaw, type Outcome } from './stock-law';
import { type Part, type ProgramModel, programs } from './stock-model';

/** How often each feature and each outcome occurred in a run. */
export interface Counts {
  readonly programs: number;
  readonly features: Readonly<Record<Feature, number>>;
  readonly outcomes: Readonly<Record<Outcome, number>>;
}

/** `Include` starts Node and `Helm` starts helm, each time that a program is built. */
function startsProcesses({ charts }: ProgramModel): boolean {
  const starts = (part: Part): boolean =>
    part.type === 'group' ? part.parts.some(starts) : part.type === 'include' || part.type === 'helm';
  return charts.some(({ parts }) => parts.some(starts));
}

/** Holds generated programs against the stock law; fast-check prints seed and smallest program of a failure. */
export function holdGeneratedPrograms(runs: number, helm: string | undefined, seed?: number): Counts {
  const seen = Object.fromEntries(features.map((feature) => [feature, 0])) as Record<Feature, number>;
  const outcomes: Record<Outcome, number> = {
    equal: 0,
    'both refuse': 0,
    'stock loses an object, ours refuses': 0,
  };
  let count = 0;
  const property = fc.property(programs(helm !== undefined), (model) => {
    const here = new Set<Feature>();
    const env: Record<string, string> = model.sortsKeys ? {} : { CDK8S_DISABLE_SORT: 'yes' };
    const outcome = holdStockLaw(
      (kit) => buildProgram(model, kit),
      (feature) => here.add(feature),
      { helm, env, onlyFiles: startsProcesses(model) },
    );
    outcomes[outcome] += 1;
    count += 1;
    for (const feature of here) seen[feature] += 1;
  });
  fc.assert(property, { numRuns: runs, seed });
  return { programs: count, features: seen, outcomes };
}

/** The features that did not occur often enough for the run to mean anything, and the outcomes that nearly did not. */
export function tooRare(counts: Counts, atLeast: number, without: readonly Feature[] = []): string[] {
  const rareFeatures = features.filter((one) => !without.includes(one) && counts.features[one] < atLeast);
  const outcomes = Object.entries(counts.outcomes).filter(([, count]) => count < atLeast / 4);
  return [...rareFeatures, ...outcomes.map(([outcome]) => outcome)];
}
