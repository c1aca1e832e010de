import { changesAnything, type Plan } from '../../deploy';
import { type Command, UsageError } from '../command';
import { parseOptions } from '../parse-options';
import { asJson } from './as-json';
import { onClusters } from './on-clusters';
import { allowedBy, CLUSTER_HELP, clusterOptions, PLAN_HELP, planOptions, releaseAndRest } from './options';
import { planText } from './plan-text';
import { readSet } from './source';

const HELP = `Usage: drydock diff RELEASE [PATH ...] [options]

Says what \`drydock apply\` would do to the cluster as it is, object by object and field by field: made of server-side
dry-runs, so that defaults, webhooks and policies are in it. Writes nothing. A PATH is a file, a folder, a Helm chart
(needs helm on the PATH), or - for the standard input; without one the app of cdk8s.yaml is run.
Exits with 0 when nothing would change, 1 when something would, 2 when it is refused or fails, as diff does.

${CLUSTER_HELP}${PLAN_HELP}`;

/** `drydock diff`. */
export const diffCommand: Command = async (argv, io) => {
  const { values, positionals } = parseOptions('diff', argv, { ...clusterOptions, ...planOptions }, true);
  if (values.help) {
    io.out(HELP);
    return 0;
  }
  const [release, paths] = releaseAndRest('diff', positionals);
  try {
    return await onClusters(
      {
        ...{ command: 'diff', release, values, text: planText, json: asJson },
        prepare: () => readSet({ ...values, paths, release }, io),
        act: (deployer, { objects, ...places }) =>
          deployer.plan(objects, { ...allowedBy(values), ...places }),
        code: (plan: Plan) => (plan.problems.length > 0 ? 2 : changesAnything(plan) ? 1 : 0),
      },
      io,
    );
  } catch (error) {
    if (error instanceof UsageError) throw error;
    // 1 means a difference here, so a failure is told here and is 2.
    io.err(`drydock: ${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
};
