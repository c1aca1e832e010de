/**
 * Why this Node cannot run the package, as one sentence; nothing where it can.
 *
 * @param running as `process.version` says it
 * @param wanted as `engines.node` of package.json says it: `>=20.19`
 */
export function nodeTooOld(running: string, wanted: string): string | undefined {
  const [lowestMajor = 0, lowestMinor = 0] = wanted.replace('>=', '').split('.').map(Number);
  const [major = 0, minor = 0] = running.replace('v', '').split('.').map(Number);
  return major > lowestMajor || (major === lowestMajor && minor >= lowestMinor)
    ? undefined
    : `needs Node ${wanted.replace('>=', '')} or newer, found ${running}: install a newer one from nodejs.org`;
}
