import { types } from 'node:util';
import { DrydockError } from '../../errors';
import { KubeError } from '../../kube';
import { SandboxError } from '../errors';
import { apiError } from './api-cause';

/**
 * Runs what a public method does. What it throws is an error of the runtime: those of the rooms beneath are told in our
 * words, and what JavaScript throws over wrong arguments is told as that. Errors of the caller's own streams and
 * callbacks pass as they are.
 */
export async function throwingOwn<Result>(
  where: string,
  sandboxId: string | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw ownError(error, where, sandboxId);
  }
}

/** The same for what does not wait. */
export function throwingOwnAtOnce<Result>(where: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw ownError(error, where, undefined);
  }
}

function ownError(error: unknown, where: string, sandboxId: string | undefined): unknown {
  if (error instanceof SandboxError) return error;
  if (error instanceof KubeError) return apiError(error, where, sandboxId);
  if (error instanceof DrydockError) {
    const { found, expected, remedy } = error;
    const facts = { where: error.where || where, found, expected, remedy };
    return new SandboxError('ArgumentInvalid', facts, { sandboxId, cause: error });
  }
  if (types.isNativeError(error) && (error.name === 'TypeError' || error.name === 'RangeError')) {
    const facts = {
      where,
      found: `${error.name}: ${error.message}`,
      expected: 'arguments of the documented types',
      remedy: 'Correct them. If they are right, this is a defect of ours: its stack is in `cause`.',
    };
    return new SandboxError('ArgumentInvalid', facts, { sandboxId, cause: error });
  }
  return error;
}
