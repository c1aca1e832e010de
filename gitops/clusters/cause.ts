import { ApiError, KubeError, type KubeErrorCode, type Stored } from '../../kube';
import type { Cluster } from '../api/cluster';
import { GitopsError, type GitopsErrorCode } from '../errors';

const DENIED: readonly KubeErrorCode[] = ['UNAUTHENTICATED', 'FORBIDDEN', 'CREDENTIALS_FAILED'];
/** What says nothing of the call, and all of the way to the cluster. */
const AWAY: readonly KubeErrorCode[] = [
  'UNREACHABLE',
  'CERTIFICATE_EXPIRED',
  'CERTIFICATE_UNTRUSTED',
  'TLS_FAILED',
  'CONNECTION_LOST',
  'DEADLINE_EXCEEDED',
  'BAD_RESPONSE',
  'UNAUTHENTICATED',
  'CREDENTIALS_FAILED',
];

/** Whether a call failed as the cluster cannot be reached, or no longer takes who calls. */
export function isAway(error: unknown): boolean {
  return error instanceof KubeError && AWAY.includes(error.code);
}

/** Why a cluster is not to be had, as its Cluster says it. What a stranger's server answers is not quoted. */
export function inWordsOfCluster({ metadata, spec }: Stored<Cluster>, error: unknown): GitopsError {
  if (error instanceof GitopsError) return error;
  const { found, remedy, code } =
    error instanceof KubeError ? error : { found: 'no answer', remedy: 'wait', code: undefined };
  const isRefused = code === 'KUBECONFIG_INVALID';
  const own: GitopsErrorCode = isRefused
    ? 'KUBECONFIG_REFUSED'
    : code !== undefined && DENIED.includes(code)
      ? 'CLUSTER_DENIED'
      : 'CLUSTER_UNREACHABLE';
  const said = error instanceof ApiError ? `status ${error.statusCode} from its API server` : found;
  const secret = spec.kubeconfig
    ? `Secret ${metadata.namespace}/${spec.kubeconfig.secret}`
    : 'the account of the controller';
  return new GitopsError(
    own,
    {
      where: isRefused ? secret : `Cluster ${metadata.namespace}/${metadata.name}`,
      found: said.slice(0, 512),
      expected: isRefused
        ? 'a kubeconfig with an https address and credentials in place'
        : 'an API server that answers',
      remedy:
        isRefused || own === 'CLUSTER_UNREACHABLE' ? remedy : `put credentials that it takes into ${secret}`,
    },
    { cause: error },
  );
}
