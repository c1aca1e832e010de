import { isUtf8 } from 'node:buffer';
import type { FileLimits, Header } from './file-entry';
import { beyond, type FilePlace, unsafe } from './file-errors';
import { printable } from './name-bytes';

/** The longest name that file systems take. */
const MAX_NAME_BYTES = 255;

/** What separates folders, or names a drive or a stream, on Windows. */
const WINDOWS_MEANING = /[\\:]/;

/** A path that leads to somewhere inside of the folder it is meant for, on any system. */
export interface SafePath {
  readonly bytes: Buffer;
  /** For messages. */
  readonly shown: string;
  /** The bytes of the folder that it lies in as Latin-1, to compare; empty for the folder it is meant for. */
  readonly parent: string;
  /** How many folders lie above it. */
  readonly depth: number;
}

/** Throws FileUnsafe and FileLimit. */
export function safePath(place: FilePlace, header: Header, limits: FileLimits): SafePath {
  const bytes = Buffer.from(header.pathBytes ?? Buffer.from(header.path));
  const shown = printable(bytes);
  if (bytes.length > limits.maxPathBytes) {
    throw beyond(place, `a path of ${bytes.length} bytes`, `maxPathBytes ${limits.maxPathBytes}`);
  }
  if (!header.pathBytes && bytes.toString('utf8') !== header.path) {
    throw unsafe(place, `a name with half a character in it: ${shown}`);
  }
  refuseUnwritable(place, bytes, `a name that is no UTF-8: ${shown}`);
  // Each character is a byte, and what separates names is the same.
  const path = bytes.toString('latin1');
  if (path.startsWith('/')) throw unsafe(place, `an absolute path: ${shown}`);
  const names = path.split('/');
  for (const name of names) {
    if (name === '' || name === '.' || name === '..' || name.includes('\0')) {
      throw unsafe(place, `a path that may lead elsewhere: ${shown}`);
    }
    if (process.platform === 'win32' && WINDOWS_MEANING.test(name)) {
      throw unsafe(place, `a name that means something else on Windows: ${shown}`);
    }
    if (name.length > MAX_NAME_BYTES) {
      throw beyond(place, `a name of ${name.length} bytes`, `${MAX_NAME_BYTES} bytes for a name`);
    }
  }
  if (names.length > limits.maxDepth) {
    throw beyond(place, `a path of ${names.length} levels`, `maxDepth ${limits.maxDepth}`);
  }
  return { bytes, shown, parent: names.slice(0, -1).join('/'), depth: names.length - 1 };
}

/** Only Linux takes names of any bytes; elsewhere they would become other names. */
export function refuseUnwritable(place: FilePlace, name: Buffer, found: string): void {
  if (process.platform !== 'linux' && !isUtf8(name)) throw unsafe(place, found);
}

/**
 * Whether a link that lies so many folders below the root of a tree leads into that tree, whatever else the tree holds:
 * it goes up first, not beyond the root, and after that only down. The folders above a link are folders, so going up
 * leads where it says; and what lies on the way down is a folder or a link of which the same is true.
 * program/links.go is the other half.
 */
export function linkStaysInside(depth: number, target: Uint8Array): boolean {
  const text = Buffer.from(target).toString('latin1');
  // Windows reads another path in the same bytes.
  if (process.platform === 'win32' || text === '' || text.startsWith('/') || text.includes('\0')) {
    return false;
  }
  let left = depth;
  let isDown = false;
  for (const name of text.split('/')) {
    if (name === '' || name === '.') continue;
    if (name !== '..') isDown = true;
    else if (isDown || left === 0) return false;
    else left -= 1;
  }
  return true;
}
