import { GitopsError } from '../errors';

/** A policy that gives no verdict: it is not the repository that is wrong. */
export function noVerdict(where: string, found: string, expected: string): GitopsError {
  return new GitopsError('POLICY_FAILED', {
    ...{ where, found, expected },
    remedy: 'mend the policy where the controller has it from; what was applied stays as it is',
  });
}

/** What an engine has thrown, as it is told: of one that is not ours nobody knows what its words quote. */
export function failureOf(engine: string, error: unknown): GitopsError {
  if (error instanceof GitopsError) return error;
  const name = error instanceof Error ? error.name : typeof error;
  return noVerdict(`the engine ${engine}`, `${/^\w{1,64}$/.test(name) ? name : 'an error'}`, 'findings');
}
