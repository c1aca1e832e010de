import type { KubeObject } from '../../kube';
import type { Rule, Schema } from './schema';

/** A column of `kubectl get`. */
export interface Column {
  readonly name: string;
  readonly jsonPath: string;
  readonly type?: 'string' | 'integer' | 'date';
  /** Shown with `-o wide` alone. */
  readonly wide?: boolean;
}

export interface DefinitionOptions {
  readonly kind: string;
  readonly plural: string;
  readonly shortNames: readonly string[];
  readonly scope: 'Namespaced' | 'Cluster';
  readonly doc: string;
  readonly spec: Schema<unknown>;
  readonly status: Schema<unknown>;
  /** Of the whole object, such as of its name. */
  readonly rules?: readonly Rule[];
  readonly columns: readonly Column[];
}

export const GROUP = 'ajj.io';
export const VERSION = 'v1';
export const API_VERSION = `${GROUP}/${VERSION}` as const;

export interface Definition extends KubeObject {
  readonly metadata: { readonly name: string };
  readonly spec: object;
}

/** The CustomResourceDefinition of a kind. */
export function definition(options: DefinitionOptions): Definition {
  const { kind, plural, shortNames, scope, doc, spec, status, rules, columns } = options;
  const age: Column = { name: 'Age', jsonPath: '.metadata.creationTimestamp', type: 'date' };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${GROUP}` },
    spec: {
      group: GROUP,
      scope,
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List`, shortNames },
      versions: [
        {
          ...{ name: VERSION, served: true, storage: true, subresources: { status: {} } },
          additionalPrinterColumns: [...columns, age].map(({ wide, type = 'string', ...column }) => ({
            ...column,
            type,
            ...(wide ? { priority: 1 } : {}),
          })),
          schema: {
            openAPIV3Schema: {
              description: doc,
              type: 'object',
              required: ['spec'],
              properties: {
                apiVersion: { type: 'string' },
                kind: { type: 'string' },
                metadata: { type: 'object' },
                spec: spec.json,
                status: status.json,
              },
              ...(rules ? { 'x-kubernetes-validations': rules } : {}),
            },
          },
        },
      ],
    },
  };
}
