import { byBytes, sha256, shortHash, truncated } from '../template';

/** A value that was not given: like `undefined`, with the methods of an optional expression. */
export class AbsentLiteral {
  get isSet(): boolean {
    return false;
  }

  orElse<T>(fallback: T): T {
    return fallback;
  }

  /** What is made of something that is absent is absent too. */
  map(): this {
    return this;
  }

  filter(): this {
    return this;
  }

  get keys(): this {
    return this;
  }

  get values(): this {
    return this;
  }

  get first(): this {
    return this;
  }

  /** Spread into a list, it is no entry. */
  *[Symbol.iterator](): Generator<never> {}

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
    return shortHash(plain(this));
  },
  labelValue(this: string) {
    return plain(this).replaceAll('+', '_');
  },
  trimPrefix(this: string, prefix: string) {
    const text = plain(this);
    return text.startsWith(prefix) ? text.slice(prefix.length) : text;
  },
  trimSuffix(this: string, suffix: string) {
    const text = plain(this);
    return text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text;
  },
  truncate(this: string, max: number) {
    return truncated(plain(this), max);
  },
  /** Of cases; of a pattern it stays JavaScript's own. */
  match(this: string, cases: unknown) {
    const isPattern = typeof cases !== 'object' || cases === null || Symbol.match in cases;
    return isPattern
      ? ownMatch.call(plain(this), cases as RegExp)
      : (cases as Record<string, unknown>)[plain(this)];
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

const ownMatch = String.prototype.match;

/** Lists have `map`, `filter`, `some`, `every` and `join` already, and each does the same. */
const LIST = {
  isSet: true,
  orElse: COMMON.orElse,
  get isEmpty() {
    return (this as unknown as readonly unknown[]).length === 0;
  },
  get first() {
    const list = this as unknown as readonly unknown[];
    return list.length === 0 ? new AbsentLiteral() : list[0];
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

type AskedEntry = (item: unknown, key: string) => unknown;

/**
 * A map with the methods of an expression of one, and the optional fields that were not given. Spreading and listing it
 * shows neither.
 */
export function literalMap(
  entries: Readonly<Record<string, unknown>>,
  absent: readonly string[] = [],
): object {
  const map: Record<string, unknown> = { ...entries };
  const keys = Object.keys(map).sort(byBytes);
  const asked = (body: AskedEntry) => (key: string) => body(map[key], key);
  const hidden: Record<string, unknown> = {
    isSet: true,
    isEmpty: Object.keys(map).length === 0,
    orElse: () => map,
    keys,
    values: keys.map((key) => map[key]),
    map: (body: AskedEntry) => keys.map(asked(body)),
    some: (body: AskedEntry) => keys.some(asked(body)),
    every: (body: AskedEntry) => keys.every(asked(body)),
    filter: (body: AskedEntry) => {
      const kept = Object.keys(map).filter(asked(body));
      return literalMap(Object.fromEntries(kept.map((key) => [key, map[key]])));
    },
    ...Object.fromEntries(absent.map((key) => [key, new AbsentLiteral()])),
  };
  for (const [name, value] of Object.entries(hidden)) {
    if (!Object.hasOwn(map, name)) Object.defineProperty(map, name, { value });
  }
  return map;
}
