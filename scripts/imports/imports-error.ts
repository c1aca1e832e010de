import { DrydockError, type ErrorFacts } from '../../errors';

export type ImportsErrorCode =
  | 'GO_MISSING'
  | 'MODULE_UNAVAILABLE'
  | 'DUPLICATE_NAME'
  | 'UNKNOWN_DEFINITION'
  | 'UNKNOWN_KEYWORD'
  | 'UNKNOWN_SHAPE';

/** What stops the generator of imports/. */
export class ImportsError extends DrydockError {
  override readonly name = 'ImportsError';
  declare readonly code: ImportsErrorCode;

  constructor(code: ImportsErrorCode, facts: ErrorFacts) {
    super(code, facts);
  }
}
