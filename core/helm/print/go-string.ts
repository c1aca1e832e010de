import { portableJson } from './portable-json';

/** A Go string literal. JSON's escapes are a part of Go's; a lone surrogate cannot be said in either. */
export function goString(text: string): string {
  return portableJson(JSON.stringify(text));
}
