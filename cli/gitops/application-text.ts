import { printable } from '../../errors';
import type { Application, ApplicationStatus } from '../../gitops';
import type { Stored } from '../../kube';
import type { Colour, Paint } from '../deploy/colours';

type Phase = NonNullable<ApplicationStatus['phase']>;

const COLOURS: Readonly<Record<Phase, Colour>> = {
  Pending: 'yellow',
  Syncing: 'yellow',
  Healthy: 'green',
  Degraded: 'red',
  Failed: 'red',
};

/** Whether the cluster has what the branch says, and all of it is well, of the Application as it is now. */
export function isWell({ metadata, status }: Stored<Application>): boolean {
  return (
    status?.phase === 'Healthy' &&
    status.sync === 'Synced' &&
    status.observedGeneration === metadata.generation
  );
}

export function nameOf({ metadata: { namespace = 'default', name } }: Stored<Application>): string {
  return `${namespace}/${name}`;
}

/** A line for the Application, one for each of its clusters, and what there is to know where it is not well. */
export function linesOf(app: Stored<Application>, paint: Paint, width: number): string[] {
  const { status = {} } = app;
  const { phase = 'Pending', sync = 'Unknown', health = 'Unknown', message = '' } = status;
  const revision = (status.lastAppliedRevision ?? status.lastAttemptedRevision ?? '').slice(0, 10);
  const objects = status.inventory === undefined ? '' : `${status.inventory} objects`;
  const cells = [
    paint(COLOURS[phase], phase.padEnd(8)),
    sync.padEnd(9),
    health.padEnd(11),
    revision.padEnd(10),
  ];
  const first = `${nameOf(app).padEnd(width)}  ${cells.join('  ')}  ${objects}`.trimEnd();
  const said = isWell(app) || message === '' ? [] : [`  ${printable(message)}`];
  return [first, ...(status.clusters ?? []).map((one) => clusterLine(one, paint)), ...said].flatMap((line) =>
    line.split('\n'),
  );
}

type OfCluster = NonNullable<ApplicationStatus['clusters']>[number];

function clusterLine(
  { name, phase, sync, health, revision = '', message = '' }: OfCluster,
  paint: Paint,
): string {
  const why = phase === 'Healthy' || message === '' ? '' : `: ${printable(message)}`;
  return `  in ${name}  ${paint(COLOURS[phase], phase)}  ${sync}  ${health}  ${revision.slice(0, 10)}${why}`.trimEnd();
}

/** All of them, sorted by name. */
export function listLines(apps: readonly Stored<Application>[], paint: Paint): string[] {
  const sorted = [...apps].sort((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1));
  const width = Math.max(0, ...sorted.map((app) => nameOf(app).length));
  return sorted.flatMap((app) => linesOf(app, paint, width));
}
