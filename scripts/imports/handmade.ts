import type { GroupVersionKind, Schema, Swagger } from './swagger';

/** A swagger piece for tests: an object with these properties. */
export function object(
  properties: Readonly<Record<string, Schema>>,
  { required = [], description }: { required?: readonly string[]; description?: string } = {},
): Schema {
  return { type: 'object', properties, required, ...(description === undefined ? {} : { description }) };
}

/** The same as a kind, with the two fields that every kind has. */
export function kind(
  gvk: GroupVersionKind,
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[] = [],
): Schema {
  const typeMeta = { apiVersion: { type: 'string' }, kind: { type: 'string' } };
  return {
    ...object({ ...typeMeta, ...properties }, { required }),
    'x-kubernetes-group-version-kind': [gvk],
  };
}

export const ref = (id: string): Schema => ({ $ref: `#/definitions/${id}` });

export const text: Schema = { type: 'string' };

export const list = (items: Schema): Schema => ({ type: 'array', items });

export const map = (additionalProperties: Schema): Schema => ({ type: 'object', additionalProperties });

export const swagger = (definitions: Swagger['definitions']): Swagger => ({ definitions, paths: {} });

export const intOrString = 'io.k8s.apimachinery.pkg.util.intstr.IntOrString';
export const quantity = 'io.k8s.apimachinery.pkg.api.resource.Quantity';
export const rawExtension = 'io.k8s.apimachinery.pkg.runtime.RawExtension';
export const apiextensions = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1';
