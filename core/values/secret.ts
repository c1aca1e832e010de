import { DrydockError, type Expression, type JsonObject } from '../template';
import { Declaration, type PlainDeclarations, type ValueOptions } from './declaration';
import { checkSecretKeys, EXISTING_SECRET } from './names';
import { checkOptions, checkText } from './options';
import { NAME_OR_NONE, string } from './text';

export interface SecretOptions<K extends string> extends Pick<ValueOptions<never>, 'doc'> {
  /** The keys of the Secret, each with a line on what belongs there. */
  readonly keys: Readonly<Record<K, string>>;
}

/**
 * A Secret that comes with the installation: its values name one that exists, or give every key. It has no default, and
 * what is given is never printed into plain YAML, logs or errors.
 */
export class SecretDeclaration<K extends string> {
  /** The values that a secret comes to: `existingSecret`, and one for each key. */
  readonly declarations: PlainDeclarations;

  constructor(readonly options: SecretOptions<K>) {
    checkOptions('secret', options, ['keys']);
    checkSecretKeys(options.keys);
    for (const [key, doc] of Object.entries<string>(options.keys))
      checkText(doc, `keys.${key}`, 'value.secret');
    const keys = Object.entries<string>(options.keys).map(([key, doc]) => [
      key,
      secretText(`${doc} (secret)`),
    ]);
    this.declarations = {
      // Empty where none is named, as charts have it everywhere: the line is there to be filled in.
      [EXISTING_SECRET]: string({
        default: '',
        pattern: NAME_OR_NONE,
        doc: `${options.doc}: name of a Secret that exists already`,
      }),
      ...Object.fromEntries(keys),
    };
  }
}

/** A Secret with the given keys. */
export function secret<const K extends string>(options: SecretOptions<K>): SecretDeclaration<K> {
  return new SecretDeclaration(options);
}

function secretText(doc: string): Declaration<string | undefined> {
  return new Declaration(
    'secret',
    { type: 'string', text: 'any' },
    { type: 'string', minLength: 1, writeOnly: true },
    { doc, optional: true },
  );
}

/** Whether what is given for a declaration is the content of a secret. */
export function isSecret({ schema }: Declaration<unknown>): boolean {
  return schema.writeOnly === true;
}

/** Everything that values give for secrets, those of subcharts included. */
export function secretTexts(declarations: PlainDeclarations, given: JsonObject): readonly string[] {
  return Object.entries(declarations).flatMap(([key, entry]) => {
    const value = Object.hasOwn(given, key) ? given[key] : undefined;
    if (!(entry instanceof Declaration)) return secretTexts(entry, (value ?? {}) as JsonObject);
    return isSecret(entry) && typeof value === 'string' ? [value] : [];
  });
}

/** A declared secret: its keys are referred to, its content is shown nowhere. */
export class SecretValue<K extends string = string> {
  constructor(
    /** Where it is among the values, for example `database`. */
    readonly path: readonly string[],
    /** Its keys, each with a line on what belongs there. */
    readonly docs: Readonly<Record<K, string>>,
    /** Empty where none is named. */
    readonly existingSecret: Expression<string>,
    readonly given: Readonly<Record<K, Expression<string | undefined>>>,
  ) {}

  get keys(): readonly K[] {
    return Object.keys(this.docs) as K[];
  }

  /** Whether the chart makes the Secret: all keys are given, and none that exists is named. */
  get isMade(): Expression<boolean> {
    const given = Object.values<Expression<string | undefined>>(this.given).map((key) => key.isSet);
    return given.reduce((one, other) => one.and(other), this.existingSecret.equals(''));
  }

  /** One key of it, for an environment variable or a file. */
  key(key: K): SecretKey {
    if (this.keys.includes(key)) return { secret: this, key };
    throw new DrydockError('UNKNOWN_SECRET_KEY', {
      where: `secret ${this.path.join('.')}`,
      found: `the key "${key}"`,
      expected: `one of ${this.keys.join(', ')}`,
      remedy: 'Declare the key in `value.secret({ keys: ... })`.',
    });
  }
}

/** One key of a declared secret. */
export interface SecretKey {
  readonly secret: SecretValue;
  readonly key: string;
}
