import type { Ground } from './ground';
import type { Victim, Way } from './life';
import type { Rule } from './way';

/** One thing that goes wrong, and how often at a time. */
export interface Fault {
  readonly name: string;
  /** The ways that it can happen to. @default all */
  readonly ways?: readonly Way[];
  /** Callers of each way at a time. @default 4 */
  readonly atOnce?: number;
  /** What the command does between its first and its last words. @default it waits until the fault was there */
  readonly middle?: string;
  /** What that prints. @default nothing */
  readonly middleBytes?: (way: Way) => number;
  readonly reads?: boolean;
  /** How much a Job is given as a file. */
  readonly inputBytes?: number;
  /** What takes more, or is started otherwise. */
  readonly values?: object;
  readonly ttl?: number;
  /** The caller never closes. */
  readonly keepsOpen?: boolean;
  /** Between two pieces of output that are read. */
  readonly eachPiece?: () => Promise<void>;
  /** What happens to one caller whose command runs. */
  readonly strike?: (ground: Ground, victim: Victim) => Promise<void>;
  /** What happens to all of them, once the commands of all run. */
  readonly strikeAll?: (ground: Ground) => Promise<void>;
  /** What happens to requests all the while; `hit` counts it. */
  readonly rule?: (hit: (way: Way) => void) => Rule;
  readonly whileJobStarts?: (ground: Ground, id: string, started: Promise<unknown>) => Promise<void>;
}
