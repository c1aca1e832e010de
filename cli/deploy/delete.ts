import type { Report } from '../../deploy';
import type { Command } from '../command';
import { parseOptions } from '../parse-options';
import { asJson } from './as-json';
import { progressTo } from './live-tree';
import { onClusters } from './on-clusters';
import { CLUSTER_HELP, clusterOptions, releaseAndRest } from './options';
import { keptText, reportText } from './run-text';

const HELP = `Usage: drydock delete RELEASE [options]

Deletes all that the release has made, by what is remembered of it in the cluster; the files are not needed. Namespaces,
CRDs, volumes and their claims stay, and the release with them, until they are named. What the annotation
helm.sh/resource-policy: keep protects stays for good and is no longer part of it.

      --allow-prune-of KIND/NAME  one of those that may go (may be repeated)
      --foreground         delete what an object owns before the object
${CLUSTER_HELP}`;

const options = {
  ...clusterOptions,
  'allow-prune-of': { type: 'string', multiple: true },
  foreground: { type: 'boolean', default: false },
} as const;

/** `drydock delete`. */
export const deleteCommand: Command = async (argv, io) => {
  const { values, positionals } = parseOptions('delete', argv, options, true);
  if (values.help) {
    io.out(HELP);
    return 0;
  }
  const [release] = releaseAndRest('delete', positionals);
  return onClusters(
    {
      ...{ command: 'delete', release, values, told: progressTo, code: () => 0, json: asJson },
      prepare: async () => undefined,
      act: (deployer) =>
        deployer.delete({ allowPruneOf: values['allow-prune-of'] ?? [], foreground: values.foreground }),
      text: (report: Report) => keptText(report.outcomes) + reportText(report),
    },
    io,
  );
};
