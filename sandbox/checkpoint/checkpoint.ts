import type { Job } from '../../imports/k8s';
import { isCount } from '../../kube';
import { type Place as ArgumentPlace, checkGiven, invalid } from '../arguments';
import type { FileLimits } from '../files';
import type { FileOptions } from '../files/file-operation';
import type { TransferOptions } from '../files/transfer-options';
import { hashOfJob } from '../template/template-source';

export interface CheckpointOptions extends FileOptions, Pick<TransferOptions, 'special' | 'onProgress'> {
  /**
   * The folder whose content is stored, and that new sandboxes begin with.
   * @default '.', the working directory
   */
  readonly folder?: string;
  /** What is stored at most. */
  readonly limits?: Partial<FileLimits>;
}

/**
 * What a sandbox had in a folder, in one file of this machine. Plain data: keep it as JSON beside the file, and give it to
 * `claim({ from })`. The content is the word of whoever ran code in that sandbox.
 */
export interface Checkpoint {
  /** The file that holds it. */
  readonly path: string;
  /** SHA-256 of that file. */
  readonly digest: string;
  /** Its length in bytes. */
  readonly size: number;
  /** The hash of the template that the sandbox was made from; empty where that has none. */
  readonly template: string;
  /** The image that it ran. */
  readonly image: string;
  /** The folder, as it was given. */
  readonly folder: string;
  /** How many files, folders and links. */
  readonly entries: number;
  /** What is in the files together. */
  readonly bytes: number;
  /** What was left out because of `special: 'skip'`, for people. */
  readonly skipped: readonly string[];
}

/** What a checkpoint fits: the same everywhere, or what was prepared would be run by something else. */
export interface Origin {
  readonly template: string;
  readonly image: string;
}

export function originOf(job: Job): Origin {
  return { template: hashOfJob(job), image: job.spec?.template.spec?.containers[0]?.image ?? '' };
}

const KINDS = { path: 'name', digest: 'name', template: 'text', image: 'text', folder: 'name' } as const;
const DIGEST = /^[0-9a-f]{64}$/;

/** What a caller gives as a checkpoint, read once: it may come out of a file that somebody wrote. */
export function checkpointFrom(place: ArgumentPlace, given: unknown): Checkpoint {
  checkGiven(place, 'from', given, 'object');
  const { path, digest, size, template, image, folder, entries, bytes } = given as Checkpoint;
  const read = { path, digest, size, template, image, folder, entries, bytes, skipped: [] };
  for (const [name, kind] of Object.entries(KINDS)) {
    checkGiven(place, `from.${name}`, read[name as keyof typeof KINDS], kind);
  }
  for (const name of ['size', 'entries', 'bytes'] as const) {
    if (!isCount(read[name], 0)) throw invalid(place, `from.${name}`, read[name], 'a whole number from 0 on');
  }
  if (DIGEST.test(digest)) return read;
  throw invalid(place, 'from.digest', digest, 'the SHA-256 that checkpoint() gave, 64 hexadecimal digits');
}
