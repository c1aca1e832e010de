import { type Json, unicodeEscape } from '../../../core/template';

/** A text as CEL writes it, in single quotes. */
export function celText(text: string): string {
  const escaped = text.replace(/[\\']/g, '\\$&').replace(/[\p{Cc}\u2028\u2029]/gu, unicodeEscape);
  return `'${escaped}'`;
}

/** Plain data as a CEL literal. */
export function celLiteral(json: Json): string {
  if (typeof json === 'string') return celText(json);
  if (Array.isArray(json)) return `[${json.map(celLiteral).join(', ')}]`;
  if (typeof json !== 'object' || json === null) return String(json);
  return `{${Object.entries(json)
    .map(([key, value]) => `${celText(key)}: ${celLiteral(value)}`)
    .join(', ')}}`;
}

/** One field below an optional value: `x.?name`, or `x[?'odd-name']` where the name is no identifier, or a word of CEL. */
export function celField(base: string, key: string): string {
  return /^(?!(true|false|null|in)$)[A-Za-z_][A-Za-z0-9_]*$/.test(key)
    ? `${base}.?${key}`
    : `${base}[?${celText(key)}]`;
}
