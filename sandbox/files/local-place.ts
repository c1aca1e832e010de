import { randomBytes } from 'node:crypto';
import { type FileHandle, lstat } from 'node:fs/promises';
import path from 'node:path';
import { SandboxError } from '../errors';
import { type FilePlace, fileError } from './file-errors';
import { printable } from './name-bytes';

/** A name beside a path, so that a rename can put it into place. */
export function temporaryBeside(target: string): string {
  const absolute = path.resolve(target);
  return path.join(
    path.dirname(absolute),
    `.${path.basename(absolute)}.drydock-${randomBytes(6).toString('hex')}`,
  );
}

export async function refuseExisting(place: FilePlace, target: string): Promise<void> {
  const found = await lstat(target).catch((error) => {
    if (error.code === 'ENOENT') return undefined;
    throw localError(place, error);
  });
  if (found) {
    throw fileError(
      'FileExists',
      place,
      `${printable(target)} on this machine`,
      'nothing there',
      'remove it first, or choose another path',
    );
  }
}

/** In one go, where the system takes it so; `FileHandle.writeFile` goes by half a megabyte. */
export async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let rest = bytes; rest.length > 0; ) {
    const { bytesWritten } = await file.write(rest);
    rest = rest.subarray(bytesWritten);
  }
}

/** An error of this machine's own file system; errors of ours stay what they are. A path says of what it is. */
export function localError(place: FilePlace, error: unknown, path?: Buffer): SandboxError {
  if (error instanceof SandboxError) return error;
  const said = (error as Error).message;
  const message = path ? `${printable(path)}: ${said.split(',')[0]}` : said;
  return fileError(
    'FileFailed',
    place,
    `on this machine: ${message}`,
    'a folder of this machine that can be read or written',
    'look at what the system said',
    error,
  );
}
