import { checkObject } from './arguments';
import type { CallOptions } from './call';

/** What every call that writes an object lets its caller say. */
export interface WriteOptions extends CallOptions {
  /** The server checks and answers as if it had written, and writes nothing. @default false */
  readonly dryRun?: boolean;
  /** What the server does with fields it does not know. @default 'Strict', which refuses them */
  readonly fieldValidation?: 'Strict' | 'Warn' | 'Ignore';
  /** Who owns the fields that are written. @default 'drydock' */
  readonly fieldManager?: string;
}

/** Parts a caller's options into those of the call and those of the query. */
export function writeQuery(options: WriteOptions) {
  checkObject('a write', 'options', options);
  const { dryRun, fieldValidation = 'Strict', fieldManager = 'drydock', ...call } = options;
  return { call, query: { dryRun: dryRun ? 'All' : undefined, fieldValidation, fieldManager } };
}
