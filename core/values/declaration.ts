import type { Json, Shape } from '../template';
import type { Schema } from './schema';

/** What every declared value says about itself. */
export interface ValueOptions<T> {
  /** What the person who sets the value has to know; it is printed into values.yaml, the schema and the chart's README. */
  readonly doc: string;
  /**
   * What the value is when it is not set.
   * @default - none: without a default and without `optional` the value must be set
   */
  readonly default?: T;
  /**
   * The value may be left out; ask with `.isSet`, or use `.orElse(...)`.
   * @default false
   */
  readonly optional?: boolean;
}

/**
 * A value that a chart takes: its type, its constraint, its default and its documentation.
 *
 * @example
 * // One declaration for the charts of several services.
 * const region: Declaration<string> = value.string({ default: 'eu', doc: 'Where it runs' });
 * const values = defineValues({ region });
 */
export class Declaration<out T, out G = unknown> {
  /** Exists in types only: what is read, and what may be given where that is another thing. */
  declare protected readonly type: T;
  declare protected readonly given: G;

  constructor(
    /** The type in a person's words, as the values table of the README shows it. */
    readonly kind: string,
    readonly shape: Shape,
    readonly schema: Schema,
    readonly options: ValueOptions<Json>,
    /** A value of a subchart that has to be set where the subchart is installed. */
    readonly isRequiredInside: boolean = false,
  ) {}

  get isRequired(): boolean {
    return this.options.default === undefined && !this.options.optional;
  }

  /** The same value in the hands of a parent chart: with this default, and without one nothing that must be set. */
  withDefault(value: Json | undefined): Declaration<T, G> {
    const { kind, shape, schema, options } = this;
    if (value !== undefined) return new Declaration(kind, shape, schema, { ...options, default: value });
    const isRequired = this.isRequired || this.isRequiredInside;
    return new Declaration(kind, shape, schema, { ...options, optional: true }, isRequired);
  }
}

/** What may be given for a declaration of T: mostly a T. */
export type GivenFor<T, G> = unknown extends G ? T : G;

export type Optional<O> = O & { readonly optional: true };
/** With a default a value is always there, and need not be given. */
export type Defaulted<O extends { readonly default?: unknown }> = O & {
  readonly default: NonNullable<O['default']>;
};

/** Declarations without shorthands: every leaf is one value. */
export interface PlainDeclarations {
  readonly [key: string]: Declaration<unknown> | PlainDeclarations;
}
