import type { Json, JsonObject } from '../template';
import { KIND_OF_OBJECT, NAME_OF_OBJECT, TEXTS_OF_OBJECT } from './any-objects';
import { ANY_DATA, PRINTABLE } from './anything';
import { Declaration, type Defaulted, type Optional, type ValueOptions } from './declaration';
import { checkOptions } from './options';
import type { Schema } from './schema';

/** What whoever installs a chart changes of one of its objects, beyond its values. */
export interface ObjectPatch {
  /** The kind of the object: `Deployment`. */
  readonly kind: string;
  /** What the object is called in this release, as `helm template` prints it. */
  readonly name: string;
  /** Put into the object: maps into maps, named entries into lists of these, everything else in the place of what is there. */
  readonly merge?: JsonObject;
  /** Taken away before that: the keys that lead to each field, an entry of a list of named ones by its name. */
  readonly remove?: readonly (readonly string[])[];
}

const MERGED: Schema = {
  type: 'object',
  properties: {
    metadata: {
      type: 'object',
      properties: { labels: TEXTS_OF_OBJECT, annotations: TEXTS_OF_OBJECT },
      additionalProperties: ANY_DATA,
      propertyNames: { pattern: PRINTABLE },
    },
  },
  additionalProperties: ANY_DATA,
  propertyNames: { pattern: PRINTABLE },
};

const PATCH: Schema = {
  type: 'object',
  properties: {
    kind: KIND_OF_OBJECT,
    name: NAME_OF_OBJECT,
    merge: MERGED,
    remove: {
      type: 'array',
      items: { type: 'array', items: { type: 'string', pattern: PRINTABLE }, minItems: 1 },
    },
  },
  required: ['kind', 'name'],
  additionalProperties: false,
};

/**
 * Changes that whoever installs the chart makes to its objects, beyond what its values say; `chart.patches` lets them in.
 *
 * @example
 * const values = defineValues({ patches: value.patches({ default: [], doc: 'Changes of objects of this chart' }) });
 */
export function patches(
  options: Optional<ValueOptions<readonly ObjectPatch[]>>,
): Declaration<readonly ObjectPatch[] | undefined>;
export function patches(
  options: Defaulted<ValueOptions<readonly ObjectPatch[]>>,
): Declaration<readonly ObjectPatch[], readonly ObjectPatch[] | undefined>;
export function patches(
  options: ValueOptions<readonly ObjectPatch[]>,
): Declaration<readonly ObjectPatch[], readonly ObjectPatch[]>;
export function patches(
  options: ValueOptions<readonly ObjectPatch[]>,
): Declaration<readonly ObjectPatch[], readonly ObjectPatch[]> {
  checkOptions('patches', options);
  return new Declaration(
    'list of patches',
    { type: 'list', items: { type: 'map', values: { type: 'raw' }, keys: 'any' } },
    { type: 'array', items: PATCH },
    options as unknown as ValueOptions<Json>,
  );
}
