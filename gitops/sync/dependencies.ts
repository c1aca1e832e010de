import { type Connection, getIfThere, type Stored } from '../../kube';
import { type Application, applications } from '../api/application';

type Look = (name: string) => Promise<Stored<Application> | undefined>;

/** Applications of its namespace by name; undefined for one that is not there. */
export function neighboursOf(connection: Connection, namespace: string): Look {
  const known = new Map<string, Promise<Stored<Application> | undefined>>();
  const look: Look = (name) => getIfThere(connection, applications, { namespace, name });
  return (name) => {
    const one = known.get(name) ?? look(name);
    known.set(name, one);
    return one;
  };
}

/** What an Application waits for before a commit is applied, in words; undefined when nothing holds it. */
export async function waitsFor(app: Stored<Application>, look: Look): Promise<string | undefined> {
  const circle = await circleFrom(app, look);
  if (circle) return `they wait for each other: ${circle.join(' -> ')}; leave one out of \`spec.dependsOn\``;
  for (const name of app.spec.dependsOn ?? []) {
    const other = await look(name);
    if (!other) return `Application ${name}, which is not there`;
    const { status, metadata } = other;
    if (status?.phase !== 'Healthy' || status.observedGeneration !== metadata.generation)
      return `Application ${name}, which is ${status?.phase ?? 'not yet looked at'}`;
  }
  return undefined;
}

async function circleFrom(app: Stored<Application>, look: Look): Promise<readonly string[] | undefined> {
  const start = app.metadata.name;
  const seen = new Set<string>();
  const walk = async (
    one: Pick<Application, 'spec'>,
    path: readonly string[],
  ): Promise<readonly string[] | undefined> => {
    for (const name of one.spec.dependsOn ?? []) {
      if (name === start) return [...path, name];
      if (seen.has(name)) continue;
      seen.add(name);
      const other = await look(name);
      const found = other && (await walk(other, [...path, name]));
      if (found) return found;
    }
    return undefined;
  };
  return walk(app, [start]);
}
