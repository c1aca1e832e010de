import type { Tree } from '../../template';
import { describe } from '../fault';
import type { Format } from '../formats';
import { quantityOf } from '../quantity';
import type { Walk } from '../walk';

/** What the schema does not say of one field whose value has the right type. */
export type FieldRule = (value: Tree, walk: Walk) => void;

/** What the schema does not say of several fields of an object that have the right types. */
export type ObjectRule = (value: Tree, walk: Walk) => void;

/** A text, or each text of a list, has a form. */
export function text({ matches, expected }: Format): FieldRule {
  const check: FieldRule = (value, walk) => {
    if (typeof value === 'string' && !matches(value)) walk.fault([], { found: describe(value), expected });
  };
  return eachOf(check);
}

/** A number, or each number of a list, lies between two bounds. */
export function number(least: number, most = Number.POSITIVE_INFINITY): FieldRule {
  const expected =
    most === Number.POSITIVE_INFINITY ? `${least} or more` : `a number from ${least} to ${most}`;
  return eachOf((value, walk) => {
    if (typeof value === 'number' && (value < least || value > most))
      walk.fault([], { found: String(value), expected });
  });
}

/** A number between bounds, or a text of a form. */
export function numberOrText(least: number, most: number, { matches, expected }: Format): FieldRule {
  return (value, walk) => {
    const isRight = typeof value === 'number' ? value >= least && value <= most : matches(String(value));
    if (!isRight)
      walk.fault([], {
        found: describe(value),
        expected: `a number from ${least} to ${most}, or ${expected}`,
      });
  };
}

/** The keys of a map have a form, and where one is given the values too. */
export function map(key: Format, value?: Format): FieldRule {
  return (given, walk) => {
    for (const [name, one] of Object.entries(given as object)) {
      if (!key.matches(name))
        walk.fault([name], {
          found: `the key ${describe(name)}`,
          expected: key.expected,
          remedy: 'Rename the key.',
        });
      if (value && typeof one === 'string' && !value.matches(one))
        walk.fault([name], { found: describe(one), expected: value.expected });
    }
  };
}

/** Each amount of a map of resources is zero or more. */
export const amounts: FieldRule = (given, walk) => {
  for (const [name, one] of Object.entries(given as object)) {
    const amount = typeof one === 'string' || typeof one === 'number' ? quantityOf(one) : undefined;
    if (amount !== undefined && amount < 0)
      walk.fault([name], { found: describe(one), expected: 'zero or more' });
  }
};

export function both(...rules: readonly FieldRule[]): FieldRule {
  return (value, walk) => {
    for (const rule of rules) rule(value, walk);
  };
}

/** A list has an entry at least. */
export const someEntry: FieldRule = (value, walk) => {
  if (Array.isArray(value) && value.length === 0)
    walk.fault([], { found: 'an empty list', expected: 'an entry at least', remedy: 'Add an entry.' });
};

/** An object rule over a value of which the types are known. */
export function rule<T>(check: (value: T, walk: Walk) => void): ObjectRule {
  return (value, walk) => check(value as T, walk);
}

function eachOf(check: FieldRule): FieldRule {
  return (value, walk) => {
    if (!Array.isArray(value)) check(value, walk);
    else
      for (const [index, one] of (value as readonly Tree[]).entries()) {
        walk.enter(index);
        check(one, walk);
        walk.leave();
      }
  };
}
