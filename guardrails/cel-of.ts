import type { Bound, Place, Predicate, Scalar } from '../check/predicates/predicate';
import { celField, celLiteral, celText } from '../constructs/sandbox-rbac/policy/cel';

const COMPARED: Readonly<Record<Bound, string>> = { atLeast: '>=', atMost: '<=', exactly: '==' };

/**
 * A predicate as CEL, for an item that is a CEL expression of its own. Every field is optional there, so that what is not
 * there is no error.
 */
export function celOf(predicate: Predicate, item: string, depth = 0): string {
  const place = (at: Place) => celPlace(at, item);
  // A name for each depth: inside of a map the item itself is read from the one outside.
  const value = `v${depth}`;
  const where = (at: Place, condition: string, whereAbsent = false) =>
    `${ofAnyType(place(at), value)}.optMap(${value}, ${condition}).orValue(${whereAbsent})`;
  switch (predicate.op) {
    case 'all':
      return joined(predicate.of, '&&', 'true', item, depth);
    case 'any':
      return joined(predicate.of, '||', 'false', item, depth);
    case 'not':
      return `!(${celOf(predicate.of, item, depth)})`;
    case 'there':
      return `${place(predicate.at)}.hasValue()`;
    case 'oneOf':
      return where(predicate.at, isOneOf(value, predicate.values));
    case 'matches':
      return where(
        predicate.at,
        `type(${value}) == string && ${value}.matches(${celText(predicate.pattern)})`,
      );
    case 'number': {
      const isNumber = `(type(${value}) == int || type(${value}) == double)`;
      return where(
        predicate.at,
        `${isNumber} && ${value} ${COMPARED[predicate.is]} ${celScalar(predicate.number)}`,
      );
    }
    case 'quantity': {
      const compared = `quantity(string(${value})).compareTo(quantity(${celText(predicate.amount)}))`;
      return where(predicate.at, `isQuantity(string(${value})) && ${compared} ${COMPARED[predicate.is]} 0`);
    }
    case 'every':
      return where(predicate.at, eachOf(value, 'all', predicate.each, depth), true);
    case 'some':
      return where(predicate.at, eachOf(value, 'exists', predicate.each, depth));
    case 'everyValue': {
      const each = celOf(predicate.each, `${value}[k${depth}]`, depth + 1);
      return where(predicate.at, `${value}.all(k${depth}, ${each})`, true);
    }
    case 'different': {
      const [one, other] = [`e${depth}`, `e${depth + 1}`];
      const same = `${celField(one, predicate.key)} == ${celField(other, predicate.key)}`;
      return where(
        predicate.at,
        `${value}.all(${one}, ${value}.filter(${other}, ${same}).size() == 1)`,
        true,
      );
    }
    case 'named': {
      const same = `${celField(`e${depth}`, predicate.key)} == optional.of(${value})`;
      const isKnown = `${place(predicate.list)}.orValue([]).exists(e${depth}, ${same})`;
      return where(predicate.at, `type(${value}) != string || ${isKnown}`, true);
    }
  }
}

/** How a text, a yes or no, an int and a double are written. */
const TYPES = [/^'/, /^[tf]/, /^-?\d+$/, /^-?\d+[.e]/];

/** A list of CEL has values of one type alone; a value of another type is in none of them. */
function isOneOf(value: string, values: readonly Scalar[]): string {
  const texts = values.map(celScalar);
  const alike = TYPES.map((type) => texts.filter((text) => type.test(text))).filter(
    ({ length }) => length > 0,
  );
  return alike.map((list) => `${value} in [${list.join(', ')}]`).join(' || ') || 'false';
}

/** Beyond what is a whole number for certain, a number is a double, whose literal has an exponent. */
function celScalar(value: Scalar): string {
  const isDouble = Number.isInteger(value) && !Number.isSafeInteger(value);
  return isDouble ? (value as number).toExponential() : celLiteral(value);
}

function eachOf(list: string, macro: 'all' | 'exists', each: Predicate, depth: number): string {
  return `${list}.${macro}(e${depth}, ${celOf(each, `e${depth}`, depth + 1)})`;
}

function joined(of: readonly Predicate[], by: string, none: string, item: string, depth: number): string {
  return of.length === 0 ? none : of.map((one) => `(${celOf(one, item, depth)})`).join(` ${by} `);
}

/** What is read by an index has the type that it is first compared with, and may then be compared with no other. */
function ofAnyType(place: string, value: string): string {
  return place.endsWith(']') ? `${place}.optMap(${value}, dyn(${value}))` : place;
}

function celPlace({ root, keys }: Place, item: string): string {
  const base = { item, pod: 'variables.pod', object: 'dyn(object)' }[root];
  return keys.length === 0 ? `optional.of(${base})` : keys.reduce(celField, base);
}
