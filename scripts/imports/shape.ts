import { ImportsError } from './imports-error';
import type { Schema } from './swagger';

export type Scalar =
  | 'string'
  | 'bytes'
  | 'boolean'
  | 'int32'
  | 'int64'
  | 'double'
  | 'intOrString'
  | 'quantity'
  | 'time'
  | 'microTime'
  | 'anything';

/** What a JSON value may be. Both printers (TypeScript, JSON schema) read this and never the OpenAPI document. */
export type Shape =
  | { readonly is: 'scalar'; readonly scalar: Scalar }
  | { readonly is: 'list'; readonly of: Shape }
  | { readonly is: 'map'; readonly of: Shape }
  | { readonly is: 'definition'; readonly id: string }
  | { readonly is: 'either'; readonly of: readonly Shape[] };

const scalar = (name: Scalar): Shape => ({ is: 'scalar', scalar: name });

const apimachinery = 'io.k8s.apimachinery.pkg';
const apiextensions = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1';
const jsonSchemaProps: Shape = { is: 'definition', id: `${apiextensions}.JSONSchemaProps` };

/**
 * Definitions whose Go types have an UnmarshalJSON of their own: the document gives them as `string`, as an object
 * without properties, or as nothing at all, none of which is what the server reads.
 */
export const wellKnown: Readonly<Record<string, Shape>> = {
  [`${apimachinery}.util.intstr.IntOrString`]: scalar('intOrString'),
  [`${apimachinery}.api.resource.Quantity`]: scalar('quantity'),
  [`${apimachinery}.apis.meta.v1.Time`]: scalar('time'),
  [`${apimachinery}.apis.meta.v1.MicroTime`]: scalar('microTime'),
  [`${apimachinery}.apis.meta.v1.FieldsV1`]: scalar('anything'),
  [`${apimachinery}.apis.meta.v1.Patch`]: scalar('anything'),
  [`${apimachinery}.runtime.RawExtension`]: scalar('anything'),
  [`${apiextensions}.JSON`]: scalar('anything'),
  [`${apiextensions}.JSONSchemaPropsOrArray`]: {
    is: 'either',
    of: [jsonSchemaProps, { is: 'list', of: jsonSchemaProps }],
  },
  [`${apiextensions}.JSONSchemaPropsOrBool`]: { is: 'either', of: [jsonSchemaProps, scalar('boolean')] },
  [`${apiextensions}.JSONSchemaPropsOrStringArray`]: {
    is: 'either',
    of: [jsonSchemaProps, { is: 'list', of: scalar('string') }],
  },
};

const scalarOfType: Readonly<Record<string, Scalar>> = {
  string: 'string',
  'string byte': 'bytes',
  boolean: 'boolean',
  'integer int32': 'int32',
  'integer int64': 'int64',
  'number double': 'double',
};

/**
 * Keywords that are read, or that say nothing about which values the server takes: list and map types and patch keys
 * are about merging, unions are not enforced. Any other keyword stops the generator, so that no constraint of a newer
 * document is lost unseen.
 */
const keywords = new Set([
  'description',
  'type',
  'format',
  '$ref',
  'items',
  'additionalProperties',
  'properties',
  'required',
  'x-kubernetes-group-version-kind',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-list-type',
  'x-kubernetes-map-type',
  'x-kubernetes-patch-merge-key',
  'x-kubernetes-patch-strategy',
  'x-kubernetes-unions',
]);

export function checkKeywords(schema: Schema, where: string): void {
  const unknown = Object.keys(schema).find((keyword) => !keywords.has(keyword));
  // The published document is made with OpenAPIEnums=false. One that lists values needs a decision a field: the
  // server refuses other values in some of these fields and takes any string in others.
  const listsValues = schema.description?.includes('Possible enum values:');
  if (unknown === undefined && !listsValues) return;
  throw new ImportsError('UNKNOWN_KEYWORD', {
    where,
    found: listsValues ? 'a description with "Possible enum values:"' : `the keyword "${unknown}"`,
    expected: 'keywords that the generator knows',
    remedy: 'Decide in scripts/imports/shape.ts what it means for the types and for the JSON schemas.',
  });
}

/** The shape of a property; `where` names it in errors. */
export function shapeOf(schema: Schema, where: string): Shape {
  checkKeywords(schema, where);
  if (schema.$ref !== undefined) return { is: 'definition', id: schema.$ref.replace('#/definitions/', '') };
  if (schema.type === 'array' && schema.items) return { is: 'list', of: shapeOf(schema.items, where) };
  if (schema.type === 'object' && schema.additionalProperties && !schema.properties) {
    return { is: 'map', of: shapeOf(schema.additionalProperties, where) };
  }
  const type = [schema.type, schema.format].filter(Boolean).join(' ');
  const name = scalarOfType[type];
  if (name !== undefined) return scalar(name);
  throw new ImportsError('UNKNOWN_SHAPE', {
    where,
    found: `type "${type}"`,
    expected: `an array with items, an object with additionalProperties, or one of ${Object.keys(scalarOfType).join(', ')}`,
    remedy: 'Teach scripts/imports/shape.ts what values the server takes there.',
  });
}
