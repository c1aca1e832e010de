/** At most 253 characters of labels, the last of which begins with a letter: what ends in a number is an address to some. */
const NAME = /^(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** A name as it is compared, or `undefined` for what is none: an address in whatever form, a name without a dot. */
export function hostName(given: unknown): string | undefined {
  if (typeof given !== 'string') return undefined;
  const name = given.toLowerCase();
  return NAME.test(name) ? name : undefined;
}

/** `example.com` is itself alone; `*.example.com` is every name below it, and not it. */
export function isHostPattern(given: unknown): given is string {
  return typeof given === 'string' && hostName(given.replace(/^\*\./, '')) !== undefined;
}

export function isAllowed(name: string, patterns: readonly string[]): boolean {
  return patterns.some((given) => {
    const pattern = given.toLowerCase();
    return pattern.startsWith('*.') ? name.endsWith(pattern.slice(1)) : name === pattern;
  });
}
