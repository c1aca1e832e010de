import { list, object, oneOf, text, type ValueOf } from './schema';

const exception = object('A finding that may stay for a while.', {
  required: {
    rule: text('The rule, such as `pod-security`.', { maxLength: 64, pattern: '^[a-z][a-z-]*$' }),
    object: text('KIND/NAME, such as `Deployment/web`.', { maxLength: 320, pattern: '^[A-Za-z]+/[^/\\s]+$' }),
    reason: text('Why, for those who read it next year.', { minLength: 1, maxLength: 1024 }),
    until: text('The day after which it no longer holds.', {
      maxLength: 10,
      pattern: '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$',
    }),
  },
  optional: {
    namespace: text('Where the object names one.', { maxLength: 63 }),
  },
});

export const policy = object(
  'What is looked at before anything is applied, by the rules of `drydock check`. What the cluster itself refuses (admission policies, quotas, webhooks) is found by a dry-run in any case.',
  {
    required: {
      mode: oneOf(
        'With a finding: `strict` applies nothing, `permissive` applies and warns, `audit` only notes it.',
        ['strict', 'permissive', 'audit'],
      ),
    },
    optional: {
      level: oneOf(
        'The level of Pod Security that pods have to meet.',
        ['restricted', 'baseline', 'privileged'],
        {
          default: 'restricted',
        },
      ),
      exceptions: list('Findings that may stay.', exception, { maxItems: 64 }),
    },
  },
);

export type Policy = ValueOf<typeof policy>;
