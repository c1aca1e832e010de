import {
  type CallOptions,
  type Connection,
  create,
  getIfThere,
  type KubeObject,
  type LeaseApi,
  type LeaseSpec,
  patch,
  resource,
  type StoredLease,
} from '../../kube';

interface Lease extends KubeObject {
  readonly spec?: LeaseSpec;
}

const leases = resource<Lease>('coordination.k8s.io/v1', 'Lease');

/**
 * The calls about one Lease. They go before all others, and none of them takes as long as a term.
 *
 * @example
 * const api = leaseOf(new Connection(), { namespace: 'operators', name: 'greeter' });
 * const lease = await api.read();
 * console.log(lease?.spec?.holderIdentity ?? 'nobody leads');
 */
export function leaseOf(
  connection: Connection,
  at: { readonly name: string; readonly namespace?: string },
): LeaseApi {
  const call: CallOptions = { priority: 'high', deadlineMs: 5_000 };
  const { name, namespace = connection.namespace } = at;
  const metadata = { name, namespace };
  return {
    read: async () => (await getIfThere(connection, leases, metadata, call)) as StoredLease | undefined,
    create: (spec) =>
      create(connection, leases, { apiVersion: leases.apiVersion, kind: 'Lease', metadata, spec }, call),
    change: (resourceVersion, spec) =>
      patch(connection, leases, metadata, { merge: { metadata: { resourceVersion }, spec } }, call),
  };
}
