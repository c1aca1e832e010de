import type { ConfigMap } from '../../imports/k8s';
import type { Connection } from '../connection';
import { create } from '../create';
import { remove } from '../delete';
import { list } from '../list';
import { patch } from '../patch';
import { stateOf } from './model-cluster';
import { configMaps, type Subject } from './watch-law';

/** A real API server as the subject of the law; each run has a label and names of its own. */
export async function realSubject(connection: Connection, namespace: string, run: string): Promise<Subject> {
  const credentials = await connection.credentials();
  const labelSelector = `law=${run}`;
  /** UIDs, by name. */
  const existing = new Map<string, string>();
  const deleted = new Set<string>();
  const states = new Set<string>();
  // The server does not tell the version of a deletion, only of what was deleted.
  const withoutVersion = (state: string) =>
    state
      .split('|')
      .filter((_part, index) => index !== 2)
      .join('|');
  const saw = (object: Parameters<typeof stateOf>[0]) => {
    states.add(stateOf(object));
    states.add(withoutVersion(stateOf(object)));
  };
  const set = async (name: string, value: string) => {
    const data = { value };
    const metadata = { name, namespace, labels: { law: run } };
    const object: ConfigMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data };
    if (existing.has(name))
      saw(await patch(connection, configMaps, { namespace, name }, { merge: { data } }));
    else {
      const made = await create(connection, configMaps, object);
      existing.set(name, made.metadata.uid);
      saw(made);
    }
  };
  const erase = async (name: string) => {
    const uid = existing.get(name);
    if (uid === undefined) return;
    existing.delete(name);
    // Before the answer: a watch may tell it sooner.
    deleted.add(uid);
    await remove(connection, configMaps, { namespace, name });
  };
  return {
    upstream: { url: connection.server.href, agent: credentials.calls, headers: credentials.headers },
    namespace,
    labelSelector,
    perform: async (step) => {
      if (step.do === 'set') await set(`${run}-${step.name}`, step.value);
      if (step.do === 'delete') await erase(`${run}-${step.name}`);
      // A real server does not compact or bookmark at will; the faults say 410, and bookmarks come by themselves.
      if (step.do === 'wait') await new Promise((resolve) => setTimeout(resolve, step.ms));
    },
    states: async () => {
      const { items } = await list(connection, configMaps, { namespace, labelSelector });
      return new Map(items.map((item) => [item.metadata.name, stateOf(item)]));
    },
    everWas: (state, how) => states.has(how === 'final' ? withoutVersion(state) : state),
    isDeleted: (uid) => deleted.has(uid),
  };
}
