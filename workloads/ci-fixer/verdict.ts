/** How a run ended: exactly one of these. */
export type Outcome =
  /** The command failed, and succeeds with the patch, seen in a sandbox in which nothing ran before. */
  | 'fixed'
  /** The command succeeds as it is. */
  | 'nothing_to_fix'
  /** No patch was found within the bound, or the model gave up. */
  | 'not_fixed'
  /** It reached a limit, such as its time, memory, disk or output. */
  | 'stopped'
  /** It asks for what is not allowed, such as an image. */
  | 'refused'
  | 'cancelled'
  /** Something on our side: the cluster, or the model. */
  | 'failed';

export interface Verdict {
  readonly outcome: Outcome;
  /** Why, in a sentence for the one who asked. */
  readonly reason: string;
  /** Fixes that were tried. */
  readonly rounds: number;
  /** For `fixed`: what `git apply` takes. */
  readonly patch?: string;
  /** For `fixed`: what proposed it, in the words of its API. */
  readonly model?: string;
}

/** What is told while a run goes on. */
export type Step =
  | { readonly event: 'phase'; readonly data: { readonly phase: string; readonly round: number } }
  | { readonly event: 'output'; readonly data: { readonly text: string } }
  | { readonly event: 'ended'; readonly data: { readonly how: string } }
  | { readonly event: 'proposal'; readonly data: { readonly why: string; readonly patch: string } }
  | { readonly event: 'verdict'; readonly data: Verdict };
