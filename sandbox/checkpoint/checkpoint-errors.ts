import { SandboxError } from '../errors';
import { printable } from '../files/name-bytes';
import type { Checkpoint, Origin } from './checkpoint';

/** The file is not what `checkpoint()` has written. */
export function damaged({ path }: Checkpoint, found: string, cause?: unknown): SandboxError {
  const facts = {
    where: `claim from ${printable(path)}`,
    found,
    expected: 'the file that checkpoint() wrote, byte for byte',
    remedy:
      'nothing was put into a sandbox that you have; bring the file back, or prepare a sandbox and store it again',
  };
  return new SandboxError('CheckpointDamaged', facts, { cause });
}

/** What it was prepared for is not what is claimed. */
export function refuseOther({ path, template, image }: Checkpoint, claimed: Origin): void {
  const other = (what: string, found: string, expected: string) => {
    const facts = {
      where: `claim from ${printable(path)}`,
      found: `a checkpoint of ${what} ${printable(found) || 'none'}`,
      expected: `one of ${what} ${printable(expected) || 'none'}, which is claimed`,
      remedy: 'claim with what it was prepared with, or prepare a sandbox of what you claim and store that',
    };
    return new SandboxError('CheckpointMismatch', facts);
  };
  if (template !== claimed.template) throw other('the template', template, claimed.template);
  if (image !== claimed.image) throw other('the image', image, claimed.image);
}
