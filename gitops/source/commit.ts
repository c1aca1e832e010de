/** What is read of a commit object. */
export interface Commit {
  readonly tree: string;
  /** The change of jj that it is a version of, as jj shows it; undefined for a commit that says none. */
  readonly change: string | undefined;
  /** Jujutsu has written down more than one version of its files. */
  readonly isConflicted: boolean;
}

/** Letters that jj writes in the place of the digits 0 to f, so that no change is taken for a commit. */
const DIGITS = 'zyxwvutsrqponmlk';

export function commitIn(content: Buffer): Commit {
  const end = content.indexOf('\n\n');
  const head = content.subarray(0, end < 0 ? content.length : end).toString('latin1');
  const [, tree = ''] = /^tree ([0-9a-f]{40,64})$/m.exec(head) ?? [];
  // Anybody can write this header; one that jj would not take, it does not take.
  const [, change] = /^change-id ([k-z]{32})$/m.exec(head) ?? [];
  return { tree, change, isConflicted: /^jj:trees /m.test(head) };
}

/** The change that jj makes of a commit that says none: the last sixteen bytes of its id, their bits in the other order. */
export function derivedChange(commit: string): string {
  const bytes = [...Buffer.from(commit, 'hex').subarray(4, 20)].reverse();
  return bytes
    .map((byte) => Number.parseInt(byte.toString(2).padStart(8, '0').split('').reverse().join(''), 2))
    .flatMap((byte) => [DIGITS[byte >> 4], DIGITS[byte & 15]])
    .join('');
}
