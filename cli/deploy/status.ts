import type { ObjectStatus, ReleaseStatus } from '../../deploy';
import { inWords } from '../../deploy/objects/object-ref';
import { printable } from '../../errors';
import type { Command } from '../command';
import { parseOptions } from '../parse-options';
import { asJson } from './as-json';
import type { Colour, Paint } from './colours';
import { onClusters } from './on-clusters';
import { CLUSTER_HELP, clusterOptions, releaseAndRest } from './options';

const HELP = `Usage: drydock status RELEASE [options]

Says of each object of the release whether it is there, ours and healthy, and if not, why. Exits with 1 when one is not.

${CLUSTER_HELP}`;

/** `drydock status`. */
export const statusCommand: Command = async (argv, io) => {
  const { values, positionals } = parseOptions('status', argv, clusterOptions, true);
  if (values.help) {
    io.out(HELP);
    return 0;
  }
  const [release] = releaseAndRest('status', positionals);
  return onClusters(
    {
      ...{ command: 'status', release, values, text: statusText, json: asJson },
      prepare: async () => undefined,
      act: (deployer) => deployer.status(),
      code: ({ revisions, objects }: ReleaseStatus) =>
        objects.every(({ state }) => state === 'healthy') && revisions.at(-1)?.state === 'good' ? 0 : 1,
    },
    io,
  );
};

function statusText({ release, namespace, revisions, objects }: ReleaseStatus, paint: Paint): string {
  const newest = revisions.at(-1);
  const title = `release ${release} in namespace ${namespace}, revision ${newest?.revision} (${newest?.state}) of ${newest?.at}\n`;
  return title + objects.map((object) => lineOf(object, paint)).join('');
}

const COLOURS: Readonly<Record<ObjectStatus['state'], Colour>> = {
  healthy: 'green',
  waiting: 'yellow',
  failed: 'red',
  missing: 'red',
  foreign: 'red',
};

function lineOf(object: ObjectStatus, paint: Paint): string {
  const why = object.why === '' ? '' : `: ${printable(object.why)}`;
  return `  ${paint(COLOURS[object.state], object.state.padEnd(7))} ${inWords(object)}${why}\n`;
}
