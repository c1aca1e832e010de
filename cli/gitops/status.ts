import { type Application, applications } from '../../gitops';
import { type Connection, get, list, onAbort, type Stored, Stores } from '../../kube';
import { type Command, type Io, UsageError } from '../command';
import { asJson } from '../deploy/as-json';
import { paintFor } from '../deploy/colours';
import { interruptible } from '../interruptible';
import { isLive, LiveScreen } from '../live-screen';
import { parseOptions } from '../parse-options';
import { isWell, linesOf, listLines, nameOf } from './application-text';
import { CONNECT_HELP, connected, connectOptions, onlyName } from './options';

const HELP = `Usage: drydock gitops status [NAME] [options]

Says of each Application how it is, and why where it is not well. Exits with 1 when one is not.

  -A, --all-namespaces     of all namespaces
  -w, --watch              goes on, and says what changes, until it is interrupted
  -o, --output text|json   (default text)
${CONNECT_HELP}`;

const options = {
  ...connectOptions,
  'all-namespaces': { type: 'boolean', short: 'A', default: false },
  watch: { type: 'boolean', short: 'w', default: false },
  output: { type: 'string', short: 'o', default: 'text' },
} as const;

/** `drydock gitops status`. */
export const statusCommand: Command = async (argv, io) => {
  const { values, positionals } = parseOptions('gitops status', argv, options, true);
  if (values.help) {
    io.out(HELP);
    return 0;
  }
  const name = onlyName('status', positionals);
  const { output, watch } = values;
  if (output !== 'text' && output !== 'json')
    throw new UsageError(`--output takes text or json, not "${output}"`, 'drydock gitops status --help');
  const isWrong =
    (watch && output === 'json' && '--watch tells changes as text, not as json') ||
    (name !== undefined &&
      values['all-namespaces'] &&
      'one name is of one namespace: leave out --all-namespaces');
  if (isWrong) throw new UsageError(isWrong, 'drydock gitops status --help');
  return connected(values, async (connection) => {
    const namespace = values['all-namespaces'] ? '*' : connection.namespace;
    if (watch) return interruptible((signal) => follow(connection, { name, namespace }, signal, io));
    const found =
      name === undefined
        ? (await list(connection, applications, { namespace })).items
        : [await get(connection, applications, { namespace, name })];
    io.out(output === 'json' ? `${asJson(found)}\n` : textOf(found, paintFor(process.stdout)));
    return found.every(isWell) ? 0 : 1;
  });
};

const NONE = 'There is no Application.';

function textOf(found: readonly Stored<Application>[], paint: Parameters<typeof listLines>[1]): string {
  const lines = found.length === 0 ? [NONE] : listLines(found, paint);
  return lines.map((line) => `${line}\n`).join('');
}

interface Of {
  readonly name: string | undefined;
  readonly namespace: string;
}

/** Drawn again in its place on a terminal; elsewhere a line for each change. */
async function follow(
  connection: Connection,
  { name, namespace }: Of,
  signal: AbortSignal,
  io: Io,
): Promise<number> {
  const paint = paintFor(process.stdout);
  const fieldSelector = name === undefined ? {} : { fieldSelector: `metadata.name=${name}` };
  const store = await new Stores(connection).open(applications, { namespace, ...fieldSelector }, signal);
  try {
    const tell = isLive(process.stdout) ? onScreen(new LiveScreen(io.out, process.stdout)) : asLines(io.out);
    const draw = () => tell(store.all());
    draw();
    const stop = store.onChange(draw);
    await new Promise<void>((resolve) => onAbort(signal, resolve));
    stop();
    return store.all().every(isWell) ? 0 : 1;
  } finally {
    store.close();
  }

  function onScreen(screen: LiveScreen) {
    return (apps: readonly Stored<Application>[]) => {
      const lines = apps.length === 0 ? [NONE] : listLines(apps, paint);
      const left = lines.length - screen.rows;
      screen.draw(left > 0 ? [...lines.slice(0, screen.rows - 1), `and ${left + 1} more lines`] : lines);
    };
  }

  function asLines(out: (text: string) => void) {
    const said = new Map<string, string>();
    return (apps: readonly Stored<Application>[]) => {
      const there = new Set(apps.map(nameOf));
      for (const gone of [...said.keys()].filter((one) => !there.has(one))) {
        said.delete(gone);
        out(`${gone}  is deleted\n`);
      }
      for (const app of apps) {
        const text = linesOf(app, paint, 0).join('\n');
        if (said.get(nameOf(app)) !== text) out(`${text}\n`);
        said.set(nameOf(app), text);
      }
    };
  }
}
