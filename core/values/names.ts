import { DrydockError } from '../template';

/**
 * What may be called what. Each kind of name has one pattern, which the generators of the laws draw from, so that a name
 * that is admitted here is one that the printed charts are tried with.
 */
export const NAMES = {
  /** A value or a group of values: what `.Values.name` and `--set name=...` take. */
  value: /^[A-Za-z][A-Za-z0-9_]{0,62}$/,
  /** A chart, and what its parent calls it: the start of its objects' names, and of a release where none is named. */
  // `constructs` takes the id `constructor` for one that is taken.
  chart: /^(?!constructor$)[a-z]([a-z0-9-]{0,51}[a-z0-9])?$/,
  /** A field of an object: what keys of Kubernetes objects are made of. */
  field: /^[A-Za-z][-A-Za-z0-9_./]{0,252}$/,
  /** A key of a Secret, as the API server takes it. */
  secretKey: /^(?!\.\.?$|\.\.)[-A-Za-z0-9_.]{1,253}$/,
} as const;

/** The one value of a secret that is no key of it. */
export const EXISTING_SECRET = 'existingSecret';

/** The error about something among declared values that cannot be called what it is called. */
export function badName(name: string, remedy: string, where = 'defineValues'): DrydockError {
  return new DrydockError('VALUE_NAME', {
    where,
    found: `the name ${JSON.stringify(name)}`,
    expected: 'a name for a value',
    remedy,
  });
}

export function checkFieldName(name: string): void {
  if (!NAMES.field.test(name))
    throw badName(
      name,
      'Begin with a letter, and use letters, digits, dashes, underscores, dots and slashes, at most 253.',
      'value.object',
    );
}

/** Refuses keys that no Secret can have, and the name that the declaration itself gives to one of its values. */
export function checkSecretKeys(keys: Readonly<Record<string, string>>): void {
  const names = typeof keys === 'object' && keys !== null ? Object.keys(keys) : [];
  if (names.length === 0)
    throw new DrydockError('SECRET_WITHOUT_KEYS', {
      where: 'value.secret',
      found: 'no key',
      expected: 'at least one key, such as { password: "..." }',
      remedy: 'Name in `keys` what the Secret holds, each with a line on what belongs there.',
    });
  for (const name of names) {
    if (name === EXISTING_SECRET)
      throw badName(name, 'A secret has a value of this name already; call the key something else.', SECRET);
    if (!NAMES.secretKey.test(name))
      throw badName(
        name,
        'Keys of a Secret are letters, digits, dashes, underscores and dots, at most 253, and do not begin with two dots.',
        SECRET,
      );
  }
}

const SECRET = 'value.secret';
