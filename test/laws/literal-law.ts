import { FreshModules } from './fresh-modules';
import type * as Runner from './generate/run-literal-law';

/** What so many programs of the literal law came to. */
export interface LiteralCount {
  programs: number;
  equal: number;
  objects: number;
  readonly refused: Map<string, number>;
}

/**
 * The bounded numbers that represent values are never given back, and after some thousand programs one of them
 * would be a number that a program means. Real programs are one in a process, so a few at a time share their modules.
 */
const TOGETHER = 250;

/** Holds generated programs to the literal law; throws at the first whose two sides differ. */
export function literalLaw(
  programs: number,
  seed: number,
  of: 'charts' | 'umbrellas' = 'charts',
): LiteralCount {
  const count: LiteralCount = { programs: 0, equal: 0, objects: 0, refused: new Map() };
  while (count.programs < programs) {
    const { runLiteralLaw, runUmbrellaLiteralLaw } = new FreshModules().load(
      'test/laws/generate/run-literal-law.ts',
    ) as typeof Runner;
    const check = of === 'charts' ? runLiteralLaw : runUmbrellaLiteralLaw;
    const run = check(Math.min(TOGETHER, programs - count.programs), seed + count.programs);
    count.programs += run.programs;
    count.equal += run.equal;
    count.objects += run.objects;
    for (const [code, times] of run.refused) count.refused.set(code, (count.refused.get(code) ?? 0) + times);
  }
  return count;
}
