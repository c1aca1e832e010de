import { randomUUID } from 'node:crypto';

/**
 * JSON that keeps every integer. Kubernetes has int64 fields and custom resources may hold any; beyond 2^53 a number
 * of JavaScript would change them silently, so there, and only there, such an integer is read as a `bigint`, and a
 * `bigint` is written as plain digits.
 */
export function parseJson(text: string): unknown {
  if (!maybeLarge.test(text)) return JSON.parse(text);
  // Not even a token that looks like ours can be forged by a server: the mark is new in every process.
  const marked = text.replace(stringOrNumber, (token) =>
    /^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${mark}${token}"` : token,
  );
  return JSON.parse(marked, (_key, value) =>
    typeof value === 'string' && value.startsWith(mark) ? BigInt(value.slice(mark.length)) : value,
  );
}

export function stringifyJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!/BigInt/.test(String(error))) throw error;
  }
  const marked = JSON.stringify(value, (_key, item) => (typeof item === 'bigint' ? `${mark}${item}` : item));
  return marked.replace(markedString, '$1');
}

const mark = `bigint-${randomUUID()}:`;
const maybeLarge = /[[:,\s]-?\d{16}|^-?\d{16}/;
const stringOrNumber = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const markedString = new RegExp(`"${mark}(-?\\d+)"`, 'g');
