import type { Model } from './model';
import type { Scalar, Shape } from './shape';

export type JsonSchema = boolean | { readonly [keyword: string]: unknown };

type TypedSchema = { readonly type: string | readonly string[]; readonly [keyword: string]: unknown };

const int32 = { minimum: -(2 ** 31), maximum: 2 ** 31 - 1 };
const instant = '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}';
const zone = '(Z|[+-]\\d{2}:\\d{2})$';
const base64Character = '[A-Za-z0-9+/][\\r\\n]*';

/**
 * What the server's decoder takes for each scalar. Patterns rather than `format`, which validators may ignore. An
 * int64 has no bounds, because a JavaScript number cannot write them.
 */
const schemaOfScalar: Readonly<Record<Exclude<Scalar, 'anything'>, TypedSchema>> = {
  string: { type: 'string' },
  // Line breaks are allowed anywhere, so that a YAML block scalar passes as it does on the server.
  bytes: {
    type: 'string',
    pattern: `^[\\r\\n]*((${base64Character}){4})*((${base64Character}){2}=[\\r\\n]*=[\\r\\n]*|(${base64Character}){3}=[\\r\\n]*)?$`,
  },
  boolean: { type: 'boolean' },
  int32: { type: 'integer', ...int32 },
  int64: { type: 'integer' },
  double: { type: 'number' },
  intOrString: { type: ['integer', 'string'], ...int32 },
  quantity: {
    type: ['number', 'string'],
    pattern: '^\\s*[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+|[numkMGTPE]|[KMGTPE]i)?\\s*$',
  },
  time: { type: 'string', pattern: `${instant}([.,]\\d+)?${zone}` },
  // The server's layout has six digits and refuses fewer and more.
  microTime: { type: 'string', pattern: `${instant}[.,]\\d{6}${zone}` },
};

/**
 * The schema of one place in an object. With `orNull` it takes null too, which the server's decoder reads as absent.
 * List items and map values are never null: the decoder would turn them into empty strings or objects, which is never meant.
 */
export function propertySchema(
  shape: Shape,
  model: Model,
  { orNull }: { readonly orNull: boolean },
): JsonSchema {
  const nonNull = { orNull: false };
  switch (shape.is) {
    case 'scalar':
      return shape.scalar === 'anything' ? true : nullable(schemaOfScalar[shape.scalar], orNull);
    case 'list':
      return nullable({ type: 'array', items: propertySchema(shape.of, model, nonNull) }, orNull);
    case 'map':
      return nullable(
        { type: 'object', additionalProperties: propertySchema(shape.of, model, nonNull) },
        orNull,
      );
    case 'either':
      return {
        anyOf: [
          ...shape.of.map((one) => propertySchema(one, model, nonNull)),
          ...(orNull ? [{ type: 'null' }] : []),
        ],
      };
    case 'definition':
      return referenceSchema(shape.id, model, orNull);
  }
}

function referenceSchema(id: string, model: Model, orNull: boolean): JsonSchema {
  const definition = model.get(id);
  if (definition === undefined) throw new Error('readModel() has checked every reference');
  if ('alias' in definition.content) return propertySchema(definition.content.alias, model, { orNull });
  const reference = { $ref: `#/$defs/${definition.name}` };
  // The definition itself takes null.
  return orNull ? reference : { ...reference, type: 'object' };
}

function nullable(schema: TypedSchema, orNull: boolean): JsonSchema {
  return orNull ? { ...schema, type: [schema.type, 'null'].flat() } : schema;
}
