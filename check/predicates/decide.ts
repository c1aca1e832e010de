import { quantityOf } from '../../core/schema';
import type { Bound, Place, Predicate } from './predicate';

/** What a predicate is asked of. */
export interface Asked {
  readonly object?: unknown;
  /** The template of its pods, with `metadata` and `spec`. */
  readonly pod?: unknown;
  /** The object, the pod, a container, or an entry of a list. */
  readonly item: unknown;
}

/** Whether a predicate holds. */
export function decide(predicate: Predicate, asked: Asked): boolean {
  switch (predicate.op) {
    case 'all':
      return predicate.of.every((one) => decide(one, asked));
    case 'any':
      return predicate.of.some((one) => decide(one, asked));
    case 'not':
      return !decide(predicate.of, asked);
    case 'named': {
      const name = valueAt(predicate.at, asked);
      const isKnown = (entry: unknown) => entryAt(entry, predicate.key) === name;
      return typeof name !== 'string' || listOf(valueAt(predicate.list, asked)).some(isKnown);
    }
    case 'there':
      return valueAt(predicate.at, asked) !== undefined;
    default:
      return decideValue(predicate, valueAt(predicate.at, asked), asked);
  }
}

type OfValue = Exclude<Predicate, { readonly op: 'all' | 'any' | 'not' | 'named' | 'there' }>;

function decideValue(predicate: OfValue, value: unknown, asked: Asked): boolean {
  switch (predicate.op) {
    case 'oneOf':
      return predicate.values.some((one) => one === value);
    case 'matches':
      return typeof value === 'string' && new RegExp(predicate.pattern, 'u').test(value);
    case 'number':
      return typeof value === 'number' && isWithin(value, predicate.is, predicate.number);
    case 'quantity': {
      const [amount, bound] = [quantityOf(value), quantityOf(predicate.amount)];
      return amount !== undefined && bound !== undefined && isWithin(amount, predicate.is, bound);
    }
    case 'every':
      return listOf(value).every((item) => decide(predicate.each, { ...asked, item }));
    case 'some':
      return listOf(value).some((item) => decide(predicate.each, { ...asked, item }));
    case 'everyValue':
      return Object.values(mapOf(value)).every((item) => decide(predicate.each, { ...asked, item }));
    case 'different': {
      const texts = listOf(value).map((entry) => entryAt(entry, predicate.key));
      return new Set(texts).size === texts.length;
    }
  }
}

/** Amounts come from texts with a unit: what differs in the last digit of a fraction is the same amount. */
const PRECISION = 1e-12;

function isWithin(value: number, is: Bound, bound: number): boolean {
  const isSame = Math.abs(value - bound) <= PRECISION * Math.max(Math.abs(value), Math.abs(bound));
  if (is === 'exactly') return isSame;
  return isSame || (is === 'atLeast' ? value > bound : value < bound);
}

/** `null` is nothing, as for the server. */
function valueAt({ root, keys }: Place, asked: Asked): unknown {
  return keys.reduce<unknown>(entryAt, asked[root]) ?? undefined;
}

function entryAt(value: unknown, key: string): unknown {
  const map = mapOf(value);
  return Object.hasOwn(map, key) ? (map[key] ?? undefined) : undefined;
}

function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isMap ? (value as Readonly<Record<string, unknown>>) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
