import { ABORT_ANNOTATION, type Application, applications, PROMOTE_ANNOTATION } from '../../gitops';
import { get, patch, type Stored } from '../../kube';
import { type Command, type Io, UsageError } from '../command';
import { parseOptions } from '../parse-options';
import { nameOf } from './application-text';
import { CONNECT_HELP, type ConnectValues, connected, connectOptions, onlyName } from './options';

const PROMOTE_HELP = `Usage: drydock gitops promote NAME [options]

Lets the Rollouts of the commit that is on its way go on, past all of their steps.

      --step NUMBER        only past the pause at this step, counted from 0 as the status tells it
${CONNECT_HELP}`;

const ABORT_HELP = `Usage: drydock gitops abort NAME [options]

Takes the Rollouts of the commit that is on its way back to what ran before. With sync.rollback the whole commit goes back.

${CONNECT_HELP}`;

const promoteOptions = { ...connectOptions, step: { type: 'string' } } as const;

/** `drydock gitops promote`. */
export const promoteCommand: Command = async (argv, io) => {
  const { values, positionals } = parseOptions('gitops promote', argv, promoteOptions, true);
  if (values.help) {
    io.out(PROMOTE_HELP);
    return 0;
  }
  const { step } = values;
  if (step !== undefined && !/^\d{1,4}$/.test(step))
    throw new UsageError(`--step takes the number of a step, not "${step}"`, 'drydock gitops promote --help');
  const past = step === undefined ? '' : `@${step}`;
  return say('promote', positionals, values, io, (commit) => ({
    annotations: { [PROMOTE_ANNOTATION]: `${commit}${past}`, [ABORT_ANNOTATION]: null },
    told: `commit ${commit} goes on${step === undefined ? '' : ` past step ${step}`}`,
  }));
};

/** `drydock gitops abort`. */
export const abortCommand: Command = async (argv, io) => {
  const { values, positionals } = parseOptions('gitops abort', argv, connectOptions, true);
  if (values.help) {
    io.out(ABORT_HELP);
    return 0;
  }
  return say('abort', positionals, values, io, (commit) => ({
    annotations: { [ABORT_ANNOTATION]: commit },
    told: `commit ${commit} is taken back`,
  }));
};

async function say(
  command: string,
  positionals: readonly string[],
  values: ConnectValues,
  io: Io,
  what: (commit: string) => { readonly annotations: Record<string, string | null>; readonly told: string },
): Promise<number> {
  const name = onlyName(command, positionals);
  if (name === undefined)
    throw new UsageError(`${command} takes the name of an Application`, `drydock gitops ${command} --help`);
  return connected(values, async (connection) => {
    const at = { namespace: connection.namespace, name };
    const app = await get(connection, applications, at);
    const { annotations, told } = what(onItsWay(app, command));
    await patch(connection, applications, at, { merge: { metadata: { annotations } } });
    io.out(`${nameOf(app)}: ${told}\n`);
    return 0;
  });
}

/** The commit that a person speaks of: what is whole already has nothing to go on to. */
function onItsWay(app: Stored<Application>, command: string): string {
  const { phase, lastAttemptedRevision: commit, message } = app.status ?? {};
  if (phase === 'Syncing' && commit !== undefined) return commit;
  throw new UsageError(
    `${nameOf(app)} has no commit on its way: it is ${phase ?? 'new'}${message ? `, ${message}` : ''}`,
    `drydock gitops ${command} --help`,
  );
}
