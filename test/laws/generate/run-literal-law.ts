import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { DrydockError, type JsonObject } from '../../../core/template';
import { type LiteralProgram, type LiteralValues, literalPrograms, literalValues } from './literal-program';
import { withExpressions, withLiterals } from './literal-sides';

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

function checkLiteral(program: LiteralProgram, values: LiteralValues, tally: LiteralTally): void {
  tally.programs++;
  const literal = withLiterals(program, values).map(plain).sort(byIdentity);
  const expressed = evaluated(program, values);
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

function evaluated(program: LiteralProgram, values: LiteralValues): JsonObject[] | string {
  try {
    return withExpressions(program, values);
  } catch (error) {
    if (error instanceof DrydockError) return error.code;
    throw error;
  }
}

function plain(object: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(object));
}

function byIdentity(a: JsonObject, b: JsonObject): number {
  const [first, second] = [a, b].map(
    ({ kind, metadata }) => `${kind} ${(metadata as { name?: string }).name}`,
  );
  return (first as string) < (second as string) ? -1 : 1;
}
