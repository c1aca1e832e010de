import { expectRefusal, object, podTemplate, type Refusal } from '../testing-only/objects';

// The schedule of a CronJob, part by part. That the API server decides alike is asked in test/schema.

const cron = (schedule: string) =>
  object('batch/v1', 'CronJob', {
    schedule,
    jobTemplate: { spec: { template: podTemplate({}, { restartPolicy: 'Never' }) } },
  });
const STEP = 'a number, a range such as 1-5, or * with a step such as */5';
const FIVE = 'five fields of a cron table, such as "0 3 * * *"';

test.each<Refusal>(
  (
    [
      ['four fields', '0 3 * *', '0 3 * * *', FIVE, '"0 3 * *"'],
      ['six fields', '0 0 3 * * *', ' 0  3\t* * * ', FIVE],
      ['nothing', '', '* * * * *', FIVE],
      [
        'a minute that is none',
        '60 * * * *',
        '59 * * * *',
        'numbers from 0 to 59',
        '"60" as the minute in "60 * * * *"',
      ],
      [
        'an hour that is none',
        '0 24 * * *',
        '0 +23 * * *',
        'numbers from 0 to 23',
        '"24" as the hour in "0 24 * * *"',
      ],
      ['a day that is none', '0 0 0 * *', '0 0 01 * *', 'numbers from 1 to 31'],
      ['a month that is none', '0 0 1 13 *', '0 0 1 12 *', 'numbers from 1 to 12, or names from jan to dec'],
      [
        'a month of another tongue',
        '0 0 1 mai *',
        '0 0 1 MAY *',
        'numbers from 1 to 12, or names from jan to dec',
      ],
      ['a Sunday as 7', '0 0 * * 7', '0 0 * * 0', 'numbers from 0 to 6, or names from sun to sat'],
      ['a whole name', '0 0 * * sunday', '0 0 * * Sun-sat', 'numbers from 0 to 6, or names from sun to sat'],
      [
        'a part of a list',
        '0,61 * * * *',
        '0,,30, * * * *',
        'numbers from 0 to 59',
        '"61" as the minute in "0,61 * * * *"',
      ],
      [
        'a range over the end',
        '0 0 * * sat-mon',
        '0 0 * * mon-sat',
        'a range that does not end before it begins; write two ranges for one that goes over the end',
      ],
      ['a range of three', '1-2-3 * * * *', '1-3 * * * *', STEP],
      ['an end that is none', '1- * * * *', '1-1 * * * *', 'numbers from 0 to 59'],
      ['two steps', '*/5/5 * * * *', '*/5 * * * *', STEP],
      ['a step of zero', '*/0 * * * *', '*/1 * * * *', 'a step of 1 or more'],
      ['a step that is none', '*/x * * * *', '?/90 * * * *', 'a step of 1 or more'],
      ['a negative number', '-5 * * * *', '5/10 * * * *', 'numbers from 0 to 59'],
      ['letters of other crons', '0 0 L * *', '0 0 28-31 * *', 'numbers from 1 to 31'],
      [
        'a macro that is none',
        '@noon',
        '@midnight',
        '@yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly, or @every and a duration such as @every 1h30m',
        '"@noon"',
      ],
      ['the macro of a start', '@reboot', '@hourly', /^@yearly/],
      ['a macro in capitals', '@Daily', '@daily', /^@yearly/],
      ['every without a unit', '@every 5', '@every 1h30m', /^@yearly/],
      ['every day in days', '@every 1d', '@every 24h', /^@yearly/],
      [
        'a time zone',
        'TZ=Europe/Berlin 0 3 * * *',
        '0 3 * * *',
        'a schedule alone',
        '"TZ=Europe/Berlin 0 3 * * *", with a time zone',
      ],
    ] as const
  ).map(([what, wrong, right, expected, found]) => [
    what,
    cron(wrong),
    cron(right),
    {
      field: 'spec.schedule',
      expected: typeof expected === 'string' ? expected : expect.stringMatching(expected),
      ...(found && { found }),
    },
  ]),
)('refuses %s', (...refusal) => expectRefusal(refusal));
