import { isTreeList, type Tree } from '../core/template';
import { isMap, type Part } from './trees';

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';

/**
 * cdk8s-plus adds the terms of `spread` each time that it renders, and `harden` renders once more than a synthesis. A term
 * that has to hold is the same whether it is there once or twice.
 */
export function withoutRepeatedTerms(spec: Part): void {
  const affinity = isMap(spec.affinity) ? spec.affinity : {};
  for (const side of ['podAffinity', 'podAntiAffinity']) {
    const part = affinity[side];
    if (!isMap(part)) continue;
    const terms = part[REQUIRED];
    if (!isTreeList(terms)) continue;
    const known = new Set<string>();
    (part as Part)[REQUIRED] = terms.filter((term: Tree) => {
      const text = JSON.stringify(term);
      const isNew = !known.has(text);
      known.add(text);
      return isNew;
    });
  }
}
