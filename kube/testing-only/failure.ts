import { KubeError } from '../errors';

/** The error of a call that must fail. Every error of this room says where, what was found, what was expected, what to do. */
export async function failureOf(run: () => unknown): Promise<KubeError> {
  const error = await (async () => run())().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(KubeError);
  return expectFourFacts(error as KubeError);
}

export function expectFourFacts<Error extends KubeError>(error: Error): Error {
  for (const fact of [error.where, error.found, error.expected, error.remedy]) expect(fact).toMatch(/\S/);
  return error;
}
