import type { ApplicationStatus } from '../api/application';

/** What the API server has after a merge of a status: what is left out stays, and `null` takes away. */
export function mergedStatus(
  before: ApplicationStatus | undefined,
  patch: Readonly<Record<string, unknown>>,
): ApplicationStatus {
  const all = Object.entries({ ...before, ...patch });
  return Object.fromEntries(all.filter(([, value]) => value !== null)) as ApplicationStatus;
}
