import type { NodeSelector, NodeSelectorRequirement, Toleration } from '../../../imports/k8s';
import { labelValue } from '../formats';
import { type ObjectRule, rule } from './rule';

const keyOrAll = rule<Toleration>(({ key, operator }, walk) => {
  if (key || operator === 'Exists') return;
  walk.fault(['operator'], {
    found: `${operator ? JSON.stringify(operator) : 'nothing'} without a key`,
    expected: 'Exists, which tolerates every taint',
    remedy: 'Name the key of the taint, or write `operator: Exists`.',
  });
});

const valueFitsOperator = rule<Toleration>(({ key, operator, value }, walk) => {
  if (operator === 'Exists' && value)
    walk.fault(['value'], {
      found: 'a value',
      expected: 'no value for the operator Exists',
      remedy: 'Remove it, or write `operator: Equal`.',
    });
  else if (key && (!operator || operator === 'Equal') && value && !labelValue.matches(value))
    walk.fault(['value'], { found: JSON.stringify(value), expected: labelValue.expected });
});

const secondsOnlyForNoExecute = rule<Toleration>(({ effect, tolerationSeconds }, walk) => {
  if (tolerationSeconds === undefined || tolerationSeconds === null || effect === 'NoExecute') return;
  walk.fault(['effect'], {
    found: `${effect ? JSON.stringify(effect) : 'nothing'} beside tolerationSeconds`,
    expected: 'NoExecute',
    remedy: 'Write `effect: NoExecute`, or leave out tolerationSeconds.',
  });
});

/** How many values each operator takes, in words and in numbers. */
const VALUES: Readonly<Record<string, readonly [most: number, least: number, expected: string]>> = {
  In: [Number.POSITIVE_INFINITY, 1, 'values'],
  NotIn: [Number.POSITIVE_INFINITY, 1, 'values'],
  Exists: [0, 0, 'no values'],
  DoesNotExist: [0, 0, 'no values'],
  Gt: [1, 1, 'one value'],
  Lt: [1, 1, 'one value'],
};

const nodeValuesFitOperator = rule<NodeSelectorRequirement>(({ operator, values = [] }, walk) => {
  const bounds = Object.hasOwn(VALUES, operator) ? VALUES[operator] : undefined;
  if (!bounds) return;
  const [most, least, expected] = bounds;
  const given = values ?? [];
  if (given.length < least || given.length > most)
    walk.fault(['values'], {
      found: given.length === 0 ? 'no values' : `${given.length} values`,
      expected: `${expected} for the operator ${operator}`,
    });
});

const someTerm = rule<NodeSelector>(({ nodeSelectorTerms }, walk) => {
  if (nodeSelectorTerms && nodeSelectorTerms.length === 0)
    walk.fault(['nodeSelectorTerms'], {
      found: 'no terms',
      expected: 'one term at least',
      remedy: 'Name what nodes must have, or leave out what they are required to have.',
    });
});

/** Of what is only preferred the API server takes values that no node can have. */
const valuesOfRequired = rule<NodeSelector>(({ nodeSelectorTerms }, walk) => {
  for (const [term, { matchExpressions }] of (nodeSelectorTerms ?? []).entries())
    for (const [index, { values }] of (matchExpressions ?? []).entries())
      for (const [at, value] of (values ?? []).entries())
        if (typeof value === 'string' && !labelValue.matches(value))
          walk.fault(['nodeSelectorTerms', term, 'matchExpressions', index, 'values', at], {
            found: JSON.stringify(value),
            expected: labelValue.expected,
          });
});

/** What the API server asks of how pods and nodes find each other. */
export const schedulingRules: Readonly<Record<string, readonly ObjectRule[]>> = {
  NodeSelector: [someTerm, valuesOfRequired],
  Toleration: [keyOrAll, valueFitsOperator, secondsOnlyForNoExecute],
  NodeSelectorRequirement: [nodeValuesFitOperator],
};
