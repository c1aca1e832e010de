const LONGEST = 63;

/** The name of the volume of a path: letters and digits of it behind a word for what it is, as Kubernetes takes a name. */
export function volumeNameOf(kind: string, path: string): string {
  const dashed = path.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return `${kind}${dashed}`.slice(0, LONGEST).replace(/-$/, '');
}
