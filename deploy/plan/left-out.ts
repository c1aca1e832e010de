import type { Remembered } from '../inventory/release-store';
import { hookOf, isNeverApplied } from '../objects/hooks';
import type { Member } from '../objects/members';
import { keyOf, type ObjectRef } from '../objects/object-ref';

/** An object that was given and is not part of the set, and why. */
export interface LeftOut extends ObjectRef {
  readonly why: string;
}

/** Parts a set from the hooks of helm that are for another moment than this one. */
export function withoutOtherMoments(
  all: readonly Member[],
  { inventory, revisions }: Remembered,
): { readonly members: readonly Member[]; readonly leftOut: readonly LeftOut[] } {
  const known = new Set(inventory.map(keyOf));
  const isFirst = !revisions.some(({ state }) => state === 'good');
  const reasonFor = ({ object, ref }: Member): string | undefined => {
    if (isNeverApplied(object)) return 'a hook of helm that is not for an installation or an upgrade';
    const only = hookOf(object)?.only;
    if (only === 'upgrade' && isFirst) return 'a hook of upgrades, and this is the first installation';
    // One that has run stays, so that an apply without a change is none.
    if (only === 'install' && !isFirst && !known.has(keyOf(ref)))
      return 'a hook of the first installation, which is over';
    return undefined;
  };
  const judged = all.map((member) => ({ member, why: reasonFor(member) }));
  return {
    members: judged.filter(({ why }) => why === undefined).map(({ member }) => member),
    leftOut: judged.flatMap(({ member: { ref }, why }) => (why === undefined ? [] : { ...ref, why })),
  };
}
