/**
 * What a rule asks of an object, as data: one reader decides it here (decide.ts), another prints it for the API server
 * (guardrails/cel-of.ts). A word is added to both, and to the law that holds them together.
 */
export type Predicate =
  | { readonly op: 'there'; readonly at: Place }
  | { readonly op: 'oneOf'; readonly at: Place; readonly values: readonly Scalar[] }
  | { readonly op: 'matches'; readonly at: Place; readonly pattern: string }
  | { readonly op: 'number'; readonly at: Place; readonly is: Bound; readonly number: number }
  | { readonly op: 'quantity'; readonly at: Place; readonly is: Bound; readonly amount: string }
  | { readonly op: 'every' | 'some' | 'everyValue'; readonly at: Place; readonly each: Predicate }
  | { readonly op: 'different'; readonly at: Place; readonly key: string }
  | { readonly op: 'named'; readonly at: Place; readonly list: Place; readonly key: string }
  | { readonly op: 'all'; readonly of: readonly Predicate[] }
  | { readonly op: 'any'; readonly of: readonly Predicate[] }
  | { readonly op: 'not'; readonly of: Predicate };

export type Scalar = string | number | boolean;
export type Bound = 'atLeast' | 'atMost' | 'exactly';

/** A field, from where one looks: the item of the rule or of a list, its pod, or the whole object. */
export interface Place {
  readonly root: 'item' | 'pod' | 'object';
  readonly keys: readonly string[];
}

/**
 * A field, and what can be asked of it. What is not there fulfils nothing but `not`, and `every` where there is no list.
 *
 * @example
 * const image: Field = field('image');
 * const pinned = image.matches('^[^\\n]+@sha256:[0-9a-f]{64}$');
 */
export class Field {
  constructor(private readonly at: Place) {}

  /** It is there. */
  isThere(): Predicate {
    return { op: 'there', at: this.at };
  }

  equals(value: Scalar): Predicate {
    return { op: 'oneOf', at: this.at, values: [value] };
  }

  isOneOf(values: readonly Scalar[]): Predicate {
    return { op: 'oneOf', at: this.at, values };
  }

  /** The whole text is like the pattern, `^...$`, one that Go and JavaScript read alike. */
  matches(pattern: string): Predicate {
    return { op: 'matches', at: this.at, pattern };
  }

  /** It is a number, and at least this one. */
  atLeast(number: number): Predicate {
    return { op: 'number', at: this.at, is: 'atLeast', number };
  }

  /** It is a number, and at most this one. */
  atMost(number: number): Predicate {
    return { op: 'number', at: this.at, is: 'atMost', number };
  }

  /** It is an amount such as `500m` or `1Gi`, and at least, at most or exactly this one, however it is written. */
  amount(is: Bound, amount: string): Predicate {
    return { op: 'quantity', at: this.at, is, amount };
  }

  /** Every entry of the list; in `each`, `field` begins at the entry. */
  every(each: Predicate): Predicate {
    return { op: 'every', at: this.at, each };
  }

  /** Some entry of the list. */
  some(each: Predicate): Predicate {
    return { op: 'some', at: this.at, each };
  }

  /** Every value of the map; in `each`, `field()` is the value. */
  everyValue(each: Predicate): Predicate {
    return { op: 'everyValue', at: this.at, each };
  }

  /** No two entries of the list have the same text at this key. */
  differBy(key: string): Predicate {
    return { op: 'different', at: this.at, key };
  }

  /** Where it is a text, some entry of that list has it at this key. */
  isNamedIn(list: Field, key: string): Predicate {
    return { op: 'named', at: this.at, list: list.at, key };
  }
}

/**
 * A field of what the rule is about, or of the entry inside `every` and `some`; the thing itself without keys.
 *
 * @example
 * const named = field('env').every(field('name').matches('^[A-Z_]+$'));
 * const lettered = field('metadata', 'labels').everyValue(field().matches('^[a-z]+$'));
 */
export function field(...keys: readonly string[]): Field {
  return new Field({ root: 'item', keys });
}

/**
 * A field of the pod, as its template has it: `metadata` and `spec`.
 *
 * @example
 * const nonRoot = anyOf(
 *   field('securityContext', 'runAsNonRoot').equals(true),
 *   podField('spec', 'securityContext', 'runAsNonRoot').equals(true),
 * );
 */
export function podField(...keys: readonly string[]): Field {
  return new Field({ root: 'pod', keys });
}

/**
 * A field of the whole object.
 *
 * @example
 * const owned = objectField('metadata', 'labels', 'team').isThere();
 */
export function objectField(...keys: readonly string[]): Field {
  return new Field({ root: 'object', keys });
}

/**
 * All of these hold.
 *
 * @example
 * const some = allOf(field('spec', 'replicas').atLeast(2), field('spec', 'replicas').atMost(20));
 */
export function allOf(...of: readonly Predicate[]): Predicate {
  return { op: 'all', of };
}

/**
 * Some of these holds.
 *
 * @example
 * const limited = anyOf(field('resources', 'limits', 'cpu').isThere(), field('resources', 'limits', 'memory').isThere());
 */
export function anyOf(...of: readonly Predicate[]): Predicate {
  return { op: 'any', of };
}

/**
 * This does not hold.
 *
 * @example
 * const own = not(podField('spec', 'hostNetwork').equals(true));
 */
export function not(of: Predicate): Predicate {
  return { op: 'not', of };
}
