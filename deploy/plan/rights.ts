import { groupOf } from '../../kube';
import type { ClusterApi, Right } from '../cluster/cluster-api';
import { inParallel } from '../cluster/in-parallel';
import { DeployError } from '../errors';
import type { Release } from '../inventory/names';
import type { Member } from '../objects/members';

const WRITE = ['get', 'create', 'patch'];

/**
 * All that a run does, asked before anything is done, so that what is missing is told at once and not one by one. A run
 * that does nothing to any object is asked for nothing.
 *
 * @param members what may be written
 */
export async function missingRights(
  api: ClusterApi,
  { namespace }: Release,
  members: readonly Member[],
  removed: readonly Right[],
): Promise<DeployError | undefined> {
  if (members.length === 0 && removed.length === 0) return undefined;
  const bookkeeping = [
    { group: '', resource: 'secrets', namespace },
    { group: 'coordination.k8s.io', resource: 'leases', namespace },
  ].flatMap((one) => [...WRITE, 'delete'].map((verb) => ({ ...one, verb })));
  const needed = [
    ...bookkeeping,
    { group: '', resource: 'secrets', namespace, verb: 'list' },
    ...members.flatMap(({ resource, ref }) =>
      WRITE.map((verb) => ({
        verb,
        group: groupOf(resource.apiVersion),
        resource: resource.plural,
        ...(ref.namespace === undefined ? {} : { namespace: ref.namespace }),
      })),
    ),
    ...removed,
  ];
  const distinct = [...new Map(needed.map((right) => [inWords(right), right])).values()];
  const answers = await inParallel(distinct, async (right) =>
    (await api.may(right)) ? [] : [inWords(right)],
  );
  const missing = answers.flat().sort();
  if (missing.length === 0) return undefined;
  return new DeployError('RIGHTS_MISSING', {
    where: 'the account that applies this',
    found: `no right to ${missing.join('; ')}`,
    expected: 'every right that this set needs',
    remedy: 'Grant them with a Role and a RoleBinding, or use another account. Nothing was written.',
  });
}

function inWords({ verb, group, resource, namespace }: Right): string {
  const kind = group === '' ? resource : `${resource}.${group}`;
  return `${verb} ${kind}${namespace === undefined ? '' : ` in ${namespace}`}`;
}
