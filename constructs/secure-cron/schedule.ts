import type { IConstruct } from 'constructs';
import { SCHEDULE as DECLARED, prop } from '../../core/props';
import { asMeant, type Templated } from '../../core/template';
import { ConstructError } from '../construct-error';

/** When a cron runs, as Kubernetes reads it: minute, hour, day of the month, month, day of the week. */

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** One of five fields: the least and the most, and what its numbers are also called. */
interface Field {
  readonly min: number;
  readonly max: number;
  readonly names: readonly string[];
  readonly pattern: string;
}

const named = (names: readonly string[]) => names.flatMap((one) => [one, one.toUpperCase()]).join('|');
const field = (min: number, max: number, digits: string, names: readonly string[] = []): Field => ({
  ...{ min, max, names },
  pattern: names.length > 0 ? `(${digits}|${named(names)})` : `(${digits})`,
});
const FIELDS = [
  field(0, 59, '[0-5]?[0-9]'),
  field(0, 23, '2[0-3]|[01]?[0-9]'),
  field(1, 31, '3[01]|[12][0-9]|0?[1-9]'),
  field(1, 12, '1[0-2]|0?[1-9]', MONTHS),
  field(0, 6, '[0-6]', DAYS),
] as const;

const listOf = ({ pattern }: Field) => {
  const part = `(\\*|${pattern}(-${pattern})?)(/[1-9][0-9]{0,1})?`;
  return `${part}(,${part})*`;
};
const MACRO = '@(yearly|annually|monthly|weekly|daily|midnight|hourly)';
/** In what Go and JavaScript read alike, so that helm holds a value against it as well. */
const SCHEDULE = `^(${MACRO}|${FIELDS.map(listOf).join(' +')})$`;

/** What a schedule may be. */
export const schedule = prop.text({
  expected:
    'five fields such as "30 3 * * *" or "0 8-18 * * mon-fri", or @hourly, @daily, @weekly, @monthly, @yearly',
  remedy: 'Write minute, hour, day of the month, month and day of the week (0 to 6, or sun to sat).',
  pattern: SCHEDULE,
  impliedBy: [DECLARED],
  also: (given) => given.startsWith('@') || fieldsOf(given).every(({ values }) => values.length > 0),
});

/** The values of each field, and whether it leaves nothing out; none where a range ends before it begins. */
function fieldsOf(given: string) {
  return given.split(/ +/).map((text, index) => {
    const { min, max, names } = FIELDS[index] as Field;
    const parts = text.toLowerCase().split(',');
    const ranges = parts.map((part) => rangeOf(part, min, max, names));
    const isWhole = parts.some((part) => part.startsWith('*'));
    return { isWhole, values: ranges.some((one) => one.length === 0) ? [] : ranges.flat() };
  });
}

function rangeOf(part: string, min: number, max: number, names: readonly string[]): number[] {
  const [range = '', step] = part.split('/');
  const [from = '', to] = range.split('-');
  const number = (text: string) => (names.includes(text) ? names.indexOf(text) + min : Number(text));
  const first = range === '*' ? min : number(from);
  const last = range === '*' ? max : to === undefined ? (step ? max : first) : number(to);
  const numbers: number[] = [];
  for (let next = first; next <= last; next += Number(step ?? 1)) numbers.push(next);
  return numbers;
}

const LONGEST = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Refuses a day that no year has, such as the 30th of February: such a cron never runs, and nothing says so. */
export function checkComes(construct: IConstruct, given: Templated<string>): void {
  const text = asMeant(given);
  if (typeof text !== 'string') return;
  // A word such as @daily is one field, and comes.
  const [, , days, months, weekdays] = fieldsOf(text);
  // With both, either of the two is enough.
  if (!days || !months || !weekdays?.isWhole) return;
  const comes = months.values.some((month) =>
    days.values.some((day) => day <= (LONGEST[month - 1] as number)),
  );
  if (comes) return;
  throw new ConstructError('PROP_INVALID', construct, 'schedule', {
    found: `${JSON.stringify(text)}, a day that no year has`,
    expected: 'a day that comes',
    remedy: 'Correct the day or the month. The last day of a month is none that cron can say.',
  });
}

/** The name of a time zone, as the database of time zones writes it. */
export const timeZone = prop
  .text({
    expected: 'a time zone such as Europe/Berlin or Etc/UTC',
    remedy: 'Write it as the database of time zones does, in its upper and lower case.',
    pattern: '^[A-Z][A-Za-z0-9_+-]*(/[A-Z][A-Za-z0-9_+-]*){0,2}$',
    also: isTimeZone,
  })
  .orAbsent();

function isTimeZone(given: string): boolean {
  try {
    const { timeZone: known } = new Intl.DateTimeFormat('en', { timeZone: given }).resolvedOptions();
    // What differs by case alone is found here, and not by Kubernetes.
    return known === given || known.toLowerCase() !== given.toLowerCase();
  } catch {
    return false;
  }
}
