import { duration } from './fields';
import { count, list, number, object, text, type ValueOf } from './schema';

/** So many questions one wave may ask. */
const MOST_QUERIES = 4;
export const GATE_WITHIN = '30m';

const query = object(
  'One question to the Prometheus of the controller.',
  {
    required: {
      name: text('What is measured, for people.', {
        ...{ maxLength: 63, minLength: 1, pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$' },
      }),
      query: text(
        'In PromQL, giving one number. No data, several series and NaN are no answer, and no answer keeps the gate closed.',
        { maxLength: 2048, minLength: 1 },
      ),
    },
    optional: {
      min: number('The number may be this or more.'),
      max: number('The number may be this or less.'),
    },
  },
  {
    rules: [
      { rule: 'has(self.min) || has(self.max)', message: 'say `min`, `max` or both' },
      {
        rule: '!has(self.min) || !has(self.max) || self.min <= self.max',
        message: 'give a `min` that is not above `max`',
      },
    ],
  },
);

export const gate = object(
  'What has to hold, once these clusters have been healthy for so long, for the next wave to get the commit.',
  {
    required: {
      queries: list('All have to be within their bounds.', query, {
        ...{ minItems: 1, maxItems: MOST_QUERIES, mapKey: 'name' },
      }),
    },
    optional: {
      within: duration(
        'How long it may be out of bounds without an end: then the Application is Degraded, and with `sync.rollback` the commit is taken back.',
        GATE_WITHIN,
        '1s',
        '168h',
      ),
    },
  },
);

/** What is remembered of a gate that is out of bounds, so that another process goes on counting. */
export const closedGate = object('The gate that holds back a wave, out of its bounds.', {
  required: {
    wave: count('The wave whose gate it is, from 1 on.', { minimum: 1 }),
    tree: text('The id of the folder.', { maxLength: 128 }),
    generation: count('The generation of the Application by which it was asked.'),
    since: text('Since when it has been out of bounds without an end.', {
      maxLength: 64,
      format: 'date-time',
    }),
  },
  optional: {},
});

export type Gate = ValueOf<typeof gate>;
export type ClosedGate = ValueOf<typeof closedGate>;
