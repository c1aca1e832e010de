import type { Templated } from '../../core/template';

/** How far a run may go with a field that it chooses. */
export type Bound =
  /** Anything: the sandbox's own program decides nothing for others with it. */
  | { readonly kind: 'any' }
  /** One of the texts; an entry that ends with `*` allows what begins like it. */
  | { readonly kind: 'listed'; readonly texts: Templated<readonly string[]> }
  | { readonly kind: 'numberAtMost'; readonly limit: Templated<number> }
  | { readonly kind: 'quantityAtMost'; readonly limit: Templated<string> }
  /** The same amount as another field of the same map one level up, or left out. */
  | { readonly kind: 'quantityOf'; readonly path: string };

/** Bounds by the path of the field in the Job, for example `spec.activeDeadlineSeconds`. */
export type Bounds = Readonly<Record<string, Bound>>;
