import { createHash } from 'node:crypto';
import { byBytes } from '../template';

/** A value that was not given: like `undefined`, with the methods of an optional expression. */
export class AbsentLiteral {
  get isSet(): boolean {
    return false;
  }

  orElse<T>(fallback: T): T {
    return fallback;
  }

  /** cdk8s resolves what has this method. */
  resolve(): undefined {
    return undefined;
  }
}

/** What `valueOf` is for: as `this`, a literal may come in its box. */
function plain<T>(self: T): T {
  return (self as { valueOf(): T }).valueOf();
}

const COMMON = {
  isSet: true,
  equals(this: unknown, other: unknown) {
    return plain(this) === other;
  },
  notEquals(this: unknown, other: unknown) {
    return plain(this) !== other;
  },
  orElse(this: unknown) {
    return plain(this);
  },
};

const BOOLEAN = {
  ...COMMON,
  // biome-ignore lint/suspicious/noThenProperty: the method that expressions have
  then(this: boolean, yes: unknown, no: unknown) {
    return plain(this) ? yes : no;
  },
  and(this: boolean, ...others: boolean[]) {
    return plain(this) && others.every(Boolean);
  },
  or(this: boolean, ...others: boolean[]) {
    return plain(this) || others.some(Boolean);
  },
  not(this: boolean) {
    return !plain(this);
  },
};

const NUMBER = {
  ...COMMON,
  gt(this: number, other: number) {
    return plain(this) > other;
  },
  ge(this: number, other: number) {
    return plain(this) >= other;
  },
  lt(this: number, other: number) {
    return plain(this) < other;
  },
  le(this: number, other: number) {
    return plain(this) <= other;
  },
  asNumber(this: number) {
    return plain(this);
  },
};

const STRING = {
  ...COMMON,
  contains(this: string, other: string) {
    return plain(this).includes(other);
  },
  lower(this: string) {
    return plain(this).toLowerCase();
  },
  upper(this: string) {
    return plain(this).toUpperCase();
  },
  base64(this: string) {
    return Buffer.from(plain(this)).toString('base64');
  },
  sha256(this: string) {
    return sha256(plain(this));
  },
  shortHash(this: string) {
    return sha256(plain(this)).slice(0, 10);
  },
  labelValue(this: string) {
    return plain(this).replaceAll('+', '_');
  },
  get byteLength(): number {
    return Buffer.byteLength(plain(this as unknown as string));
  },
  asString(this: string) {
    return plain(this);
  },
  asPath(this: string) {
    return plain(this);
  },
  asCidr(this: string) {
    return plain(this);
  },
};

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Lists have `map` already, and it does the same. */
const LIST = {
  isSet: true,
  orElse: COMMON.orElse,
  get isEmpty() {
    return (this as unknown as readonly unknown[]).length === 0;
  },
};

export function installLiteralMethods(): void {
  extend(Boolean.prototype, BOOLEAN);
  extend(Number.prototype, NUMBER);
  extend(String.prototype, STRING);
  extend(Array.prototype, LIST);
}

function extend(prototype: object, methods: object): void {
  for (const [name, member] of Object.entries(Object.getOwnPropertyDescriptors(methods)))
    Object.defineProperty(prototype, name, { ...member, enumerable: false });
}

/**
 * A map with the methods of an expression of one, and the optional fields that were not given. Spreading and listing it
 * shows neither.
 */
export function literalMap(
  entries: Readonly<Record<string, unknown>>,
  absent: readonly string[] = [],
): object {
  const map: Record<string, unknown> = { ...entries };
  const hidden: Record<string, unknown> = {
    isSet: true,
    isEmpty: Object.keys(map).length === 0,
    orElse: () => map,
    map: (body: (item: unknown, key: string) => unknown) =>
      Object.keys(map)
        .sort(byBytes)
        .map((key) => body(map[key], key)),
    ...Object.fromEntries(absent.map((key) => [key, new AbsentLiteral()])),
  };
  for (const [name, value] of Object.entries(hidden)) {
    if (!Object.hasOwn(map, name)) Object.defineProperty(map, name, { value });
  }
  return map;
}
