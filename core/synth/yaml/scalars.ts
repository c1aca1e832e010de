import { Yaml } from 'cdk8s';
import { isPlainText } from './plain-text';

/** A key longer than this goes to the library, which prints very long keys in a form of their own. */
const LONGEST_KEY = 500;
/** Text that YAML could take for the end of a document: there the library looks at the depth. */
const DOCUMENT_MARKER = /^(%|---|\.\.\.)/;
const MOST_REMEMBERED = 10_000;

const values = new Map<string, string>();
const keys = new Map<string, string | undefined>();

/** A key as the library prints it; `undefined` when how it prints depends on where it is. */
export function keyText(key: string): string | undefined {
  if (keys.has(key)) return keys.get(key);
  return remember(keys, key, isPlainText(key) && key.length <= LONGEST_KEY ? key : oddKey(key));
}

function oddKey(key: string): string | undefined {
  if (key.length > LONGEST_KEY || DOCUMENT_MARKER.test(key)) return undefined;
  const printed = Yaml.stringify({ [key]: 0 });
  return printed.indexOf('\n') === printed.length - 1 && printed.endsWith(': 0\n')
    ? printed.slice(0, -': 0\n'.length)
    : undefined;
}

/** Text as the library prints it after `key: ` or `- `; further lines begin with the indent. */
export function stringText(text: string, indent: string): string {
  if (isPlainText(text)) return text;
  const known = values.get(text);
  if (known !== undefined) return known;
  const printed = libraryText(text);
  return printed.includes('\n') ? indented(printed, indent) : remember(values, text, printed);
}

export function numberText(number: number): string {
  return Number.isSafeInteger(number) && !Object.is(number, -0) ? String(number) : libraryText(number);
}

/** What the library prints for a scalar that is the value of a key at depth 0. */
function libraryText(scalar: string | number): string {
  return Yaml.stringify({ k: scalar }).slice('k: '.length, -1);
}

function indented(lines: string, indent: string): string {
  return lines.replace(/\n(?=[^\n])/g, `\n${indent}`);
}

function remember<T>(cache: Map<string, T>, key: string, value: T): T {
  if (cache.size >= MOST_REMEMBERED) cache.clear();
  cache.set(key, value);
  return value;
}
