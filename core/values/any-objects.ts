import type { Json, JsonObject } from '../template';
import { ANY_DATA, PRINTABLE } from './anything';
import { Declaration, type Defaulted, type Optional, type ValueOptions } from './declaration';
import { checkOptions } from './options';
import type { Schema } from './schema';

/** Any object of Kubernetes, as far as its name, its kind and what helm itself reads of it. */
export type AnyObject = JsonObject & {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: JsonObject & { readonly name: string };
};

export const TEXTS_OF_OBJECT: Schema = {
  type: 'object',
  additionalProperties: { type: 'string', pattern: PRINTABLE },
  propertyNames: { pattern: PRINTABLE },
};

export const KIND_OF_OBJECT: Schema = { type: 'string', pattern: '^[A-Z][A-Za-z0-9]*$' };
export const NAME_OF_OBJECT: Schema = {
  type: 'string',
  pattern: '^[A-Za-z0-9]([A-Za-z0-9.:_-]*[A-Za-z0-9])?$',
  maxLength: 253,
};

const ANY_OBJECT: Schema = {
  type: 'object',
  properties: {
    apiVersion: { type: 'string', pattern: '^([a-z0-9.-]+/)?v[0-9][a-z0-9]*$' },
    kind: KIND_OF_OBJECT,
    metadata: {
      type: 'object',
      properties: {
        name: NAME_OF_OBJECT,
        labels: TEXTS_OF_OBJECT,
        annotations: TEXTS_OF_OBJECT,
      },
      required: ['name'],
      additionalProperties: ANY_DATA,
      propertyNames: { pattern: PRINTABLE },
    },
  },
  required: ['apiVersion', 'kind', 'metadata'],
  additionalProperties: ANY_DATA,
  propertyNames: { pattern: PRINTABLE },
};

/** Objects of any kind that whoever installs the chart adds to it; `chart.extraObjects` puts them there. */
export function objects(
  options: Optional<ValueOptions<readonly AnyObject[]>>,
): Declaration<readonly AnyObject[] | undefined>;
export function objects(
  options: Defaulted<ValueOptions<readonly AnyObject[]>>,
): Declaration<readonly AnyObject[], readonly AnyObject[] | undefined>;
export function objects(
  options: ValueOptions<readonly AnyObject[]>,
): Declaration<readonly AnyObject[], readonly AnyObject[]>;
export function objects(
  options: ValueOptions<readonly AnyObject[]>,
): Declaration<readonly AnyObject[], readonly AnyObject[]> {
  checkOptions('objects', options);
  return new Declaration(
    'list of objects',
    { type: 'list', items: { type: 'map', values: { type: 'raw' }, keys: 'any' } },
    { type: 'array', items: ANY_OBJECT },
    options as ValueOptions<Json>,
  );
}
