/** One setting of a program: what its variable has to look like, and what becomes of it. */
export interface Setting<T> {
  /** What is right, for the message when something else was found. */
  readonly expected: string;
  /** Whether the message must not show what was found. */
  readonly isSecret: boolean;
  /** What is taken when the variable is not set. */
  readonly fallback?: string;
  /** Undefined: not what was expected. */
  readonly read: (found: string) => T | undefined;
}

type Shape = Readonly<Record<string, Setting<unknown>>>;
type Read<S extends Shape> = { readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never };

/** All that is wrong with the environment of a program, a line a variable. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** Reads the environment of a program, and refuses it as a whole: an operator sees every fault at once. */
export function readSettings<S extends Shape>(
  env: Readonly<Record<string, string | undefined>>,
  shape: S,
): Read<S> {
  const faults: string[] = [];
  const entries = Object.entries(shape).map(([name, setting]) => {
    // An empty variable is what a chart writes for a value that is not given.
    const given = env[name] === '' ? undefined : env[name];
    const found = given ?? setting.fallback;
    const value = found === undefined ? undefined : setting.read(found);
    if (value === undefined) faults.push(faultOf(name, given, setting));
    return [name, value];
  });
  if (faults.length > 0) throw new SettingsError(faults.join('\n'));
  return Object.fromEntries(entries) as Read<S>;
}

function faultOf(name: string, given: string | undefined, { expected, isSecret }: Setting<unknown>): string {
  const shown = isSecret ? `a text of ${given?.length} characters` : JSON.stringify(given);
  const found = given === undefined ? 'nothing' : shown;
  return `environment variable ${name}: found ${found}, expected ${expected}; set it where the program is started`;
}

/** The address of a service that is called over HTTP, without a slash at its end. */
export function httpUrl(fallback?: string): Setting<string> {
  const expected = 'an address such as http://backend-svc:8000';
  return {
    expected,
    isSecret: false,
    fallback,
    read: (found) => {
      const url = URL.canParse(found) ? new URL(found) : undefined;
      const isPlain = url && /^https?:$/.test(url.protocol) && !url.username && !url.search && !url.hash;
      return isPlain ? found.replace(/\/+$/, '') : undefined;
    },
  };
}

/** The address of a PostgreSQL database, which holds its password. */
export const postgresUrl: Setting<string> = {
  expected: 'the address of a PostgreSQL database, such as postgres://user:password@host:5432/name',
  isSecret: true,
  read: (found) => {
    const url = URL.canParse(found) ? new URL(found) : undefined;
    const isDatabase =
      url && /^postgres(ql)?:$/.test(url.protocol) && url.hostname && url.pathname.length > 1;
    return isDatabase ? found : undefined;
  },
};

/** The key that signs sessions. A short one can be guessed from a single cookie. */
export const signingKey: Setting<string> = {
  expected: 'a key of at least 32 characters, such as `openssl rand -base64 32` prints',
  isSecret: true,
  read: (found) => (found.length >= 32 ? found : undefined),
};

/** A secret that somebody else made, of any length. */
export const secretText: Setting<string> = {
  expected: 'a text without line breaks',
  isSecret: true,
  read: (found) => (/^[\x21-\x7e]+$/.test(found) ? found : undefined),
};

/** Any text that fits on a line. */
export function line(fallback: string): Setting<string> {
  return {
    expected: 'a text on one line',
    isSecret: false,
    fallback,
    read: (found) => (/^[^\r\n]{1,200}$/.test(found) ? found : undefined),
  };
}

/** A whole number in a range. */
export function wholeNumber(range: { min: number; max: number; fallback: number }): Setting<number> {
  const { min, max, fallback } = range;
  return {
    expected: `a whole number from ${min} to ${max}`,
    isSecret: false,
    fallback: String(fallback),
    read: (found) => {
      const number = Number(found);
      return /^\d{1,9}$/.test(found) && number >= min && number <= max ? number : undefined;
    },
  };
}

/** The port that a program listens on; 0 is any that is free, for tests. */
export function port(fallback: number): Setting<number> {
  return wholeNumber({ min: 0, max: 65_535, fallback });
}
