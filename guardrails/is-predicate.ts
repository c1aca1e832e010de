import type { Bound, Predicate } from '../check/predicates/predicate';

type Question = (given: unknown) => boolean;

const isText: Question = (given) => typeof given === 'string';
const isNumber: Question = (given) => Number.isFinite(given);
const isScalar: Question = (given) => isText(given) || isNumber(given) || typeof given === 'boolean';
const isBound: Question = (given) =>
  (['atLeast', 'atMost', 'exactly'] satisfies Bound[]).includes(given as Bound);
const isPlace: Question = (given) =>
  isMap(given) && ['item', 'pod', 'object'].includes(given.root as string) && listOf(isText)(given.keys);

const AT = { at: isPlace };
const EACH = { ...AT, each: isPredicate };
const LIST = { of: listOf(isPredicate) };
const PARTS: Readonly<Record<Predicate['op'], Readonly<Record<string, Question>>>> = {
  there: AT,
  oneOf: { ...AT, values: listOf(isScalar) },
  matches: { ...AT, pattern: isText },
  number: { ...AT, is: isBound, number: isNumber },
  quantity: { ...AT, is: isBound, amount: isText },
  every: EACH,
  some: EACH,
  everyValue: EACH,
  different: { ...AT, key: isText },
  named: { ...AT, list: isPlace, key: isText },
  all: LIST,
  any: LIST,
  not: { of: isPredicate },
};

/** Whether something is a predicate through and through: the compiler says so of a program in TypeScript alone. */
export function isPredicate(given: unknown): given is Predicate {
  if (!isMap(given) || !isText(given.op) || !Object.hasOwn(PARTS, given.op as string)) return false;
  return Object.entries(PARTS[given.op as Predicate['op']]).every(([part, isRight]) => isRight(given[part]));
}

function listOf(isRight: Question): Question {
  return (given) => Array.isArray(given) && given.every(isRight);
}

function isMap(given: unknown): given is Readonly<Record<string, unknown>> {
  return typeof given === 'object' && given !== null;
}
