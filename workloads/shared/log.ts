/** What goes into a line besides its message. */
export type Fields = Readonly<Record<string, unknown>>;

/** A log of JSON lines. */
export interface Log {
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
  /** The same log with fields that are in each of its lines. */
  with(fields: Fields): Log;
}

export interface LogOptions {
  readonly program: string;
  /** Texts that no line may hold, wherever they come from. */
  readonly secrets?: readonly string[];
  /** @default standard output */
  readonly write?: (line: string) => void;
}

const REDACTED = '[redacted]';
const secretName = /pass(word|wd)?$|secret|token|cookie|authorization|api_?key|database_?url/i;
/** Shorter texts occur by chance, and hiding them would hide the log. */
const SHORTEST_SECRET = 6;

/** One line of JSON for each event, to standard output, without secrets. */
export function createLog(options: LogOptions): Log {
  const { program, write = (text) => void process.stdout.write(text) } = options;
  const hidden = (options.secrets ?? [])
    .flatMap(formsOf)
    .filter(({ length }) => length >= SHORTEST_SECRET)
    .sort((left, right) => right.length - left.length);

  function logWith(common: Fields): Log {
    const say =
      (level: string) =>
      (message: string, fields: Fields = {}) => {
        const event = { time: new Date().toISOString(), level, program, message, ...common, ...fields };
        const text = JSON.stringify(event, hideByName);
        write(`${hidden.reduce((line, secret) => line.replaceAll(secret, REDACTED), text)}\n`);
      };
    return {
      info: say('info'),
      warn: say('warn'),
      error: say('error'),
      with: (fields) => logWith({ ...common, ...fields }),
    };
  }
  return logWith({});
}

/** A secret as it is, as JSON writes it, and the password in it where it is an address. */
function formsOf(secret: string): string[] {
  const password = URL.canParse(secret) ? new URL(secret).password : '';
  const texts = [secret, password, safeDecode(password)];
  return texts.flatMap((text) => [text, JSON.stringify(text).slice(1, -1)]);
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function hideByName(key: string, value: unknown): unknown {
  if (value instanceof Error) {
    const { name, message, stack } = value;
    const { code } = value as { code?: unknown };
    return { name, message, code, stack };
  }
  return value !== undefined && secretName.test(key) ? REDACTED : value;
}
