import { groupOf, type KubeObject } from '../../kube';
import type { RawDifference } from './differences';

/** Where kubectl keeps the whole object, and so the whole Secret, in an annotation. */
const COPY_OF_ALL = 'kubectl.kubernetes.io/last-applied-configuration';

export function isSecret({ apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>): boolean {
  return kind === 'Secret' && groupOf(apiVersion) === '';
}

/** Whether a field of a Secret may be told. Only its name, its type and its labels may. */
export function isHidden({ steps }: RawDifference): boolean {
  const [first, second, third] = steps.map((step) => ('key' in step ? step.key : undefined));
  if (first !== 'metadata') return !['type', 'immutable', 'apiVersion', 'kind'].includes(first ?? '');
  // Without a second step it is all of the metadata.
  return second === undefined || (second === 'annotations' && (third === undefined || third === COPY_OF_ALL));
}
