import type { Stored } from '../../kube';
import type { Cause } from '../finding';
import { type Live, placeOf, type State } from '../state';
import { firstDifference } from './difference';

/** Whether an object is there as it was meant. */
export function presenceCause(state: State, meant: Live, live: Stored<Live> | undefined): Cause | undefined {
  const where = placeOf(meant);
  if (state.unknownKinds.has(`${meant.apiVersion} ${meant.kind}`)) {
    return {
      code: 'OBJECT_MISSING',
      where,
      found: `a server that does not know the kind ${meant.kind} of ${meant.apiVersion}`,
      expected: 'its CustomResourceDefinition, or a version of Kubernetes that has it',
      remedy: 'Install what brings the kind, then apply the object.',
    };
  }
  if (!state.wasRead(meant.kind, meant.metadata?.namespace)) return undefined;
  if (!live) {
    return {
      code: 'OBJECT_MISSING',
      where,
      found: 'nothing of that name',
      expected: 'the object that was meant',
      remedy: 'Apply it again, and find out who deleted it.',
    };
  }
  const difference = firstDifference(meant, live, isScaled(state, live));
  if (!difference) return undefined;
  return {
    code: 'OBJECT_CHANGED',
    where: `${where} ${difference.field}`,
    found: difference.found,
    expected: difference.expected,
    remedy: 'Apply it again, or change what is meant; somebody changed it in the cluster.',
  };
}

/** Whether an autoscaler says how many pods there are. */
function isScaled(state: State, { kind, metadata }: Stored<Live>): boolean {
  return state.all('HorizontalPodAutoscaler', metadata.namespace).some(({ spec }) => {
    const target = (spec as { readonly scaleTargetRef?: { kind?: string; name?: string } }).scaleTargetRef;
    return target?.kind === kind && target.name === metadata.name;
  });
}
