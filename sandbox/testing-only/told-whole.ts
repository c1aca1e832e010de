import { SandboxError } from '../errors';

interface Told {
  readonly where?: string;
  readonly found: string;
  readonly expected: string;
  readonly remedy: string;
}

/** Whatever is told as a failure says what was found, what was expected and what to do; an error also says where. */
export function toldWhole<Failure extends Told>(failure: Failure | undefined): Failure {
  const { found, expected, remedy } = failure!;
  for (const fact of [found, expected, remedy]) expect(fact).toMatch(/\w/);
  if (failure instanceof Error) expect(failure.where).toMatch(/\w/);
  return failure!;
}

/** The whole refusal of what is refused at once. */
export function refusedAtOnce(work: () => unknown): SandboxError {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(SandboxError);
    return toldWhole(error as SandboxError);
  }
  throw new Error('it was taken');
}
