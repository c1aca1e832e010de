import { createHash } from 'node:crypto';
import { Connection, metadataOnly, resource, Stores } from '../../kube';

/** Objects of a namespace, kept in memory and up to date. */
export interface Cache {
  /** How many there are now, and how many changes were told since the first of them were there. */
  readonly state: () => { readonly objects: number; readonly changes: number };
  close(): unknown;
}

export interface Cached {
  readonly kubeconfig: string;
  readonly namespace: string;
}

/** Ways to keep them. Each resolves when all that exists is there. */
export const caches: Readonly<Record<string, (of: Cached) => Promise<Cache>>> = {
  'kube/, whole objects': (of) => ours(of, {}),
  'kube/, digests (`keep`)': (of) => ours(of, { digests: true }),
  'kube/, `metadataOnly`': (of) => ours(of, { metadata: true }),
  'client-node 1.4, informer': informer,
};

const configMaps = resource('v1', 'ConfigMap');

async function ours(
  { kubeconfig, namespace }: Cached,
  { digests = false, metadata = false }: { readonly digests?: boolean; readonly metadata?: boolean },
): Promise<Cache> {
  const connection = new Connection({ kubeconfig, namespace });
  const stores = new Stores(connection, digests ? { keep: digestOf } : {});
  const store = await stores.open(metadata ? metadataOnly(configMaps) : configMaps);
  let changes = 0;
  store.onChange(() => {
    changes += 1;
  });
  return { state: () => ({ objects: store.all().length, changes }), close: () => connection.close() };
}

/** What a deployer remembers of an object: which one, in which version, and a digest of its content. */
function digestOf<Kind extends { readonly apiVersion: string; readonly kind: string }>(
  object: Kind & {
    readonly metadata: {
      readonly name: string;
      readonly namespace?: string;
      readonly uid: string;
      readonly resourceVersion: string;
    };
  },
): Kind {
  const { apiVersion, kind, metadata } = object;
  const { name, namespace, uid, resourceVersion } = metadata;
  const digest = createHash('sha256').update(JSON.stringify(object)).digest('base64url');
  return { apiVersion, kind, metadata: { name, namespace, uid, resourceVersion }, digest } as unknown as Kind;
}

async function informer({ kubeconfig, namespace }: Cached): Promise<Cache> {
  const { CoreV1Api, KubeConfig, makeInformer } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const api = config.makeApiClient(CoreV1Api);
  const path = `/api/v1/namespaces/${namespace}/configmaps`;
  const informing = makeInformer(config, path, () => api.listNamespacedConfigMap({ namespace }));
  let changes = 0;
  informing.on('update', () => {
    changes += 1;
  });
  let isClosed = false;
  informing.on('error', (error: unknown) => {
    // It tells its own end as one.
    if (!isClosed) throw error;
  });
  // Resolves when the list is there, and its watch has begun.
  await informing.start();
  return {
    state: () => ({ objects: informing.list().length, changes }),
    close: () => {
      isClosed = true;
      return informing.stop();
    },
  };
}
