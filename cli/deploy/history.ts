import type { Revision } from '../../deploy';
import type { Command } from '../command';
import { parseOptions } from '../parse-options';
import { asJson } from './as-json';
import { onClusters } from './on-clusters';
import { CLUSTER_HELP, clusterOptions, releaseAndRest } from './options';

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
  const [release] = releaseAndRest('history', positionals);
  return onClusters(
    {
      ...{ command: 'history', release, values, code: () => 0, text: historyText, json: asJson },
      prepare: async () => undefined,
      act: (deployer) => deployer.history(),
    },
    io,
  );
};

function historyText(revisions: readonly Revision[]): string {
  return revisions
    .map(
      ({ revision, state, at, objects }) =>
        `${String(revision).padStart(4)}  ${state.padEnd(8)}  ${at}  ${objects} objects\n`,
    )
    .join('');
}
