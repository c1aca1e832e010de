import { rmSync } from 'node:fs';
import { DrydockError } from '../../errors';

/** What somebody does who gets an error, in words and in code. */
export interface Provoked {
  readonly what: string;
  /** Throws or rejects with the error, or gives it. */
  readonly provoke: () => unknown;
}

/** For what only a machine or a cluster can provoke: the test with the real thing that asserts the code. */
export interface Asserted {
  readonly what: string;
  readonly assertedBy: string;
}

export type Example = Provoked | Asserted;
/** An example for each code of a room. */
export type Examples = Readonly<Record<string, Example>>;

/** Planted wherever an example gives a secret; no message may show it. */
export const PLANTED = 'planted-hunter2';

export function on(what: string, provoke: () => unknown): Provoked {
  return { what, provoke };
}

export function asserted(what: string, assertedBy: string): Asserted {
  return { what, assertedBy };
}

/** The error that an example gives; an example that is not refused is an error itself. */
export async function errorOf({ what, provoke }: Provoked): Promise<DrydockError> {
  const given = await Promise.resolve()
    .then(provoke)
    .catch((error: unknown) => error);
  if (given instanceof DrydockError) return given;
  throw new Error(`"${what}" gives no error of ours: ${String(given)}`);
}

/** Runs with a folder that is removed afterwards. */
export async function removing<Result>(folder: string, run: () => Result): Promise<Awaited<Result>> {
  try {
    return await run();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs with some variables of the environment set. */
export function withVariables<Result>(
  variables: Readonly<Record<string, string>>,
  run: () => Result,
): Result {
  const before = { ...process.env };
  Object.assign(process.env, variables);
  try {
    return run();
  } finally {
    for (const name of Object.keys(variables)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  }
}
