import { KubeError } from '../../kube';
import { refusalIn } from '../causes/refusal';

/**
 * What a failed call comes to, for a pool:
 * - `lost`: it may have been done;
 * - `refused`: the object is not what was read, or gone;
 * - `oldTemplate`: the policy was made from another template;
 * - `quota`: there is no room;
 * - `unauthorized`: this manager has no right any more;
 * - `notNow`: it was not done, and may be later.
 */
export type Failure = 'lost' | 'refused' | 'oldTemplate' | 'quota' | 'unauthorized' | 'notNow';

export function failureOf(error: unknown): Failure {
  if (!(error instanceof KubeError)) return 'notNow';
  if (error.effect === 'unknown') return 'lost';
  switch (error.code) {
    case 'NOT_FOUND':
    case 'CONFLICT':
    case 'ALREADY_EXISTS':
    case 'INVALID':
      return 'refused';
    case 'UNAUTHENTICATED':
      return 'unauthorized';
    case 'FORBIDDEN':
      return forbidden(error);
    default:
      return 'notNow';
  }
}

/** With the same status the API server tells that a right is missing, that a policy denies, and that a quota is full. */
function forbidden(error: KubeError): Failure {
  const code = refusalIn(error.found)?.code;
  if (code === 'TemplateMismatch') return 'oldTemplate';
  if (code === 'QuotaExceeded') return 'quota';
  return code === 'PolicyDenied' ? 'refused' : 'unauthorized';
}
