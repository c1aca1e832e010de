import fc from 'fast-check';
import { anyJson } from './any-json';

/** What is thrown by values that throw when they are looked at: an error of theirs, and none of ours. */
export class OwnError extends Error {}

/** Makes a value that even the generator must not look at. */
export type Odd = () => unknown;

const throwing = () => {
  throw new OwnError('a value that throws when it is looked at');
};

function holdingItself(isList: boolean): unknown {
  const list: unknown[] = [];
  const object = { name: 'a', list };
  list.push(object, list);
  return isList ? list : object;
}

const TRAPS = ['get', 'has', 'ownKeys', 'getOwnPropertyDescriptor', 'getPrototypeOf'];

/** A proxy that throws at some of the questions that can be asked of an object. */
const proxies: fc.Arbitrary<Odd> = fc
  .tuple(fc.subarray(TRAPS, { minLength: 1 }), fc.boolean())
  .map(([traps, isList]) => {
    const handler = Object.fromEntries(traps.map((trap) => [trap, throwing]));
    return () => new Proxy<object>(isList ? [1] : { name: 'a' }, handler);
  });

const READ = ['name', 'toJSON', 'toString', 'length', 'then'];

const leaf: fc.Arbitrary<Odd> = fc.oneof(
  fc.bigInt().map((value) => () => value),
  fc.constantFrom<Odd>(
    () => undefined,
    () => Symbol('odd'),
    () => throwing,
    () => Number.NaN,
    () => new Date(Number.NaN),
    () => new Map([[1, 2]]),
    () => Object.create(null),
    () => class {},
    () => 'x'.repeat(200_000),
    () => Array(50_000).fill(0),
  ),
  fc.boolean().map((isList) => () => holdingItself(isList)),
  fc
    .constantFrom(...READ)
    .map((key) => () => Object.defineProperty({}, key, { get: throwing, enumerable: true })),
  fc.constantFrom('toJSON', 'toString', 'valueOf').map((key) => () => ({ [key]: throwing })),
  proxies,
);

const part = fc.oneof(
  leaf,
  anyJson.map((value) => () => value),
);

/** What no JSON holds, and a caller in JavaScript can give by mistake: alone, and inside of something else. */
export const oddValues: fc.Arbitrary<Odd> = fc.oneof(
  { weight: 3, arbitrary: leaf },
  {
    weight: 1,
    arbitrary: fc.array(part, { maxLength: 3 }).map((parts) => () => parts.map((make) => make())),
  },
  {
    weight: 1,
    arbitrary: fc
      .dictionary(fc.constantFrom('name', 'metadata', 'a', 'image'), part, { maxKeys: 3 })
      .map((parts) => () => Object.fromEntries(Object.entries(parts).map(([key, make]) => [key, make()]))),
  },
);

/** Anything that a caller without types can give, JSON or not. */
export const anything: fc.Arbitrary<Odd> = fc.oneof(
  anyJson.map((value) => () => value),
  oddValues,
);
