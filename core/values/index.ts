import { type AnyObject, objects } from './any-objects';
import { list, map, object, raw } from './collection';
import { ref, resources } from './groups-of-values';
import { imageParts } from './image-values';
import { cidr, labels, schedule, url } from './kubernetes-texts';
import { boolean, integer, number, port } from './number';
import { type ObjectPatch, patches } from './patches';
import { secret } from './secret';
import { subchart } from './subchart';
import { allowedImage, cpu, dnsName, duration, image, memory, oneOf, string } from './text';

/**
 * The types of values: `value.integer({ default: 2, min: 1, doc: 'Pods to run' })`.
 *
 * @example
 * const values = defineValues({
 *   host: value.dnsName({ default: 'shop', doc: 'Its name' }),
 *   memory: value.memory({ default: '256Mi', doc: 'Memory of each pod' }),
 *   labels: value.map(value.string({ doc: 'A label' }), { default: {}, doc: 'More labels' }),
 * });
 */
export const value = {
  allowedImage,
  boolean,
  cidr,
  cpu,
  dnsName,
  duration,
  image,
  imageParts,
  integer,
  labels,
  list,
  map,
  memory,
  number,
  object,
  objects,
  oneOf,
  patches,
  port,
  raw,
  ref,
  resources,
  schedule,
  secret,
  string,
  subchart,
  url,
} as const;

export { ANYTHING } from './anything';
export { type ChartValues, type Coalesced, coalesceRelease, type Installed } from './coalesce';
export type { ListOptions } from './collection';
export { Declaration, type PlainDeclarations, type ValueOptions } from './declaration';
export type { Declarations } from './declarations';
export type { DeclaredValues, GivenOf } from './declared-values';
export { defineValues, type Given, type Values } from './define-values';
export { composeDefinitions, definitionOf, withReleaseKeys } from './definition';
export type {
  RefOptions,
  RefValues,
  ResourceValues,
  ResourceValuesOptions,
} from './groups-of-values';
export { type ImageValues, type ImageValuesOptions, imageReference } from './image-values';
export type { UrlOptions } from './kubernetes-texts';
export { inLiteralMode, LITERALS_VARIABLE, type Literals, literalCharts } from './literal-mode';
export { mergeGiven, mergeValues } from './merge';
export { NAMES } from './names';
export { NAMING, type NamingGiven, namingDeclarations } from './naming-values';
export type { NumberOptions } from './number';
export { oddValues } from './odd-values';
export { checkPartially, parseValues, problemsIn, refuseSecrets, valuesInvalid } from './parse-values';
export { type Problem, problemsOf } from './problems';
export { STAND_IN_SECRET, type Trial, trialOf } from './samples';
export type { Schema } from './schema';
export { type SecretKey, type SecretOptions, SecretValue, secretTexts } from './secret';
export type { SubchartGiven, SubchartOptions, SubchartView } from './subchart';
export { SubchartDeclaration, subchartView } from './subchart-declaration';
export type { StringOptions } from './text';
export type { SubchartSpec, ValuesDefinition } from './values-definition';
export { messageAt, VALUES_HERE } from './values-here';
export type { AnyObject, ObjectPatch };
