import type { Command } from '../command';
import { parseOptions } from '../parse-options';
import { asJson } from './as-json';
import { progressTo } from './live-tree';
import { onClusters } from './on-clusters';
import { allowedBy, CLUSTER_HELP, clusterOptions, PLAN_HELP, planOptions, releaseAndRest } from './options';
import { reportText } from './run-text';
import { readSet } from './source';

const HELP = `Usage: drydock apply RELEASE [PATH ...] [options]

Brings objects into a cluster as one release: applies them stage by stage, waits until they are healthy, then deletes
what an earlier apply of this release had and this one has not. Refuses before it writes anything. When an object fails,
what needs it is not tried, nothing is deleted, and the same command goes on from there. \`drydock diff\` shows it before.
A PATH is a file, a folder, a Helm chart (needs helm on the PATH), or - for the standard input; without one the app of
cdk8s.yaml is run.

      --no-wait            do not wait until what changed is healthy
      --rollback-on-failure  put the last good revision back when something fails
      --foreground         delete what an object owns before the object
${CLUSTER_HELP}${PLAN_HELP}`;

const options = {
  ...clusterOptions,
  ...planOptions,
  'no-wait': { type: 'boolean', default: false },
  'rollback-on-failure': { type: 'boolean', default: false },
  foreground: { type: 'boolean', default: false },
} as const;

/** `drydock apply`. */
export const applyCommand: Command = async (argv, io) => {
  const { values, positionals } = parseOptions('apply', argv, options, true);
  if (values.help) {
    io.out(HELP);
    return 0;
  }
  const [release, paths] = releaseAndRest('apply', positionals);
  return onClusters(
    {
      ...{
        command: 'apply',
        release,
        values,
        told: progressTo,
        code: () => 0,
        text: reportText,
        json: asJson,
      },
      prepare: () => readSet({ ...values, paths, release }, io),
      act: (deployer, { objects, ...places }) =>
        deployer.apply(objects, {
          ...allowedBy(values),
          ...places,
          wait: !values['no-wait'],
          rollbackOnFailure: values['rollback-on-failure'],
          foreground: values.foreground,
        }),
    },
    io,
  );
};
