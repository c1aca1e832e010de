import { Testing } from '../../core/synth';
import { forEach, HelmChart } from '../../core/tree';
import { defineValues, value } from '../../core/values';
import { makeMember, objectsOfMember } from '../../test/support/family';

// biome-ignore lint/suspicious/noExplicitAny: a test reads rendered objects as what they are
type Any = any;
const jobOf = (more: object = {}): Any =>
  objectsOfMember('SecureTask', more).find(({ kind }) => kind === 'Job');
const nameOf = (more: object): string => jobOf(more).metadata.name;

test('is a Job that runs once, and is no hook of anything', () => {
  const { metadata, spec } = jobOf();
  expect(metadata.name).toMatch(/^shop-one-[0-9a-f]{10}$/);
  expect(metadata.annotations).toBeUndefined();
  expect(spec).toMatchObject({
    completions: 1,
    parallelism: 1,
    backoffLimit: 3,
    activeDeadlineSeconds: 3600,
  });
  expect(spec.completionMode).toBeUndefined();
  expect(spec.template.spec.restartPolicy).toBe('Never');
});

test('the same content is the same Job, and whatever a Job cannot change is another one', () => {
  const names = [
    {},
    { image: 'example.com/app:2' },
    { command: ['other'] },
    { resources: 'large' },
    { env: { A: 'b' } },
    { backoffLimit: 5 },
    { podAnnotations: { a: 'b' } },
    { run: '1' },
    { run: '2' },
  ].map(nameOf);
  expect(new Set(names).size).toBe(names.length);
  expect(nameOf({ run: '2' })).toBe(names.at(-1));
  // Nothing that runs has changed.
  expect(nameOf({ annotations: { a: 'b' } })).toBe(names[0]);
});

test('`run` is on its pods, beside the annotations of the user', () => {
  const { template } = jobOf({ run: '2025-06-01', podAnnotations: { a: 'b' } }).spec;
  expect(template.metadata.annotations).toEqual({ a: 'b', 'drydock.dev/run': '2025-06-01' });
});

test('several pods are numbered', () => {
  expect(jobOf({ completions: 6, parallelism: 3 }).spec).toMatchObject({
    completionMode: 'Indexed',
    completions: 6,
    parallelism: 3,
  });
});

test('a value in it changes the name when the chart is installed', () => {
  const values = defineValues({ since: value.string({ default: '2024', doc: 'd' }) });
  const chart = new HelmChart(Testing.app(), 'shop', { description: 'test', values });
  makeMember('SecureTask', { args: [values.since] }, chart);
  const name = (since: string) =>
    (Testing.synth(chart, { values: { since } }) as Any[]).find(({ kind }) => kind === 'Job').metadata.name;
  expect(name('2024')).toBe(name('2024'));
  expect(name('2025')).not.toBe(name('2024'));
});

test('inside of forEach it is refused, for its spec is printed once', () => {
  const values = defineValues({ all: value.list(value.dnsName({ doc: 'd' }), { default: ['a'], doc: 'd' }) });
  const chart = new HelmChart(Testing.app(), 'shop', { description: 'test', values });
  expect(() => forEach(values.all, () => makeMember('SecureTask', {}, chart))).toThrow(
    expect.objectContaining({ code: 'NAME_TAKEN', found: 'a task inside of forEach' }),
  );
});

test.each<[prop: string, code: string, wrong: unknown, right: unknown]>([
  ['run', 'PROP_INVALID', '', '1'],
  ['run', 'PROP_INVALID', 1, '1'],
  ['completions', 'PROP_INVALID', 0, 1],
  ['parallelism', 'PROP_INVALID', 0, 1],
  ['backoffLimit', 'PROP_INVALID', 1.5, 0],
  ['activeDeadlineSeconds', 'PROP_INVALID', 0, 1],
  ['ttlSecondsAfterFinished', 'PROP_INVALID', -1, 0],
  ['schedule', 'PROP_UNKNOWN', '@daily', undefined],
])('refuses %s (%s): %j', (prop, code, wrong, right) => {
  expect(() => makeMember('SecureTask', { [prop]: wrong })).toThrow(
    expect.objectContaining({ code, where: `shop/one ${prop}` }),
  );
  if (right !== undefined) expect(() => makeMember('SecureTask', { [prop]: right })).not.toThrow();
});
