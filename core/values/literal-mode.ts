import { readFileSync } from 'node:fs';
import {
  DrydockError,
  type Field,
  type Json,
  type JsonObject,
  type Owner,
  type Shape,
  withDefaults,
} from '../template';
import { AbsentLiteral, installLiteralMethods, literalMap } from './literal-methods';

/**
 * Literal mode runs a program again with plain literals where its values were, so that what expressions came to can
 * be compared with what JavaScript itself makes of them (`drydock synth --verify`). It is for a child process of its
 * own: the methods that expressions have are put on the literals' prototypes there.
 */
export interface Literals {
  /** The values of each `defineValues` of the program, in the order of the calls; null for one that no chart takes. */
  readonly sets: readonly ({ readonly names: string; readonly values: JsonObject } | null)[];
  /** The paths of the charts that these are the values of. */
  readonly charts: readonly string[];
}

export const LITERALS_VARIABLE = 'DRYDOCK_LITERALS';

let literals: Literals | undefined;
let isAsked = false;
let calls = 0;

/** Looked for at the first use and not before: importing this library changes nothing in a process. */
function literalsOfProcess(): Literals | undefined {
  if (isAsked) return literals;
  isAsked = true;
  const file = process.env[LITERALS_VARIABLE];
  if (!file) return undefined;
  literals = JSON.parse(readFileSync(file, 'utf8')) as Literals;
  installLiteralMethods();
  return literals;
}

export function inLiteralMode(): boolean {
  return literalsOfProcess() !== undefined;
}

/** The charts that literal mode is for, by path; none outside of it. */
export function literalCharts(): readonly string[] | undefined {
  return literalsOfProcess()?.charts;
}

/** The number of this call of `defineValues`, by which both runs of a program know the same set. */
export function nextSet(): number {
  return calls++;
}

/** The values that literal mode has for a set; none for a set that no chart takes, which stays one of expressions. */
export function literalSet({ index, names }: Owner): JsonObject | undefined {
  const given = literalsOfProcess();
  const set = given?.sets[index];
  if (set === null || given === undefined) return undefined;
  if (set?.names === names) return set.values;
  throw new DrydockError('LITERAL_ORDER', {
    where: `call ${index + 1} of defineValues in the program`,
    found: names,
    expected: set?.names ?? 'no further values',
    remedy:
      'With literals the program declares other values than with expressions, so the two cannot be compared. Declare values outside of `when` and `forEach`.',
  });
}

/** A literal as a program gets it in the place of an expression; the shape tells what it has that was not given. */
export function asLiteral(given: Json | undefined, shape: Shape): unknown {
  if (given === undefined) return new AbsentLiteral();
  const value = withDefaults(given, shape);
  if (Array.isArray(value)) return value.map((item) => asLiteral(item, itemShape(shape)));
  if (typeof value !== 'object' || value === null) return value;
  const fields: Fields = shape.type === 'object' ? shape.fields : {};
  const entries = Object.entries(value).map(([key, entry]): [string, unknown] => [
    key,
    asLiteral(entry, Object.hasOwn(fields, key) ? (fields[key] as Field).shape : itemShape(shape)),
  ]);
  const absent = Object.keys(fields).filter((key) => !Object.hasOwn(value, key));
  return literalMap(Object.fromEntries(entries), absent);
}

type Fields = Readonly<Record<string, Field>>;

function itemShape(shape: Shape): Shape {
  if (shape.type === 'list') return shape.items;
  return shape.type === 'map' ? shape.values : { type: 'raw' };
}
