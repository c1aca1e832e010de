import { type Application, applications, SYNC_ANNOTATION } from '../../gitops';
import { get, onAbort, patch, type Stored, Stores, startTimer } from '../../kube';
import { type Command, type Io, UsageError } from '../command';
import { paintFor } from '../deploy/colours';
import { milliseconds } from '../deploy/options';
import { interruptible } from '../interruptible';
import { parseOptions } from '../parse-options';
import { linesOf, nameOf } from './application-text';
import { CONNECT_HELP, connected, connectOptions, onlyName } from './options';

const HELP = `Usage: drydock gitops sync NAME [options]

Lets an Application with sync.auto: false apply the commit whose changes it has told, and waits for what becomes of it. Exits
with 1 when it is not healthy then.

      --revision COMMIT    only this commit (default: the one that it has told)
      --no-wait            only lets it
      --timeout TIME       longest wait, such as 90s, 5m (default 5m)
${CONNECT_HELP}`;

const options = {
  ...connectOptions,
  revision: { type: 'string' },
  'no-wait': { type: 'boolean', default: false },
  timeout: { type: 'string', default: '5m' },
} as const;

/** `drydock gitops sync`. */
export const syncCommand: Command = async (argv, io) => {
  const { values, positionals } = parseOptions('gitops sync', argv, options, true);
  if (values.help) {
    io.out(HELP);
    return 0;
  }
  const name = onlyName('sync', positionals);
  if (name === undefined)
    throw new UsageError('sync takes the name of an Application', 'drydock gitops sync --help');
  const timeoutMs = milliseconds('gitops sync', values.timeout);
  return connected(values, async (connection) => {
    const at = { namespace: connection.namespace, name };
    const revision = revisionOf(await get(connection, applications, at), values.revision);
    const merge = { metadata: { annotations: { [SYNC_ANNOTATION]: revision } } };
    await patch(connection, applications, at, { merge });
    if (values['no-wait']) return 0;
    return interruptible((signal) =>
      untilDone(new Stores(connection), at, revision, { signal, timeoutMs }, io),
    );
  });
};

/** The commit that may be applied: what would change is known of one alone. */
function revisionOf(app: Stored<Application>, asked: string | undefined): string {
  const { spec, status } = app;
  const help = 'drydock gitops sync --help';
  if (spec.sync?.auto !== false)
    throw new UsageError(`${nameOf(app)} applies each commit by itself: there is nothing to allow`, help);
  const told = status?.lastAttemptedRevision;
  if (told === undefined)
    throw new UsageError(
      `${nameOf(app)} has told of no commit yet: ${status?.message ?? 'no controller has looked at it'}`,
      help,
    );
  if (asked !== undefined && !(asked.length >= 7 && told.startsWith(asked)))
    throw new UsageError(`${nameOf(app)} has told what commit ${told} would change, not "${asked}"`, help);
  return told;
}

interface Wait {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/** Says each state on the way; resolves to the exit code. */
async function untilDone(
  stores: Stores,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  revision: string,
  { signal, timeoutMs }: Wait,
  io: Io,
): Promise<number> {
  const selection = { namespace, fieldSelector: `metadata.name=${name}` };
  const store = await stores.open(applications, selection, signal);
  const paint = paintFor(process.stdout);
  let said = '';
  try {
    return await new Promise<number>((resolve) => {
      const done = (code: number) => {
        stop();
        forget();
        resolve(code);
      };
      const look = () => {
        const app = store.get(name, namespace);
        const text = app ? linesOf(app, paint, 0).join('\n') : `${namespace}/${name}  is deleted`;
        if (text !== said) io.out(`${text}\n`);
        said = text;
        const code = app ? codeOf(app, revision) : 1;
        if (code !== undefined) done(code);
      };
      const stop = startTimer(timeoutMs, () => {
        io.err(`drydock: ${namespace}/${name} has not become healthy within the time\n`);
        done(1);
      });
      const forget = onAbort(signal, () => done(1));
      store.onChange(look);
      look();
    });
  } finally {
    store.close();
  }
}

/** What has become of it, or nothing yet. Once the branch is at another commit, that one is told and not this one applied. */
function codeOf({ status }: Stored<Application>, revision: string): number | undefined {
  const { phase, lastAttemptedRevision, lastAppliedRevision } = status ?? {};
  if (lastAttemptedRevision !== revision) return 1;
  if (phase === 'Healthy' && lastAppliedRevision === revision) return 0;
  return phase === 'Degraded' || phase === 'Failed' ? 1 : undefined;
}
