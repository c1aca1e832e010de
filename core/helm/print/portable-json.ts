import { unicodeEscape } from '../../template';

/** What JSON leaves as it is, and some reader of YAML, of Go or of a schema does not take. */
const UNSAFE = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** JSON in which every character is one that each reader of a chart takes. */
export function portableJson(json: string): string {
  return json.replace(UNSAFE, unicodeEscape);
}
