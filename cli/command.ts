/** Where a command writes; tests hand in their own. */
export interface Io {
  /** What was asked for: the standard output. Takes whole text, line ends included. */
  readonly out: (text: string) => void;
  /** Progress and complaints: the standard error. */
  readonly err: (text: string) => void;
}

/** A subcommand: gets what is after its name, resolves to the exit code. Throws for every failure it can name. */
export type Command = (argv: readonly string[], io: Io) => Promise<number>;

/** A mistake in the command line itself. It is printed without a stack, with where to find help, and exits with 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';

  constructor(
    message: string,
    /** The command to ask for help, as it would be typed. */
    readonly help = 'drydock --help',
  ) {
    super(message);
  }
}
