import { list, object, oneOf, text, texts, type ValueOf } from './schema';

const KEY = '^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$';
const VALUE = '^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$';
const value = text('The value of a label.', { maxLength: 63, pattern: VALUE });

const requirement = object(
  'One thing that has to hold.',
  {
    required: {
      key: text('The label.', { maxLength: 317, minLength: 1, pattern: KEY }),
      operator: oneOf('How it is compared.', ['In', 'NotIn', 'Exists', 'DoesNotExist']),
    },
    optional: { values: list('With which values.', value, { minItems: 1, maxItems: 32 }) },
  },
  {
    rules: [
      {
        rule: "(self.operator in ['In', 'NotIn']) == has(self.values)",
        message: 'give `values` to In and NotIn, and to no other operator',
      },
    ],
  },
);

/** A selector as Kubernetes has it, but for the empty one: that would be all there is, by an oversight. */
export const labelSelector = (doc: string) =>
  object(
    doc,
    {
      required: {},
      optional: {
        matchLabels: texts('Labels with their values.', value, {
          ...{ minProperties: 1, maxProperties: 16 },
          rules: [
            {
              rule: `self.all(key, key.size() <= 317 && key.matches('${KEY}'))`,
              message: 'each key has to be the name of a label, such as `tier` or `example.com/tier`',
            },
          ],
        }),
        matchExpressions: list('What else has to hold.', requirement, { minItems: 1, maxItems: 16 }),
      },
    },
    {
      rules: [
        {
          rule: 'has(self.matchLabels) || has(self.matchExpressions)',
          message:
            'say which labels; for all clusters, a label that none has: `{ key: none, operator: DoesNotExist }`',
        },
      ],
    },
  );

export type LabelSelector = ValueOf<ReturnType<typeof labelSelector>>;

/** Whether an object with these labels is meant. */
export function selects(
  { matchLabels = {}, matchExpressions = [] }: LabelSelector,
  labels: Readonly<Record<string, string>> = {},
): boolean {
  return (
    Object.entries(matchLabels).every(([key, wanted]) => labels[key] === wanted) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const found = Object.hasOwn(labels, key) ? labels[key] : undefined;
      if (operator === 'Exists') return found !== undefined;
      if (operator === 'DoesNotExist') return found === undefined;
      const isAmong = found !== undefined && values.includes(found);
      return operator === 'In' ? isAmong : !isAmong;
    })
  );
}
