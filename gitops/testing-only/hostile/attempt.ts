import type { GitopsErrorCode } from '../../errors';
import type { Grounds } from './grounds';

/** What a repository, its server, or who names it may try. */
export interface Attempt {
  readonly kind: 'files' | 'objects' | 'addresses' | 'servers' | 'manifests';
  readonly what: string;
  /** With what it is refused. */
  readonly code: GitopsErrorCode;
  readonly attempt: (grounds: Grounds) => Promise<unknown>;
  /** What is like it and has to be taken, in words and in deed. */
  readonly twin: string;
  readonly control: (grounds: Grounds) => Promise<unknown>;
}
