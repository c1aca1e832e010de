import { shown, withCause } from '../errors';
import { KubeError } from './errors';
import { stringifyJson } from './json';

/** Rejects what a caller without types can give for an object: null, a list or a scalar. */
export function checkObject(where: string, name: string, given: unknown): void {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return;
  throw invalid(where, name, given, 'an object');
}

/** The same for texts. One that is left out passes. */
export function checkTexts(where: string, given: Readonly<Record<string, unknown>>): void {
  for (const [name, text] of Object.entries(given)) {
    if (text !== undefined && typeof text !== 'string') throw invalid(where, name, text, 'a text');
  }
}

/** The same for one that is needed. */
export function checkText(where: string, name: string, text: unknown): void {
  if (typeof text !== 'string') throw invalid(where, name, text, 'a text');
}

export function invalid(where: string, name: string, found: unknown, expected: string): KubeError {
  return new KubeError('ARGUMENT_INVALID', {
    where: `${where} ${name}`,
    found: shown(found),
    expected,
    remedy: `correct \`${name}\`, or leave it out where it has a default`,
  });
}

/** The body of a request. What cannot be written as JSON is refused by name: it holds itself, or throws when it is read. */
export function jsonBody(where: string, name: string, given: unknown): string {
  try {
    return stringifyJson(given);
  } catch (error) {
    throw withCause(invalid(where, name, given, 'what can be written as JSON'), error);
  }
}
