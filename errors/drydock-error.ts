/** The four facts that every error of this library states. None of them ever holds a secret. */
export interface ErrorFacts {
  /** Where it happened: a construct path, a value path, a prop, a file, or a call. */
  readonly where: string;
  /** What was found there. */
  readonly found: string;
  /** What would have been right. */
  readonly expected: string;
  /** What to do about it. */
  readonly remedy: string;
  /** The line of the program, where that is known: `main.ts:14`. */
  readonly line?: string;
}

/**
 * The root of every error that this library throws on purpose; `code` is what programs and tests look at.
 *
 * @example
 * function explain(error: unknown): string {
 *   return error instanceof DrydockError ? `${error.code}: ${error.remedy}` : String(error);
 * }
 */
export class DrydockError extends Error implements ErrorFacts {
  readonly code: string;
  readonly where: string;
  readonly found: string;
  readonly expected: string;
  readonly remedy: string;
  readonly line?: string;

  constructor(code: string, facts: ErrorFacts) {
    super(
      `${code} at ${facts.where}${facts.line ? ` (${facts.line})` : ''}: found ${facts.found}; expected ${facts.expected.replace(/[.]$/, '')}. ${sentence(facts.remedy)}`,
    );
    this.name = 'DrydockError';
    this.code = code;
    this.where = facts.where;
    this.found = facts.found;
    this.expected = facts.expected;
    this.remedy = facts.remedy;
    if (facts.line !== undefined) this.line = facts.line;
  }
}

function sentence(remedy: string): string {
  return `${remedy.charAt(0).toUpperCase()}${remedy.slice(1)}${/[.!?]\)?$/.test(remedy) ? '' : '.'}`;
}

/** Keeps what an error came from out of its printed properties, so that a nested error is not dumped whole. */
export function withCause<E extends Error>(error: E, cause: unknown): E {
  return cause === undefined ? error : Object.defineProperty(error, 'cause', { value: cause });
}
