import { randomUUID } from 'node:crypto';

/**
 * JSON that keeps every integer. Kubernetes has int64 fields and custom resources may hold any; beyond 2^53 a number
 * of JavaScript would change them silently, so there, and only there, such an integer is read as a `bigint`, and a
 * `bigint` is written as plain digits.
 */
export function parseJson(text: string): unknown {
  if (!maybeLarge.test(text)) return JSON.parse(text);
  // Not even a token that looks like ours can be forged by a server: the mark is new in every process.
  return JSON.parse(markLarge(text), (_key, value) =>
    typeof value === 'string' && value.startsWith(mark) ? BigInt(value.slice(mark.length)) : value,
  );
}

/** Puts quotes and the mark around integers that a number would change. Strings are walked over, at any length. */
function markLarge(text: string): string {
  let marked = '';
  let at = 0;
  while (at < text.length) {
    const quote = text.indexOf('"', at);
    const end = quote < 0 ? text.length : quote;
    marked += text.slice(at, end).replace(number, (token) => {
      const isLarge = /^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token));
      return isLarge ? `"${mark}${token}"` : token;
    });
    at = quote < 0 ? end : endOfString(text, quote);
    marked += text.slice(end, at);
  }
  return marked;
}

/** The place behind the closing quote: one with an even number of backslashes before it. */
function endOfString(text: string, opening: number): number {
  for (let quote = text.indexOf('"', opening + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let slashes = 0;
    while (text[quote - 1 - slashes] === '\\') slashes += 1;
    if (slashes % 2 === 0) return quote + 1;
  }
  return text.length;
}

/**
 * @param indent how many spaces deeper each level is; all on one line without it
 * @param replace what is written for a value, as `JSON.stringify` asks for it
 */
export function stringifyJson(
  value: unknown,
  indent?: number,
  replace?: (key: string, item: unknown) => unknown,
): string {
  try {
    return JSON.stringify(value, replace, indent);
  } catch (error) {
    if (!/BigInt/.test(String(error))) throw error;
  }
  const withMarks = (key: string, given: unknown) => {
    const item = replace ? replace(key, given) : given;
    return typeof item === 'bigint' ? `${mark}${item}` : item;
  };
  return JSON.stringify(value, withMarks, indent).replace(markedString, '$1');
}

const mark = `bigint-${randomUUID()}:`;
const maybeLarge = /[[:,\s]-?\d{16}|^-?\d{16}/;
const number = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const markedString = new RegExp(`"${mark}(-?\\d+)"`, 'g');
