import { DrydockError } from '../template';

/** The error about something in `defineValues` that cannot be called what it is called. */
export function badName(name: string, remedy: string): DrydockError {
  return new DrydockError('VALUE_NAME', {
    where: 'defineValues',
    found: `the name "${name}"`,
    expected: 'a name for a value',
    remedy,
  });
}
