import { nearest } from '../../errors';
import type { KubeObject, Resource } from '../../kube';
import type { ClusterApi } from '../cluster/cluster-api';
import { Kinds } from '../cluster/kinds';
import { DeployError } from '../errors';
import type { Given } from './collect';
import { inWords, keyOf, type ObjectRef, refOf } from './object-ref';
import { withoutStringData } from './without-string-data';

/** An object of the set, and what it is to the cluster. */
export interface Member {
  readonly ref: ObjectRef;
  readonly object: KubeObject;
  readonly resource: Resource;
  /** The server does not have its kind yet. */
  readonly kindComes: boolean;
  readonly from: string;
  readonly group: number;
}

/** Finds for each object its kind and its namespace; what the cluster cannot take by its kind, or is there twice, is told. */
export async function membersOf(
  api: ClusterApi,
  given: readonly Given[],
): Promise<{ readonly members: readonly Member[]; readonly problems: readonly DeployError[] }> {
  const kinds = new Kinds(
    api,
    given.map(({ object }) => object),
  );
  const found = await Promise.all(given.map((one) => memberOf(api, kinds, one)));
  const members = found.filter((one): one is Member => !(one instanceof DeployError));
  const problems = found.filter((one): one is DeployError => one instanceof DeployError);
  return { members, problems: [...problems, ...twice(members)] };
}

/** Lets the answers that `membersOf` needs be on their way while something else is read. What fails it is told by that. */
export function askForKinds(api: ClusterApi, given: readonly Given[]): void {
  for (const apiVersion of new Set(given.map(({ object }) => object.apiVersion))) {
    api.served(apiVersion).catch(() => undefined);
  }
}

async function memberOf(
  api: ClusterApi,
  kinds: Kinds,
  { object, from, group = 0 }: Given,
): Promise<Member | DeployError> {
  const { apiVersion, kind } = object;
  const found = await kinds.find(apiVersion, kind);
  if (!found) return unknownKind(kinds, object, from);
  const { resource, comes } = found;
  const namespace = resource.namespaced ? object.metadata?.namespace || api.namespace : undefined;
  // A namespace on what is cluster-wide means nothing to the server, so that it must not mean two objects to us.
  const { namespace: _given, ...metadata } = object.metadata ?? {};
  const placed = {
    ...withoutStringData(object),
    metadata: namespace === undefined ? metadata : { ...metadata, namespace },
  };
  return { ref: refOf(object, namespace), object: placed, resource, kindComes: comes, from, group };
}

async function unknownKind(
  kinds: Kinds,
  { apiVersion, kind, metadata }: KubeObject,
  from: string,
): Promise<DeployError> {
  const known = (await kinds.served(apiVersion)).map((one) => one.kind);
  const elsewhere = await kinds.otherVersion(apiVersion, kind);
  const near = nearest(kind, known);
  const hints = [
    ...(elsewhere === undefined ? [] : [`, which this server has in ${elsewhere}`]),
    ...(near === undefined ? [] : [`, did you mean ${near}?`]),
  ];
  const [hint = ''] = hints;
  return new DeployError('OBJECT_KIND_UNKNOWN', {
    where: `${from}, ${kind} ${metadata?.name}`,
    found: `${apiVersion} ${kind}${hint}`,
    expected: known.length === 0 ? `an apiVersion that this server has` : 'a kind that this server has',
    remedy: 'Correct apiVersion and kind, or put the CustomResourceDefinition into the set or the cluster.',
  });
}

function twice(members: readonly Member[]): DeployError[] {
  const first = new Map<string, Member>();
  return members.flatMap((member) => {
    const key = keyOf(member.ref);
    const other = first.get(key);
    if (other === undefined) {
      first.set(key, member);
      return [];
    }
    return new DeployError('OBJECT_TWICE', {
      where: member.from,
      found: `${inWords(member.ref)}, which ${other.from} has too`,
      expected: 'each object once',
      remedy: 'Leave one of them out: only one could be in the cluster.',
    });
  });
}
