import type { Json } from '../../core/template/nodes';

/** What Helm's YAML reader refuses raw between double quotes, or folds as a line break, though JSON allows it. */
const ESCAPED = /[\u007f-\u009f\u2028\u2029\ufffe\uffff]/g;

/**
 * Data as a values file that Helm reads back exactly: JSON, except for what YAML takes otherwise. Astral characters stay
 * raw (Helm refuses escaped surrogate pairs), and -0 becomes -0.0 (YAML reads -0 as the integer 0).
 */
export function valuesFile(data: Json): string {
  if (Array.isArray(data)) return `[${data.map(valuesFile).join(', ')}]`;
  if (typeof data === 'object' && data !== null) {
    const entries = Object.entries(data as { readonly [key: string]: Json });
    return `{${entries.map(([key, value]) => `${valuesFile(key)}: ${valuesFile(value)}`).join(', ')}}`;
  }
  if (Object.is(data, -0)) return '-0.0';
  return JSON.stringify(data).replace(
    ESCAPED,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
