import { GitopsError } from './errors';

/** What the system says where a file system has no room, or none for us. */
const CODES: readonly unknown[] = ['ENOSPC', 'EDQUOT'];

/** A full disk as an error that tells what to do; any other error as it is. */
export function toldFullDisk(error: unknown): unknown {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  if (!CODES.includes(code)) return error;
  return new GitopsError(
    'SOURCE_UNREACHABLE',
    {
      where: 'the folders of the controller',
      found: `a full disk, on this side (${code})`,
      expected: 'room for what is fetched and rendered',
      remedy: "give the controller's folder and its temporary one more room; it is tried again by itself",
    },
    { cause: error },
  );
}
