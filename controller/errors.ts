import { DrydockError, type ErrorFacts, withCause } from '../errors';

/** Every way a controller can be refused or fail by itself. Programs compare `code`; people read the message. */
export type ControllerErrorCode =
  | 'LEADERSHIP_LOST'
  | 'CONTROLLER_OPTION'
  | 'CONDITION_INVALID'
  | 'METRIC_INVALID'
  | 'RECONCILE_SLOW';

/**
 * What the parts of a controller throw. An error of the cluster itself comes as it is; every one has a `code` and the
 * four facts of DrydockError.
 *
 * @example
 * function isOver(error: unknown): boolean {
 *   return error instanceof ControllerError && error.code === 'LEADERSHIP_LOST';
 * }
 */
export class ControllerError extends DrydockError {
  declare readonly code: ControllerErrorCode;

  constructor(code: ControllerErrorCode, facts: ErrorFacts, options: { readonly cause?: unknown } = {}) {
    super(code, facts);
    this.name = 'ControllerError';
    withCause(this, options.cause);
  }
}

/** A prop of the caller's that cannot be. */
export function wrongOption(where: string, found: string, expected: string): ControllerError {
  return new ControllerError('CONTROLLER_OPTION', {
    ...{ where, found, expected },
    remedy: 'correct it, or leave it out where it has a default',
  });
}
