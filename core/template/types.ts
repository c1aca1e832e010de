import type { Expression } from './expression';

/** The types around expressions: what may be one, and what is behind one. */

type Scalar = string | number | boolean;
type Widen<T> = T extends string ? string : T extends number ? number : T extends boolean ? boolean : T;

/** What a callback over a list or map gets: an expression, or an object of expressions for a list of objects. */
export type Item<T> = [T] extends [Scalar | undefined]
  ? Expression<T>
  : undefined extends T
    ? Expression<T>
    : T extends readonly unknown[]
      ? Expression<T>
      : T extends Readonly<Record<string, unknown>>
        ? string extends keyof T
          ? Expression<T>
          : { readonly [K in keyof T]-?: Item<T[K]> }
        : Expression<T>;

/**
 * A T, or an expression of a T, or an object or list of those. Every prop that ends in a leaf of a manifest takes
 * this, so that it can be a literal now and a value of the chart tomorrow.
 */
export type Templated<T> = unknown extends T ? unknown : TemplatedParts<T> | Expression<T>;
type TemplatedParts<T> = T extends Scalar | null | undefined
  ? T
  : T extends readonly (infer U)[]
    ? readonly TemplatedItem<U>[]
    : T extends object
      ? { readonly [K in keyof T]: string extends K ? TemplatedItem<T[K]> : Templated<T[K]> }
      : T;

/** An entry of a list or of a map with free keys; one that comes out as "not there" is left out: `flag.then('--verbose')`. */
export type TemplatedItem<T> = Templated<T> | Expression<T | undefined>;

/** What is made of something that may be absent is absent where that is. */
export type AbsentOf<T> = T & undefined;

/** No case but those of the choices. */
export type CasesOf<C, T> = { readonly [K in Exclude<keyof C, T>]: never };

/** What can be put into a text. */
export type TextPart = Scalar | Expression<string> | Expression<number> | Expression<boolean>;

/** What may be given where an expression's branch or item is wanted. */
export type TemplatedInput = unknown;

/** The plain type behind a templated one; an entry of a list that is not there is left out. */
export type Plain<A> =
  A extends Expression<infer T>
    ? T
    : A extends Scalar
      ? Widen<A>
      : A extends readonly (infer U)[]
        ? readonly Exclude<Plain<U>, undefined>[]
        : A extends object
          ? { readonly [K in keyof A]: Plain<A[K]> }
          : A;

export type ElementOf<T> = T extends readonly (infer U)[]
  ? U
  : T extends Readonly<Record<string, infer V>>
    ? V
    : never;
