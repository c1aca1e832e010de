import { ANYTHING, type Schema, withGlobal } from '../values';

/** `values.schema.json`: draft-07, the one that both helm versions, editors and `cdk8s import` read. */
export function valuesSchema(schema: Schema): string {
  const root = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    ...withGlobal(schema),
    ...(usesAnything(schema) ? { definitions: { anything: ANYTHING } } : {}),
  };
  return `${escapeControls(JSON.stringify(root, null, 2))}\n`;
}

function usesAnything(schema: Schema): boolean {
  return JSON.stringify(schema).includes('#/definitions/anything');
}

/** Control characters as escapes, so that the file is readable text. */
function escapeControls(json: string): string {
  return json.replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
