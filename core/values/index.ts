import { list, map, object, raw } from './collection';
import { boolean, integer, number, port } from './number';
import { secret } from './secret';
import { cpu, dnsName, duration, image, memory, oneOf, string } from './text';

/** The types of values: `value.integer({ default: 2, min: 1, doc: 'Pods to run' })`. */
export const value = {
  boolean,
  cpu,
  dnsName,
  duration,
  image,
  integer,
  list,
  map,
  memory,
  number,
  object,
  oneOf,
  port,
  raw,
  secret,
  string,
} as const;

export { check, type Problem } from './check';
export { ANYTHING, type ListOptions } from './collection';
export { Declaration, type ValueOptions } from './declaration';
export {
  checkPartially,
  composeDefinitions,
  type Declarations,
  type DeclaredValues,
  defineValues,
  definitionOf,
  type Given,
  type GivenOf,
  type PlainDeclarations,
  parseValues,
  refuseSecrets,
  type Values,
  type ValuesDefinition,
  withGlobal,
} from './define-values';
export { inLiteralMode, LITERALS_VARIABLE, type Literals } from './literal-mode';
export { mergeGiven, mergeValues } from './merge';
export { nearest } from './nearest';
export type { NumberOptions } from './number';
export { oddValues } from './odd-values';
export type { Schema } from './schema';
export { type SecretKey, type SecretOptions, SecretValue } from './secret';
export type { StringOptions } from './text';
