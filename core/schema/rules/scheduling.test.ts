import { deployment, expectRefusal, type Part, type Refusal } from '../testing-only/objects';

// What is asked of tolerations and rules for nodes. That the API server refuses and takes the same is asked in test/props.

const tolerating = (toleration: Part) => deployment({}, { tolerations: [toleration] });
const AT = 'spec.template.spec.tolerations[0]';

const onTerms = (...nodeSelectorTerms: Part[]) =>
  deployment(
    {},
    { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } } },
  );
const onNodes = (...matchExpressions: Part[]) => onTerms({ matchExpressions });
const TERMS =
  'spec.template.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms';
const NODE = `${TERMS}[0].matchExpressions[0]`;

test.each<Refusal>([
  [
    'nodes of no terms',
    onTerms(),
    onTerms({ matchExpressions: [{ key: 'spot', operator: 'Exists' }] }),
    { field: TERMS, found: 'no terms', expected: 'one term at least' },
  ],
  [
    'a toleration of nothing',
    tolerating({}),
    tolerating({ operator: 'Exists' }),
    {
      field: `${AT}.operator`,
      found: 'nothing without a key',
      expected: 'Exists, which tolerates every taint',
    },
  ],
  [
    'an operator that needs a key',
    tolerating({ operator: 'Equal' }),
    tolerating({ operator: 'Equal', key: 'spot' }),
    {
      field: `${AT}.operator`,
      found: '"Equal" without a key',
      expected: 'Exists, which tolerates every taint',
    },
  ],
  [
    'a value for Exists',
    tolerating({ key: 'spot', operator: 'Exists', value: 'true' }),
    tolerating({ key: 'spot', operator: 'Exists' }),
    { field: `${AT}.value`, found: 'a value', expected: 'no value for the operator Exists' },
  ],
  [
    'a value that is none of a label',
    tolerating({ key: 'spot', value: 'a b' }),
    tolerating({ key: 'spot', value: 'a.b' }),
    { field: `${AT}.value`, found: '"a b"' },
  ],
  [
    'a key that is none of a label',
    tolerating({ key: 'a b', operator: 'Exists' }),
    tolerating({ key: 'a/b', operator: 'Exists' }),
    { field: `${AT}.key`, found: '"a b"' },
  ],
  [
    'seconds for a pod that is not thrown out',
    tolerating({ key: 'spot', effect: 'NoSchedule', tolerationSeconds: 5 }),
    tolerating({ key: 'spot', effect: 'NoExecute', tolerationSeconds: 5 }),
    { field: `${AT}.effect`, found: '"NoSchedule" beside tolerationSeconds', expected: 'NoExecute' },
  ],
  [
    'a node in no zone',
    onNodes({ key: 'zone', operator: 'In', values: [] }),
    onNodes({ key: 'zone', operator: 'In', values: ['a'] }),
    { field: `${NODE}.values`, found: 'no values', expected: 'values for the operator In' },
  ],
  [
    'a node that has a label of a value',
    onNodes({ key: 'zone', operator: 'Exists', values: ['a', 'b'] }),
    onNodes({ key: 'zone', operator: 'Exists' }),
    { field: `${NODE}.values`, found: '2 values', expected: 'no values for the operator Exists' },
  ],
  [
    'a node of more than two numbers',
    onNodes({ key: 'cores', operator: 'Gt', values: ['4', '5'] }),
    onNodes({ key: 'cores', operator: 'Gt', values: ['4'] }),
    { field: `${NODE}.values`, found: '2 values', expected: 'one value for the operator Gt' },
  ],
  [
    'a value that no node can have',
    onNodes({ key: 'zone', operator: 'NotIn', values: ['a/b/c'] }),
    onNodes({ key: 'zone', operator: 'NotIn', values: ['a.b.c'] }),
    { field: `${NODE}.values[0]`, found: '"a/b/c"' },
  ],
])('%s is refused', (...refusal) => expectRefusal(refusal));
