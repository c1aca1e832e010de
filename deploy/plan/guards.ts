import { DeployError } from '../errors';
import { inWords, kindAndName, type ObjectRef } from '../objects/object-ref';

/** What is lost with these is more than the object: all in a namespace, all of a kind, the data of a volume. */
const PRECIOUS: readonly string[] = [
  'Namespace',
  'CustomResourceDefinition',
  'PersistentVolume',
  'PersistentVolumeClaim',
];

/** Kinds that are never deleted to be made anew by themselves: their content goes with them. */
const NEVER_RECREATED: readonly string[] = [...PRECIOUS, 'StatefulSet'];

export function isPrecious({ kind }: Pick<ObjectRef, 'kind'>): boolean {
  return PRECIOUS.includes(kind);
}

export function mayBeRecreated({ kind }: Pick<ObjectRef, 'kind'>): boolean {
  return !NEVER_RECREATED.includes(kind);
}

/** helm's own, which the charts of this library print for `keepOnUninstall`. */
export const KEEP_ANNOTATION = 'helm.sh/resource-policy';

/** So few are never too many. */
const FEW = 3;
const SHARE = 0.25;

/** Refuses to delete much of a release at once: more often than not the set was read wrong. */
export function tooMany(pruned: readonly ObjectRef[], ofRelease: number): DeployError | undefined {
  if (pruned.length <= FEW || pruned.length <= ofRelease * SHARE) return undefined;
  const shown = pruned.slice(0, 10).map(inWords).join(', ');
  const more = pruned.length > 10 ? ` and ${pruned.length - 10} more` : '';
  return new DeployError('PRUNE_TOO_MANY', {
    where: 'the set of objects',
    found: `${pruned.length} of ${ofRelease} objects of the release that are not in it: ${shown}${more}`,
    expected: `at most ${FEW} objects or a quarter of the release to be deleted at once`,
    remedy: 'Look whether the set is complete. If it is, allow it with --allow-prune.',
  });
}

/** Refuses an empty set, which a failed program gives as well as one that has nothing. */
export function emptySet(release: string): DeployError {
  return new DeployError('SET_EMPTY', {
    where: `release ${release}`,
    found: 'a set without objects',
    expected: 'at least one',
    remedy: `Look why there are none. To remove all of the release use drydock delete ${release}.`,
  });
}

export function mayPrune(ref: ObjectRef, allowed: readonly string[]): boolean {
  return !isPrecious(ref) || allowed.includes(kindAndName(ref));
}
