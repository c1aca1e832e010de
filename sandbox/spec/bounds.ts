import type { Templated } from '../../core/template';

/** How far a run may go with a field that it chooses. Every bound has two ends; that of amounts is above zero. */
export type Bound =
  /** Texts of this many bytes together, and `TEXT_BYTES` for each: the API server's store keeps what a run gives. */
  | { readonly kind: 'texts'; readonly mostBytes: number }
  /** Environment variables with names and values of this many bytes together, and `VARIABLE_BYTES` for each. */
  | { readonly kind: 'variables'; readonly mostBytes: number }
  /** An image that `letsRun` finds in the list. */
  | { readonly kind: 'image'; readonly allowed: Templated<readonly string[]> }
  /** Labels with these keys, beside the template's own. */
  | { readonly kind: 'labels'; readonly keys: Templated<readonly string[]> }
  /** A whole number from 1 on. */
  | { readonly kind: 'number'; readonly most: Templated<number> }
  /** An amount above zero: a limit of zero is no limit. */
  | { readonly kind: 'quantity'; readonly most: Templated<string> }
  /** The same amount as another field of the same map one level up, or left out. */
  | { readonly kind: 'quantityOf'; readonly path: string }
  /** The queue of the template, and no label where it has none. */
  | { readonly kind: 'queue'; readonly queue: Templated<string | undefined> }
  /** Whether the Job is held back: in a queue from its creation until the queue lets it start, once. */
  | { readonly kind: 'suspended'; readonly queue: Templated<string | undefined> };

/** Bounds by the path of the field in the Job, for example `spec.activeDeadlineSeconds`. */
export type Bounds = Readonly<Record<string, Bound>>;

/** What the environment and the command of a run may each come to: a process is started with hardly more. */
export const MOST_BYTES = 65_536;
/** What the store keeps of a text besides its bytes. An empty one takes room too. */
export const TEXT_BYTES = 8;
/** The same of a variable, of which the store also keeps by whom it was set. */
export const VARIABLE_BYTES = 128;
