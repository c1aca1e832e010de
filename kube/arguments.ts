import { KubeError } from './errors';

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

export function invalid(where: string, name: string, found: unknown, expected: string): KubeError {
  return new KubeError('ARGUMENT_INVALID', {
    where: `${where} ${name}`,
    found: isPlain(found) ? String(found) : (JSON.stringify(found) ?? `a ${typeof found}`),
    expected,
    remedy: `correct \`${name}\`, or leave it out where it has a default`,
  });
}

/** JSON has no NaN, and what is not there has no article. */
function isPlain(found: unknown): boolean {
  return typeof found === 'number' || found === undefined;
}
