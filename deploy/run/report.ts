import { DeployError, listed } from '../errors';
import type { Release } from '../inventory/names';
import { inWords } from '../objects/object-ref';
import { isFailure, type Outcome } from './progress';

/** What a run has done. */
export interface Report {
  readonly release: string;
  readonly namespace: string;
  /** The revision that is in force now; undefined for a release that is gone. */
  readonly revision: number | undefined;
  /** Whether anything was written at all. */
  readonly changed: boolean;
  readonly outcomes: readonly Outcome[];
}

/** The error of a run of which not all went well, in which each failure is told. */
export function incomplete({ name, namespace }: Release, outcomes: readonly Outcome[]): DeployError {
  const failures = outcomes.filter(isFailure);
  const problems = failures.flatMap(({ error }) => error ?? []);
  const told = failures.map((outcome) => {
    const why = outcome.error ? `: ${outcome.error.message}` : '';
    return `${inWords(outcome)} ${outcome.result}${why}`;
  });
  return new DeployError(
    'APPLY_INCOMPLETE',
    {
      where: `release ${name} in namespace ${namespace}`,
      found: `${failures.length} of ${outcomes.length} objects that did not go well`,
      expected: 'all of them applied and healthy',
      remedy: listed(
        'Mend what is listed and run the same again: it goes on from here. Nothing was pruned after the failure.',
        told,
      ),
    },
    { problems },
  );
}
