import type { Condition } from '../../controller';
import { count, list, object, oneOf, type Schema, text } from './schema';

const condition = object('One thing that is said of the object.', {
  required: {
    type: text('What is said.', { maxLength: 316 }),
    status: oneOf('Whether it holds.', ['True', 'False', 'Unknown']),
    reason: text('One word, for programs.', { minLength: 1, maxLength: 1024 }),
    message: text('What people read.', { maxLength: 32_768 }),
    lastTransitionTime: text('Since when it holds, or does not.', { maxLength: 64, format: 'date-time' }),
  },
  optional: {
    observedGeneration: count('The generation of the object that it is said of.', { minimum: 0 }),
  },
});

export const conditions: Schema<readonly Condition[]> = list(
  'What kstatus and `kubectl wait` read.',
  condition,
  {
    maxItems: 16,
    mapKey: 'type',
  },
);
