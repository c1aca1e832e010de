import { ANYTHING, type Schema, withReleaseKeys } from '../values';
import { portableJson } from './print/portable-json';

/** `values.schema.json`: draft-07, the one that both helm versions, editors and `cdk8s import` read. */
export function valuesSchema(schema: Schema): string {
  const root = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    ...withReleaseKeys(schema),
    ...(usesAnything(schema) ? { definitions: { anything: ANYTHING } } : {}),
  };
  return `${portableJson(JSON.stringify(root, null, 2))}\n`;
}

function usesAnything(schema: Schema): boolean {
  return JSON.stringify(schema).includes('#/definitions/anything');
}
