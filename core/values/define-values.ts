import { DrydockError, type Expression, type Item, type JsonObject, Owner } from '../template';
import { badName } from './bad-name';
import { Declaration } from './declaration';
import type { Declarations } from './declarations';
import { definitionFrom, expand, rememberDefinition } from './definition';
import { expressionLeaves, groupValues, literalLeaves } from './groups';
import { literalSet, nextSet } from './literal-mode';
import { checkPartially, parseValues } from './parse-values';
import { SecretDeclaration, type SecretValue } from './secret';
import type { SubchartGiven, SubchartView } from './subchart';
import { SubchartDeclaration } from './subchart-declaration';
import { checkSubcharts, subchartSpecs } from './subchart-specs';

/** The declared values: each an expression of its type, in the groups they were declared in. */
export type Values<D extends Declarations> = {
  readonly [K in keyof D]: D[K] extends Declaration<infer T>
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
  readonly [K in keyof D]?: D[K] extends Declaration<infer T>
    ? NonNullable<T>
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

const NAME = /^[a-zA-Z][a-zA-Z0-9_]*$/;
/** What a subchart is called is the start of its objects' names. */
const SUBCHART_NAME = /^[a-z]([a-z0-9-]*[a-z0-9])?$/;

/** Declares the values of a chart. Each is then an expression, to be passed to whatever takes a `Templated<T>`. */
export function defineValues<D extends Declarations>(declarations: D): Values<D> {
  checkNames(declarations, '');
  checkReserved(declarations);
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

/** The names that helm itself gives a meaning to, and the one of our own method. */
function checkReserved({ parse, global, tags }: Declarations): void {
  if (parse !== undefined) throw badName('parse', 'This library uses the name; call it something else.');
  if (global !== undefined && !isGroup(global))
    throw badName('global', 'Helm shares what is under `global` with every subchart: declare a group there.');
  const areSwitches =
    tags === undefined || (isGroup(tags) && Object.values(tags).every((tag) => isRequiredSwitch(tag)));
  if (!areSwitches)
    throw badName('tags', 'Helm leaves subcharts out by what is under `tags`: booleans with defaults.');
}

function isRequiredSwitch(entry: Declarations[string]): boolean {
  if (!(entry instanceof Declaration) || entry.shape.type !== 'boolean') return false;
  return entry.options.default !== undefined && !entry.options.optional;
}

function isGroup(entry: Declarations[string]): entry is Declarations {
  const isLeaf = entry instanceof Declaration || entry instanceof SecretDeclaration;
  return !isLeaf && !(entry instanceof SubchartDeclaration);
}

function checkNames(declarations: Declarations, path: string): void {
  for (const [key, entry] of Object.entries(declarations)) {
    if (entry instanceof SubchartDeclaration) checkSubchartName(key, path);
    else if (!NAME.test(key))
      throw badName(
        `${path}${key}`,
        'Use letters, digits and underscores, beginning with a letter, so that `.Values.name` and `--set name=...` work.',
      );
    else if (isGroup(entry)) checkNames(entry, `${path}${key}.`);
    else if (!entry.options.doc?.trim()) throw noDoc(`${path}${key}`);
  }
}

function checkSubchartName(key: string, path: string): void {
  if (path !== '')
    throw badName(
      `${path}${key}`,
      'Helm looks for the values of subcharts at the top only; declare it there.',
    );
  if (!SUBCHART_NAME.test(key) || ['global', 'tags', 'parse'].includes(key))
    throw badName(
      key,
      'It is what the subchart is called, and names begin with it: lower-case letters, digits and dashes.',
    );
}

function noDoc(name: string): DrydockError {
  return new DrydockError('VALUE_WITHOUT_DOC', {
    where: 'defineValues',
    found: `"${name}" without a line of documentation`,
    expected: 'doc: "..."',
    remedy: 'The line stands in values.yaml, where whoever installs the chart reads it.',
  });
}
