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
  const existing = new Set<string>();
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
    else saw(await create(connection, configMaps, object));
    existing.add(name);
  };
  return {
    upstream: { url: connection.server.href, agent: credentials.calls, headers: credentials.headers },
    namespace,
    labelSelector,
    perform: async (step) => {
      if (step.do === 'set') await set(`${run}-${step.name}`, step.value);
      if (step.do === 'delete' && existing.delete(`${run}-${step.name}`)) {
        await remove(connection, configMaps, { namespace, name: `${run}-${step.name}` });
      }
      // A real server does not compact or bookmark at will; the faults say 410, and bookmarks come by themselves.
      if (step.do === 'wait') await new Promise((resolve) => setTimeout(resolve, step.ms));
    },
    states: async () => {
      const { items } = await list(connection, configMaps, { namespace, labelSelector });
      return new Map(items.map((item) => [item.metadata.name, stateOf(item)]));
    },
    everWas: (state, how) => states.has(how === 'deleted' ? withoutVersion(state) : state),
  };
}
