import type { Json } from './nodes';

/** Text as Go's templates make it, where JavaScript's own way differs. */

/** A number in a text; -0 keeps its sign in Go. */
export function numberText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

/** JSON as Go's encoder writes it: keys sorted by bytes, `<`, `>`, `&` and line separators escaped. */
export function goJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(goJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const keys = Object.keys(value).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    return `{${keys.map((key) => `${goJson(key)}:${goJson((value as { [key: string]: Json })[key] as Json)}`).join(',')}}`;
  }
  if (typeof value === 'number') return numberText(value);
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, unicodeEscape);
}

/** A UTF-16 unit as JSON, YAML, Go and JavaScript all escape it: `\u003c`. */
export function unicodeEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
