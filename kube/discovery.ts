import { checkText } from './arguments';
import type { CallOptions } from './call';
import type { Connection } from './connection';
import { KubeError } from './errors';
import { request } from './request';
import { groupVersionPath, type KubeObject, type Resource } from './resource';

/** One line of what the server serves under an apiVersion; subresources have a slash in `name`. */
export interface ServedResource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly shortNames?: readonly string[];
}

/** What the server serves under `apiVersion`, or ApiError NOT_FOUND. */
export async function discover(
  connection: Connection,
  apiVersion: string,
  options: CallOptions = {},
): Promise<readonly ServedResource[]> {
  checkText('discover', 'apiVersion', apiVersion);
  const answer = await request<{ readonly resources?: readonly ServedResource[] }>(connection, {
    ...options,
    method: 'GET',
    path: groupVersionPath(apiVersion),
    resource: 'discovery',
    idempotent: true,
  });
  return answer.resources ?? [];
}

/** The address of a kind as this server has it: for custom resources, whose plural names cannot be guessed. */
export async function findResource<Kind extends KubeObject>(
  connection: Connection,
  apiVersion: Kind['apiVersion'],
  kind: Kind['kind'],
  options: CallOptions = {},
): Promise<Resource<Kind>> {
  return resourceIn(await discover(connection, apiVersion, options), apiVersion, kind);
}

export function resourceIn<Kind extends KubeObject>(
  served: readonly ServedResource[],
  apiVersion: Kind['apiVersion'],
  kind: Kind['kind'],
): Resource<Kind> {
  const found = served.find((candidate) => candidate.kind === kind && !candidate.name.includes('/'));
  if (found) return { apiVersion, kind, plural: found.name, namespaced: found.namespaced };
  throw new KubeError('KIND_UNKNOWN', {
    where: `${apiVersion} ${kind}`,
    found: served.map((candidate) => candidate.kind).join(', ') || 'nothing',
    expected: 'a kind that this server has',
    remedy: 'install its CRD, or correct the name',
  });
}

export interface ServerVersion {
  readonly major: string;
  readonly minor: string;
  readonly gitVersion: string;
}

export function serverVersion(connection: Connection, options: CallOptions = {}): Promise<ServerVersion> {
  return request(connection, {
    ...options,
    method: 'GET',
    path: '/version',
    resource: 'version',
    idempotent: true,
  });
}
