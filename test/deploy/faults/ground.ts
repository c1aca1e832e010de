import type { ClusterApi, Live } from '../../../deploy/cluster/cluster-api';
import { kubeApi } from '../../../deploy/cluster/kube-api';
import { type Release, releaseOf } from '../../../deploy/inventory/names';
import { type Connection, create, type KubeObject, patch, remove, resource } from '../../../kube';

/** Where runs go wrong: a cluster, a release in it, and others who work there too. */
export interface Ground {
  /** The cluster on a good day. */
  readonly api: ClusterApi;
  readonly release: Release;
  /** What somebody else does, who is no drydock: makes a ConfigMap, or changes fields of one. */
  write(name: string, data: Readonly<Record<string, string>>): Promise<Live>;
  drop(name: string): Promise<void>;
  /** As if the lock that a dead run has left had not been renewed for a minute. */
  silence(): Promise<void>;
}

export const configMaps = resource('v1', 'ConfigMap');
const leases = resource('coordination.k8s.io/v1', 'Lease');
const SOMEBODY = { fieldManager: 'somebody' };

/** A namespace of a real cluster. */
export function realGround(connection: Connection): Ground {
  const { namespace } = connection;
  const api = withAnswersKept(kubeApi(connection));
  const release = releaseOf('shop', namespace);
  const at = { namespace, name: release.parent };
  return {
    api,
    release,
    write: async (name, data) => {
      const isThere = await api.get(configMaps, { namespace, name });
      const made: KubeObject & { readonly data: object } = {
        ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data },
      };
      const written = isThere
        ? patch(connection, configMaps, { namespace, name }, { merge: { data } }, SOMEBODY)
        : create(connection, configMaps, made, SOMEBODY);
      return (await written) as unknown as Live;
    },
    drop: async (name) => {
      if (await api.get(configMaps, { namespace, name }))
        await remove(connection, configMaps, { namespace, name });
    },
    silence: async () => {
      const renewTime = new Date(Date.now() - 60_000).toISOString().replace('Z', '000Z');
      if (await api.get(leases, at)) await api.change(leases, at, { spec: { renewTime } });
    },
  };
}

/** What a run asks before it writes anything, a question a right and a version: the answers are the same each time here. */
function withAnswersKept(api: ClusterApi): ClusterApi {
  const kept = new Map<string, Promise<unknown>>();
  const once = <Question, Answer>(ask: (question: Question) => Promise<Answer>) => {
    return (question: Question): Promise<Answer> => {
      const key = JSON.stringify(question);
      const answer = (kept.get(key) as Promise<Answer> | undefined) ?? ask(question);
      kept.set(key, answer);
      // A failure is no answer.
      answer.catch(() => kept.delete(key));
      return answer;
    };
  };
  return { ...api, served: once(api.served), may: once(api.may) };
}
