import type { Command } from '../command';
import { parseOptions } from '../parse-options';
import { CLUSTER_HELP, clusterOptions, releaseAndRest, withDeployer } from './options';

const HELP = `Usage: drydock history RELEASE [options]

Lists the revisions that are kept, the newest last: number, state, when it was begun, how many objects.

${CLUSTER_HELP}`;

/** `drydock history`. */
export const historyCommand: Command = async (argv, io) => {
  const { values, positionals } = parseOptions('history', argv, clusterOptions, true);
  if (values.help) {
    io.out(HELP);
    return 0;
  }
  const [name] = releaseAndRest('history', positionals);
  const revisions = await withDeployer(
    'history',
    name,
    values,
    () => {},
    (deployer) => deployer.history(),
  );
  if (values.output === 'json') {
    io.out(`${JSON.stringify(revisions, undefined, 2)}\n`);
    return 0;
  }
  for (const { revision, state, at, objects } of revisions) {
    io.out(`${String(revision).padStart(4)}  ${state.padEnd(8)}  ${at}  ${objects} objects\n`);
  }
  return 0;
};
