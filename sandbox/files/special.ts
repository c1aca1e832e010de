import { isUtf8 } from 'node:buffer';
import { type FilePlace, unsafe } from './file-errors';
import { printable } from './name-bytes';
import type { Progress, TransferOptions } from './transfer-options';

/** Something that is not carried: a link that leads out of the folder, or what is neither file, folder nor link. */
export interface Special {
  /** Its path in the folder. */
  readonly path: Buffer;
  /** Of a link: what it says. */
  readonly target: Buffer | undefined;
}

/** Leaves it out and says so, or throws FileUnsafe with its name. */
export function refuseOrSkip(
  place: FilePlace,
  { path, target }: Special,
  special: TransferOptions['special'],
  progress: Progress,
): void {
  const shown = target ? `${printable(path)} -> ${printable(target)}` : printable(path);
  if (special !== 'skip') {
    const what = target ? 'a link that leads out of the folder' : 'a device, pipe or socket';
    throw unsafe(place, `${what}: ${shown}`);
  }
  progress.skipped({
    path: path.toString('utf8'),
    pathBytes: isUtf8(path) ? undefined : path,
    kind: target ? 'link' : 'other',
    target: target?.toString('utf8'),
    shown,
  });
}
