import { BOOLEAN } from '../template';
import { Declaration, type Defaulted, type Optional, type ValueOptions } from './declaration';
import { checkBounds, checkOptions } from './options';

export interface NumberOptions extends ValueOptions<number> {
  /** @default - for an integer, the smallest one that is exact everywhere */
  readonly min?: number;
  /** @default - for an integer, the largest one that is exact everywhere */
  readonly max?: number;
}

function checkNumberOptions(kind: 'integer' | 'number', options: NumberOptions): void {
  checkOptions(kind, options, ['min', 'max']);
  checkBounds(kind, {
    names: ['min', 'max'],
    low: options.min,
    high: options.max,
    whole: kind === 'integer',
  });
}

/** A whole number. */
export function integer(options: Optional<NumberOptions>): Declaration<number | undefined>;
export function integer(options: Defaulted<NumberOptions>): Declaration<number, number | undefined>;
export function integer(options: NumberOptions): Declaration<number>;
export function integer(options: NumberOptions): Declaration<number> {
  checkNumberOptions('integer', options);
  const min = options.min ?? Number.MIN_SAFE_INTEGER;
  const max = options.max ?? Number.MAX_SAFE_INTEGER;
  return new Declaration(
    'integer',
    { type: 'integer', min, max },
    { type: 'integer', minimum: min, maximum: max },
    options,
  );
}

/** A number that may have a fraction. */
export function number(options: Optional<NumberOptions>): Declaration<number | undefined>;
export function number(options: Defaulted<NumberOptions>): Declaration<number, number | undefined>;
export function number(options: NumberOptions): Declaration<number>;
export function number(options: NumberOptions): Declaration<number> {
  checkNumberOptions('number', options);
  const { min, max } = options;
  return new Declaration(
    'number',
    { type: 'number' },
    { type: 'number', minimum: min, maximum: max },
    options,
  );
}

/** A TCP or UDP port, 1 to 65535. */
export function port(options: Optional<ValueOptions<number>>): Declaration<number | undefined>;
export function port(options: Defaulted<ValueOptions<number>>): Declaration<number, number | undefined>;
export function port(options: ValueOptions<number>): Declaration<number>;
export function port(options: ValueOptions<number>): Declaration<number> {
  checkOptions('port', options);
  return new Declaration(
    'port',
    { type: 'integer', min: 1, max: 65_535 },
    { type: 'integer', minimum: 1, maximum: 65_535 },
    options,
  );
}

/** Yes or no. */
export function boolean(options: Optional<ValueOptions<boolean>>): Declaration<boolean | undefined>;
export function boolean(options: Defaulted<ValueOptions<boolean>>): Declaration<boolean, boolean | undefined>;
export function boolean(options: ValueOptions<boolean>): Declaration<boolean>;
export function boolean(options: ValueOptions<boolean>): Declaration<boolean> {
  checkOptions('boolean', options);
  return new Declaration('boolean', BOOLEAN, { type: 'boolean' }, options);
}
