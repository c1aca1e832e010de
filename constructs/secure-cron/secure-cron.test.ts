import { Testing } from '../../core/synth';
import { HelmChart } from '../../core/tree';
import { defineValues, value } from '../../core/values';
import { makeMember, objectsOfMember } from '../../test/support/family';

// biome-ignore lint/suspicious/noExplicitAny: a test reads rendered objects as what they are
type Any = any;
const cronOf = (more: object = {}): Any =>
  objectsOfMember('SecureCron', more).find(({ kind }) => kind === 'CronJob');

test('runs in UTC, never twice at once, up to an hour late, and no longer than an hour', () => {
  const { spec } = cronOf();
  expect(spec).toMatchObject({
    schedule: '30 3 * * *',
    timeZone: 'Etc/UTC',
    concurrencyPolicy: 'Forbid',
    startingDeadlineSeconds: 3600,
    suspend: false,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 3,
    jobTemplate: { spec: { backoffLimit: 3, activeDeadlineSeconds: 3600, podReplacementPolicy: 'Failed' } },
  });
  expect(spec.jobTemplate.spec.template.spec.restartPolicy).toBe('Never');
  expect(spec.jobTemplate.spec.ttlSecondsAfterFinished).toBeUndefined();
});

test('a try that ends with its node does not count', () => {
  expect(cronOf().spec.jobTemplate.spec.podFailurePolicy).toEqual({
    rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }],
  });
});

test('says what it is told', () => {
  const given = {
    timeZone: 'Europe/Berlin',
    startingDeadlineSeconds: 10,
    suspend: true,
    successfulJobsHistoryLimit: 0,
    failedJobsHistoryLimit: 9,
  };
  const { spec } = cronOf({ ...given, concurrency: 'Replace', ttlSecondsAfterFinished: 60, backoffLimit: 0 });
  expect(spec).toMatchObject({
    ...given,
    concurrencyPolicy: 'Replace',
    jobTemplate: { spec: { ttlSecondsAfterFinished: 60, backoffLimit: 0 } },
  });
});

/** Held against the API server by the test that feeds odd props. */
test.each<[wrong: string, right: string]>([
  ['', '* * * * *'],
  ['30 3 * *', '30 3 * * *'],
  ['60 3 * * *', '59 3 * * *'],
  ['* 24 * * *', '* 23 * * *'],
  ['* * 0 * *', '* * 1 * *'],
  ['* * 32 * *', '* * 31 * *'],
  ['* * * 13 *', '* * * 12 *'],
  ['* * * * 7', '* * * * 0-6'],
  ['* * * feb-jan *', '* * * jan-FEB *'],
  ['30-20 * * * *', '20-30 * * * *'],
  ['5,30-20 * * * *', '5,20-30 * * * *'],
  ['*/0 * * * *', '*/5 * * * *'],
  ['5/-1 * * * *', '5/10 * * * *'],
  ['1,,2 * * * *', '1,2-4,10-20/2 * * * *'],
  ['@every 5m', '@hourly'],
  ['@sometimes', '@daily'],
  ['TZ=UTC 0 3 * * *', '0 3 * * mon-fri'],
  ['* * * * * *', '*   * * * *'],
  ['0 0 30 2 *', '0 0 29 2 *'],
  ['0 0 31 4,6,9,11 *', '0 0 31 4,5 *'],
  ['0 0 30-31 feb *', '0 0 30 2 mon'],
])('the schedule %j is refused, %j is taken', (wrong, right) => {
  expect(() => cronOf({ schedule: wrong })).toThrow(
    expect.objectContaining({ code: 'PROP_INVALID', where: 'shop/one schedule' }),
  );
  expect(cronOf({ schedule: right }).spec.schedule).toBe(right);
});

test.each<[prop: string, code: string, wrong: unknown, right: unknown]>([
  ['schedule', 'PROP_MISSING', undefined, '@daily'],
  ['timeZone', 'PROP_INVALID', 'Berlin', 'Europe/Berlin'],
  ['timeZone', 'PROP_INVALID', 'europe/berlin', 'America/Argentina/Buenos_Aires'],
  ['timeZone', 'PROP_INVALID', 'EUROPE/BERLIN', 'Etc/GMT+5'],
  ['timeZone', 'PROP_INVALID', '+01:00', 'Asia/Kolkata'],
  ['timeZone', 'PROP_INVALID', 'Local', 'UTC'],
  ['concurrency', 'PROP_INVALID', 'forbid', 'Forbid'],
  ['startingDeadlineSeconds', 'PROP_INVALID', 9, 10],
  ['activeDeadlineSeconds', 'PROP_INVALID', 0, 1],
  ['backoffLimit', 'PROP_INVALID', -1, 0],
  ['suspend', 'PROP_INVALID', 'no', false],
  ['failedJobsHistoryLimit', 'PROP_INVALID', -1, 0],
  ['successfulJobsHistoryLimit', 'PROP_INVALID', 1.5, 1],
  ['ttlSecondsAfterFinished', 'PROP_INVALID', '60', 60],
  ['replicas', 'PROP_UNKNOWN', 2, undefined],
])('refuses %s (%s): %j', (prop, code, wrong, right) => {
  expect(() => makeMember('SecureCron', { [prop]: wrong })).toThrow(
    expect.objectContaining({ code, where: `shop/one ${prop}` }),
  );
  if (right !== undefined) expect(() => makeMember('SecureCron', { [prop]: right })).not.toThrow();
});

test('a schedule that is a value is asked when the chart is installed', () => {
  const values = defineValues({
    schedule: value.string({ default: '0 3 * * *', doc: 'd' }),
    zone: value.string({ default: 'Etc/UTC', doc: 'd' }),
  });
  const chart = new HelmChart(Testing.app(), 'shop', { description: 'test', values });
  makeMember('SecureCron', { schedule: values.schedule, timeZone: values.zone }, chart);
  const installed = (given: object) => () => Testing.synth(chart, { values: given as never });
  expect(installed({ schedule: '0 25 * * *' })).toThrow(/PROP_INVALID at shop\/one schedule/);
  expect(installed({ zone: 'berlin' })).toThrow(/PROP_INVALID at shop\/one timeZone/);
  expect(installed({ schedule: '*/5 8-18 * jan-jun mon-fri', zone: 'Europe/Berlin' })).not.toThrow();
});
