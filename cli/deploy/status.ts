import type { ObjectStatus } from '../../deploy';
import type { Command } from '../command';
import { parseOptions } from '../parse-options';
import { printable } from '../printable';
import { type Colour, type Paint, paintFor } from './colours';
import { CLUSTER_HELP, clusterOptions, releaseAndRest, withDeployer } from './options';
import { inWords } from './run-text';

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
  const [name] = releaseAndRest('status', positionals);
  const found = await withDeployer(
    'status',
    name,
    values,
    () => {},
    (deployer) => deployer.status(),
  );
  const { release, namespace, revisions, objects } = found;
  const isWell = objects.every(({ state }) => state === 'healthy') && revisions.at(-1)?.state === 'good';
  if (values.output === 'json') {
    io.out(`${JSON.stringify(found, undefined, 2)}\n`);
    return isWell ? 0 : 1;
  }
  const newest = revisions.at(-1);
  const paint = paintFor(process.stdout);
  io.out(
    `release ${release} in namespace ${namespace}, revision ${newest?.revision} (${newest?.state}) of ${newest?.at}\n`,
  );
  for (const object of objects) io.out(lineOf(object, paint));
  return isWell ? 0 : 1;
};

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
