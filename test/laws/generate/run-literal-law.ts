import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { DrydockError, type JsonObject } from '../../../core/template';
import { withoutIdleAddress } from '../../../core/tree/selectors';
import { ordered } from '../ordered';
import { type LiteralProgram, type LiteralValues, literalPrograms, literalValues } from './literal-program';
import {
  umbrellaWithExpressions,
  umbrellaWithLiterals,
  withExpressions,
  withLiterals,
} from './literal-sides';

export interface LiteralTally {
  programs: number;
  equal: number;
  /** Objects that were compared. */
  objects: number;
  readonly refused: Map<string, number>;
}

/** Holds generated programs to the literal law. Throws at the first whose two sides differ, made small. */
export function runLiteralLaw(programs: number, seed: number): LiteralTally {
  const tally: LiteralTally = { programs: 0, equal: 0, objects: 0, refused: new Map() };
  fc.assert(
    fc.property(literalPrograms, literalValues, (program, values) => checkLiteral(program, values, tally)),
    { numRuns: programs, seed },
  );
  return tally;
}

/** The same for programs with subcharts. */
export function runUmbrellaLiteralLaw(programs: number, seed: number): LiteralTally {
  const tally: LiteralTally = { programs: 0, equal: 0, objects: 0, refused: new Map() };
  const program = fc.record({ own: literalPrograms, web: literalPrograms });
  const given = fc.record({
    own: literalValues,
    web: fc.option(literalValues, { nil: undefined }),
    spare: fc.option(literalValues, { nil: undefined }),
    region: fc.string({ maxLength: 4 }),
  });
  fc.assert(
    fc.property(program, given, (one, values) =>
      compare(
        () => umbrellaWithExpressions(one, values),
        () => umbrellaWithLiterals(one, values),
        tally,
      ),
    ),
    { numRuns: programs, seed },
  );
  return tally;
}

function checkLiteral(program: LiteralProgram, values: LiteralValues, tally: LiteralTally): void {
  compare(
    () => withExpressions(program, values),
    () => withLiterals(program, values),
    tally,
  );
}

function compare(
  withExpressions: () => JsonObject[],
  withLiterals: () => JsonObject[],
  tally: LiteralTally,
): void {
  tally.programs++;
  const literal = withLiterals().map(plain).sort(byIdentity);
  const expressed = evaluated(withExpressions);
  if (typeof expressed === 'string') {
    tally.refused.set(expressed, (tally.refused.get(expressed) ?? 0) + 1);
    return;
  }
  const ours = expressed.map(plain).sort(byIdentity);
  if (!isDeepStrictEqual(ours, literal))
    throw new Error(`with expressions ${JSON.stringify(ours)}\nwith literals ${JSON.stringify(literal)}`);
  tally.equal++;
  tally.objects += ours.length;
}

/** What a program of the generator may be refused for; any other refusal is a breach. */
const REFUSED: readonly string[] = ['SELECTOR_IN_LOOP'];

function evaluated(withExpressions: () => JsonObject[]): JsonObject[] | string {
  try {
    return withExpressions();
  } catch (error) {
    if (error instanceof DrydockError && REFUSED.includes(error.code)) return error.code;
    throw error;
  }
}

function plain(object: JsonObject): JsonObject {
  return withoutIdleAddress(JSON.parse(JSON.stringify(object))) as JsonObject;
}

function byIdentity(a: JsonObject, b: JsonObject): number {
  const [first, second] = [a, b].map(
    ({ kind, metadata }) => `${kind} ${(metadata as { name?: string }).name}`,
  );
  if (first !== second) return (first as string) < (second as string) ? -1 : 1;
  // Charts of one umbrella may have objects of one name.
  return ordered(a) < ordered(b) ? -1 : 1;
}
