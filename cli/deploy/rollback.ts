import { type Command, UsageError } from '../command';
import { parseOptions } from '../parse-options';
import { asJson } from './as-json';
import { progressTo } from './live-tree';
import { onClusters } from './on-clusters';
import { CLUSTER_HELP, clusterOptions, releaseAndRest } from './options';
import { reportText } from './run-text';

const HELP = `Usage: drydock rollback RELEASE [REVISION] [options]

Applies the objects of an earlier revision again, as a new one: the last good one before the newest, unless a REVISION is
named (\`drydock history\` lists them). Objects that it has not are deleted, as by \`drydock apply --allow-prune\`.

      --force-conflicts    take fields that others own and have other values in
      --recreate KIND      delete and make anew where a field cannot be changed (may be repeated)
      --no-wait            do not wait until what changed is healthy
${CLUSTER_HELP}`;

const options = {
  ...clusterOptions,
  'force-conflicts': { type: 'boolean', default: false },
  recreate: { type: 'string', multiple: true },
  'no-wait': { type: 'boolean', default: false },
} as const;

/** `drydock rollback`. */
export const rollbackCommand: Command = async (argv, io) => {
  const { values, positionals } = parseOptions('rollback', argv, options, true);
  if (values.help) {
    io.out(HELP);
    return 0;
  }
  const [release, [revision]] = releaseAndRest('rollback', positionals);
  if (revision !== undefined && !/^\d{1,9}$/.test(revision)) {
    throw new UsageError(`a revision is a number, not "${revision}"`, 'drydock rollback --help');
  }
  return onClusters(
    {
      ...{
        command: 'rollback',
        release,
        values,
        told: progressTo,
        code: () => 0,
        text: reportText,
        json: asJson,
      },
      prepare: async () => undefined,
      act: (deployer) =>
        deployer.rollback(revision === undefined ? undefined : Number(revision), {
          forceConflicts: values['force-conflicts'],
          recreate: values.recreate ?? [],
          wait: !values['no-wait'],
        }),
    },
    io,
  );
};
