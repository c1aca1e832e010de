import type { Json } from '../template';

/**
 * The part of JSON Schema draft-07 that declarations are made of: what helm's validator and `check.ts` both decide
 * alike. `oneOf` is left out on purpose: its errors are unreadable in helm.
 */
export interface Schema {
  readonly type?: 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object' | readonly SchemaType[];
  /** The one definition that there is: any data, for values that are passed through. */
  readonly $ref?: '#/definitions/anything';
  /** Marks a secret: what is given is not to be shown to anybody. */
  readonly writeOnly?: true;
  /** The name as forms show it. */
  readonly title?: string;
  readonly description?: string;
  readonly default?: Json;
  readonly examples?: readonly Json[];
  readonly enum?: readonly Json[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly propertyNames?: Schema;
  /**
   * What has to hold as well. `cdk8s import` does not read it, so that is where what it takes wrongly is said: values that
   * have to be there and are, by their defaults, and data of any type.
   */
  readonly allOf?: readonly Schema[];
}

export type SchemaType = 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object';
