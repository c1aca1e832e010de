import { changesAnything, DeployError } from '../../deploy';
import { type Command, UsageError } from '../command';
import { parseOptions } from '../parse-options';
import { paintFor } from './colours';
import {
  allowedBy,
  CLUSTER_HELP,
  clusterOptions,
  PLAN_HELP,
  planOptions,
  releaseAndRest,
  withDeployer,
} from './options';
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
    const plan = await withDeployer(
      'diff',
      release,
      values,
      () => {},
      async (deployer) => {
        const { objects, ...places } = await readSet({ ...values, paths, release }, io);
        return deployer.plan(objects, { ...allowedBy(values), ...places });
      },
    );
    if (values.output === 'json') io.out(`${JSON.stringify(plan, problemsAsFacts, 2)}\n`);
    else io.out(planText(plan, paintFor(process.stdout)));
    if (plan.problems.length > 0) return 2;
    return changesAnything(plan) ? 1 : 0;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    // 1 means a difference here, so a failure is told here and is 2.
    io.err(`drydock: ${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
};

/** An error of ours as its facts. */
function problemsAsFacts(_key: string, value: unknown): unknown {
  if (!(value instanceof DeployError)) return value;
  const { code, where, found, expected, remedy } = value;
  return { code, where, found, expected, remedy };
}
