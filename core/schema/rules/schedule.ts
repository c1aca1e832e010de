import type { CronJobSpec } from '../../../imports/k8s';
import { rule } from './rule';

/** The schedule of a CronJob, as the API server reads it. */

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names: readonly string[];
}

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const DAYS = 'sun mon tue wed thu fri sat'.split(' ');
const FIELDS: readonly Field[] = [
  { name: 'minute', min: 0, max: 59, names: [] },
  { name: 'hour', min: 0, max: 23, names: [] },
  { name: 'day of the month', min: 1, max: 31, names: [] },
  { name: 'month', min: 1, max: 12, names: MONTHS },
  { name: 'day of the week', min: 0, max: 6, names: DAYS },
];

const MACROS = '@yearly @annually @monthly @weekly @daily @midnight @hourly'.split(' ');
const EVERY = /^@every [-+]?(0|((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)$/;

export const scheduleIsCron = rule<CronJobSpec>(({ schedule }, walk) => {
  // That there has to be one the schema says.
  const fault = typeof schedule === 'string' ? faultOf(schedule) : undefined;
  if (fault) walk.fault(['schedule'], fault);
});

interface ScheduleFault {
  readonly found: string;
  readonly expected: string;
  readonly remedy?: string;
}

function faultOf(schedule: string): ScheduleFault | undefined {
  if (schedule.includes('TZ'))
    return {
      found: `${JSON.stringify(schedule)}, with a time zone`,
      expected: 'a schedule alone',
      remedy: 'Write the time zone into `timeZone`.',
    };
  if (schedule.startsWith('@'))
    return MACROS.includes(schedule) || EVERY.test(schedule)
      ? undefined
      : {
          found: JSON.stringify(schedule),
          expected: `${MACROS.join(', ')}, or @every and a duration such as @every 1h30m`,
        };
  const fields = schedule.split(/\s+/).filter((text) => text !== '');
  if (fields.length !== FIELDS.length)
    return {
      found: JSON.stringify(schedule),
      expected: 'five fields of a cron table, such as "0 3 * * *"',
    };
  for (const [index, field] of FIELDS.entries())
    for (const part of (fields[index] as string).split(',').filter((text) => text !== '')) {
      const expected = faultOfPart(part, field);
      if (expected)
        return {
          found: `${JSON.stringify(part)} as the ${field.name} in ${JSON.stringify(schedule)}`,
          expected,
        };
    }
  return undefined;
}

/** What belongs in the place of one part of a field, such as `1-5` or `*` with a step; nothing where it is right. */
function faultOfPart(part: string, field: Field): string | undefined {
  const { min, max, names } = field;
  const [range = '', step, ...more] = part.split('/');
  const [from = '', to, ...others] = range.split('-');
  const isAny = from === '*' || from === '?';
  if (more.length > 0 || (others.length > 0 && !isAny))
    return 'a number, a range such as 1-5, or * with a step such as */5';
  const first = isAny ? min : numberOf(from, names, min);
  const last = isAny || to === undefined ? max : numberOf(to, names, min);
  const numbers = `numbers from ${min} to ${max}${names.length > 0 ? `, or names from ${names[0]} to ${names.at(-1)}` : ''}`;
  if (first === undefined || last === undefined || first < min || first > max || last > max) return numbers;
  if (first > last)
    return 'a range that does not end before it begins; write two ranges for one that goes over the end';
  if (step !== undefined && !(wholeNumber(step) ?? 0)) return 'a step of 1 or more';
  return undefined;
}

function numberOf(text: string, names: readonly string[], min: number): number | undefined {
  const index = names.indexOf(text.toLowerCase());
  return index < 0 ? wholeNumber(text) : index + min;
}

/** As Go reads it: a plus in front is taken. */
function wholeNumber(text: string): number | undefined {
  return /^\+?\d+$/.test(text) ? Number(text) : undefined;
}
