import { type Expression, type Item, type JsonObject, Owner } from '../template';
import { checkDeclarations } from './check-declarations';
import type { Declaration, GivenFor } from './declaration';
import type { Declarations } from './declarations';
import { definitionFrom, expand, rememberDefinition } from './definition';
import { expressionLeaves, groupValues, literalLeaves } from './groups';
import { literalSet, nextSet } from './literal-mode';
import { checkPartially, parseValues } from './parse-values';
import type { SecretDeclaration, SecretValue } from './secret';
import type { SubchartGiven, SubchartView } from './subchart';
import type { SubchartDeclaration } from './subchart-declaration';
import { checkSubcharts, subchartSpecs } from './subchart-specs';

/** The declared values: each an expression of its type, in the groups they were declared in. */
export type Values<D extends Declarations> = {
  readonly [K in keyof D]: D[K] extends Declaration<infer T, unknown>
    ? ValueOf<T>
    : D[K] extends SecretDeclaration<infer S>
      ? SecretValue<S>
      : D[K] extends SubchartDeclaration<infer V, infer E>
        ? SubchartView<V> & (E extends true ? { readonly enabled: Expression<boolean> } : unknown)
        : D[K] extends Declarations
          ? Values<D[K]>
          : never;
} & ValuesMethods<D>;

type ValueOf<T> = [T] extends [Readonly<Record<string, unknown>> | readonly unknown[]]
  ? Item<T>
  : Expression<T>;

interface ValuesMethods<D extends Declarations> {
  /**
   * The whole set of values for what is given: defaults filled in, checked exactly as helm checks them.
   *
   * Wrong input throws `VALUES_INVALID` with every problem: its path, what was found and what is wanted.
   */
  parse(given: Given<D>): JsonObject;
}

/** What may be given for declared values: any part of them. */
export type Given<D extends Declarations> = {
  readonly [K in keyof D]?: D[K] extends Declaration<infer T, infer G>
    ? NonNullable<GivenFor<T, G>>
    : D[K] extends SecretDeclaration<infer S>
      ? SecretGiven<S>
      : D[K] extends SubchartDeclaration<infer V, infer E>
        ? SubchartGiven<V> & (E extends true ? { readonly enabled?: boolean } : object)
        : D[K] extends Declarations
          ? Given<D[K]>
          : never;
};

/** What may be given for a secret. */
type SecretGiven<K extends string> = { readonly [key in K | 'existingSecret']?: string };

/**
 * Declares the values of a chart. Each is then an expression, to be passed to whatever takes a `Templated<T>`.
 *
 * @example
 * const values = defineValues({
 *   replicas: value.integer({ default: 2, min: 1, max: 9, doc: 'How many pods run' }),
 *   database: value.secret({ doc: 'The database', keys: { url: 'Where it is' } }),
 * });
 */
export function defineValues<D extends Declarations>(declarations: D): Values<D> {
  checkDeclarations(declarations);
  const owner = new Owner('values', nextSet(), Object.keys(declarations).join(' '));
  const literals = literalSet(owner);
  const leafOf = literals ? literalLeaves(literals) : expressionLeaves(owner);
  const { values, secrets } = groupValues(declarations, leafOf);
  const plain = expand(declarations);
  const subcharts = subchartSpecs(declarations);
  checkSubcharts(subcharts, plain);
  const definition = definitionFrom({ owner, declarations: plain, secrets, subcharts });
  checkPartially(definition, {}, 'defaults');
  rememberDefinition(values, definition);
  Object.defineProperty(values, 'parse', { value: (given: JsonObject) => parseValues(definition, given) });
  Object.freeze(values);
  return values as Values<D>;
}
