import type { DeployError } from '../errors';
import type { ObjectRef } from '../objects/object-ref';

/**
 * What became of an object. `skipped`: what it needs has failed. `kept` and `forgotten`: no longer in the set, see
 * {@link Action}. `unhealthy`: applied, and not healthy in time.
 */
export type Result =
  | 'applied'
  | 'unchanged'
  | 'pruned'
  | 'kept'
  | 'forgotten'
  | 'failed'
  | 'skipped'
  | 'unhealthy';

export interface Outcome extends ObjectRef {
  readonly result: Result;
  readonly error?: DeployError;
  /** Of what was applied or pruned, which one it is. */
  readonly uid?: string;
  /** Of what was applied, the version that this has made. */
  readonly resourceVersion?: string;
}

/** What happens while a run goes on. */
export type DeployEvent =
  /** Another run has the lock, and is waited for. */
  | { readonly type: 'locked'; readonly by: string }
  | { readonly type: 'stage'; readonly stage: string; readonly objects: number }
  | { readonly type: 'object'; readonly outcome: Outcome }
  /** So many are not healthy yet; `first` is one of them, and `why` what it lacks. */
  | {
      readonly type: 'waiting';
      readonly left: number;
      readonly first: ObjectRef;
      readonly why: string;
      /** All of them, the first one too. */
      readonly objects: ReadonlyArray<{ readonly ref: ObjectRef; readonly why: string }>;
    };

export type OnEvent = (event: DeployEvent) => void;

export function isFailure({ result }: Pick<Outcome, 'result'>): boolean {
  return ['failed', 'skipped', 'unhealthy'].includes(result);
}
