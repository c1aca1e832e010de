import {
  ApiError,
  apply,
  type CallOptions,
  type Connection,
  create,
  Discovery,
  get,
  type KubeObject,
  list,
  OpenApi,
  patch,
  type Resource,
  remove,
  resource,
  type Store,
  Stores,
} from '../../kube';
import { type ClusterApi, type Followed, type Live, MANAGER } from './cluster-api';
import { rememberingRights } from './remembered-rights';

interface AccessReview extends KubeObject {
  readonly spec: object;
  readonly status?: { readonly allowed?: boolean };
}

const reviews = resource<AccessReview>('authorization.k8s.io/v1', 'SelfSubjectAccessReview', {
  plural: 'selfsubjectaccessreviews',
  namespaced: false,
});

/**
 * Most releases in one answer: pages come one after the other, each a way there and back. Where they are too large to be read,
 * smaller ones are asked for.
 */
const PAGE_SIZE = 2_000;

const shared = new WeakMap<Connection, ClusterApi>();

/** One for all releases of a connection: what kinds a cluster has, and what one may, is asked once, and watches are shared. */
export function sharedApi(connection: Connection): ClusterApi {
  const known = shared.get(connection);
  if (known) return known;
  const own = kubeApi(connection);
  const api = { ...own, may: rememberingRights(own.may) };
  shared.set(connection, api);
  return api;
}

/** A real cluster. `urgent` is the lock, which must not wait behind a thousand objects. */
export function kubeApi(connection: Connection, call: CallOptions = {}): ClusterApi {
  const stores = new Stores(connection);
  const discovery = new Discovery(connection, call);
  const openApi = new OpenApi(connection, call);
  const writing = { ...call, fieldManager: MANAGER };
  return {
    namespace: connection.namespace,
    served: (apiVersion) => orIfMissing(discovery.served(apiVersion), []),
    schemas: async (apiVersion) =>
      (await orIfRefused(openApi.document(apiVersion), undefined))?.components?.schemas,
    get: (of, at) => orIfMissing(live(get(connection, of, at, call)), undefined),
    list: async (of, namespace, labelSelector) => {
      const where = { namespace: namespace ?? '*', labelSelector };
      const listed = await list(connection, of, { ...call, ...where, pageSize: PAGE_SIZE });
      return listed.items as unknown as readonly Live[];
    },
    follow: async (of, namespace, labelSelector, signal) => {
      const opened = stores.open(of, { namespace: namespace ?? '*', labelSelector }, signal);
      return followed(of, await orIfRefused(opened, undefined));
    },
    apply: (of, object, how = {}) => live(apply(connection, of, object, { ...writing, ...how })),
    create: (of, object) => live(create(connection, of, object, writing)),
    change: (of, at, merge, how = {}) => live(patch(connection, of, at, { merge }, { ...writing, ...how })),
    remove: async (of, at, { uid, resourceVersion, foreground }) => {
      const propagationPolicy = foreground ? 'Foreground' : 'Background';
      const answer = await orIfMissing(
        remove(connection, of, at, { ...call, uid, resourceVersion, propagationPolicy }),
        undefined,
      );
      // A Status says that it is done; an object, which some kinds answer with, may have to wait for finalizers.
      return answer === undefined || answer.kind === 'Status' ? 'gone' : 'going';
    },
    may: async ({ verb, group, resource: plural, namespace }) => {
      const asked = {
        apiVersion: reviews.apiVersion,
        kind: reviews.kind,
        spec: { resourceAttributes: { verb, group, resource: plural, namespace } },
      };
      return (await create(connection, reviews, asked, call)).status?.allowed === true;
    },
    now: () => connection.clock.now(),
  };
}

function followed(of: Resource, store: Store<KubeObject> | undefined): Followed | undefined {
  return (
    store && {
      get: ({ name, namespace }) =>
        store.get(name, of.namespaced ? namespace : undefined) as Live | undefined,
      onChange: (listener) => void store.onChange(listener),
      close: store.close,
    }
  );
}

async function live(answer: Promise<unknown>): Promise<Live> {
  return (await answer) as Live;
}

/** Any answer of the server that is a refusal: no right to list or watch, a kind without a watch. */
async function orIfRefused<Answer, Refused>(
  answer: Promise<Answer>,
  refused: Refused,
): Promise<Answer | Refused> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiError) return refused;
    throw error;
  }
}

async function orIfMissing<Answer, Missing>(
  answer: Promise<Answer>,
  missing: Missing,
): Promise<Answer | Missing> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiError && error.code === 'NOT_FOUND') return missing;
    throw error;
  }
}
