import type { FileLimits, Header } from './file-entry';
import { beyond, type FilePlace, printable, unsafe } from './file-errors';

/** The longest name that file systems take. */
const MAX_NAME_BYTES = 255;

/** What separates folders, or names a drive or a stream, on Windows. */
const WINDOWS_MEANING = /[\\:]/;

/**
 * The names along a path that a sandbox sent, if it leads to somewhere inside of the folder it is meant for, on any
 * system. Throws FileUnsafe and FileLimit.
 */
export function safeSegments(place: FilePlace, { path, pathBytes }: Header, limits: FileLimits): string[] {
  const shown = printable(path);
  const length = Buffer.byteLength(path);
  if (length > limits.maxPathBytes) {
    throw beyond(place, `a path of ${length} bytes`, `maxPathBytes ${limits.maxPathBytes}`);
  }
  const isText = pathBytes === undefined && Buffer.from(path).toString('utf8') === path;
  if (!isText) throw unsafe(place, `a name that is no UTF-8: ${shown}`);
  if (path.startsWith('/')) throw unsafe(place, `an absolute path: ${shown}`);
  const segments = path.split('/');
  for (const segment of segments) {
    if (segment === '' || segment === '.' || segment === '..' || segment.includes('\0')) {
      throw unsafe(place, `a path that may lead elsewhere: ${shown}`);
    }
    if (process.platform === 'win32' && WINDOWS_MEANING.test(segment)) {
      throw unsafe(place, `a name that means something else on Windows: ${shown}`);
    }
    if (Buffer.byteLength(segment) > MAX_NAME_BYTES) {
      throw beyond(
        place,
        `a name of ${Buffer.byteLength(segment)} bytes`,
        `${MAX_NAME_BYTES} bytes for a name`,
      );
    }
  }
  if (segments.length > limits.maxDepth) {
    throw beyond(place, `a path of ${segments.length} levels`, `maxDepth ${limits.maxDepth}`);
  }
  return segments;
}
