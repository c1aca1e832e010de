import { type Command, UsageError } from '../command';
import { parseOptions } from '../parse-options';
import { paintFor } from './colours';
import { CLUSTER_HELP, clusterOptions, releaseAndRest, withDeployer } from './options';
import { reportText, toldTo } from './run-text';

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
  const report = await withDeployer(
    'rollback',
    release,
    values,
    toldTo(io.err, paintFor(process.stderr)),
    (deployer) =>
      deployer.rollback(revision === undefined ? undefined : Number(revision), {
        forceConflicts: values['force-conflicts'],
        recreate: values.recreate ?? [],
        wait: !values['no-wait'],
      }),
  );
  io.out(values.output === 'json' ? `${JSON.stringify(report, undefined, 2)}\n` : reportText(report));
  return 0;
};
