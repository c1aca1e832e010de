import { SandboxError } from '../errors';

/** What cannot be done without a supervisor. */
export function unsupported(what: string, sandboxId: string): SandboxError {
  const facts = {
    where: `sandbox ${sandboxId}`,
    found: what,
    expected: 'what an exec alone can do, as there is no supervisor in this sandbox',
    remedy: 'use an image that has `sh`, `uname` and `head`, so that a supervisor can run in it',
  };
  return new SandboxError('Unsupported', facts, { sandboxId });
}
