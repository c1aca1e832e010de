import { SandboxError, type SandboxErrorCode } from '../errors';
import type { Answer } from '../supervisor';
import { printable } from './name-bytes';

/** Where in which sandbox, for the errors of one operation. */
export interface FilePlace {
  readonly sandboxId: string;
  /** The operation and its path, printable. */
  readonly what: string;
}

interface Story {
  readonly code: SandboxErrorCode;
  readonly expected: string;
  readonly remedy: string;
}

const CODES: Readonly<Record<string, Story>> = {
  ENOENT: { code: 'FileMissing', expected: 'something at this path', remedy: 'check the path' },
  ENOTDIR: { code: 'FileMissing', expected: 'folders along the path', remedy: 'check the path' },
  EEXIST: {
    code: 'FileExists',
    expected: 'nothing at this path',
    remedy: 'remove it first, choose another path, or merge into the folder with `merge: true`',
  },
  STOPPED: { code: 'Aborted', expected: 'to be allowed to finish', remedy: 'nothing, if that was meant' },
  LENGTH: {
    code: 'FileMismatch',
    expected: 'all bytes at the other end',
    remedy: 'nothing was put into place; make sure that nothing writes to it meanwhile, and try again',
  },
  CHANGED: {
    code: 'FileMismatch',
    expected: 'files and folders that stay as they are while they are read',
    remedy: 'nothing was put into place; make sure that nothing writes to it meanwhile, and try again',
  },
  LINK: {
    code: 'FileUnsafe',
    expected: 'links that stay inside of the folder',
    remedy: 'nothing was put into place; leave such links out with `special: "skip"`',
  },
  HASH: {
    code: 'FileMismatch',
    expected: 'the same bytes at both ends',
    remedy: 'nothing was put into place; make sure that nothing writes to it meanwhile, and try again',
  },
};

const OTHERS: Story = {
  code: 'FileFailed',
  expected: 'an operation that the system of the sandbox allows',
  remedy: 'read what the system said: the folder may not be writable, or its disk may be full',
};

export function problemError(place: FilePlace, problem: NonNullable<Answer['problem']>): SandboxError {
  const story = CODES[problem.code] ?? OTHERS;
  return fileError(
    story.code,
    place,
    printable(`${problem.code}: ${problem.text}`),
    story.expected,
    story.remedy,
  );
}

/** The pod told something that is not so: bytes, lengths, shapes. */
export function mismatch(place: FilePlace, found: string, expected: string): SandboxError {
  return fileError(
    'FileMismatch',
    place,
    found,
    expected,
    'nothing was put into place; do not trust this sandbox',
  );
}

/** Something that must not come out of a sandbox. */
export function unsafe(place: FilePlace, found: string): SandboxError {
  return fileError(
    'FileUnsafe',
    place,
    found,
    'regular files, folders, and relative links that stay inside, with plain relative names',
    'nothing was put into place; leave links, devices, pipes and sockets out with `special: "skip"` (`--skip-special`), or remove it',
  );
}

export function beyond(place: FilePlace, found: string, limit: string): SandboxError {
  return fileError(
    'FileLimit',
    place,
    found,
    `at most ${limit}`,
    'nothing was put into place; raise the limit if you expect as much',
  );
}

export function fileError(
  code: SandboxErrorCode,
  { what, sandboxId }: FilePlace,
  found: string,
  expected: string,
  remedy: string,
  cause?: unknown,
): SandboxError {
  const where = `${what} in sandbox ${sandboxId}`;
  return new SandboxError(code, { where, found, expected, remedy }, { sandboxId, cause });
}
