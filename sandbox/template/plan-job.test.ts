import type { JsonObject } from '../../core/template';
import { DrydockError } from '../../errors';
import type { Job } from '../../imports/k8s';
import type { ClaimOptions } from '../options';
import { refusedAtOnce } from '../testing-only/told-whole';
import { planJob } from './plan-job';
import { allowsOpenStart, hashOfJob, jobOf, mismatch, type TemplateSource } from './template-source';

/** A template that gives back what it was asked for, in the namespace of its own. */
let asked: JsonObject;
const echo = (namespace: string | undefined) => (run: JsonObject) => {
  asked = run;
  return { metadata: { name: run.name, namespace } } as unknown as Job;
};

const plan = (options: ClaimOptions<object>, more?: JsonObject) =>
  planJob(echo('boxes'), 'boxes', options, more);

test('the template is asked for what the caller chose, and for nothing else', () => {
  plan({ values: { name: 'one', image: 'tools:1' } });
  expect(asked).toEqual({ name: 'one', image: 'tools:1' });
  plan({ values: { name: 'one' }, ttl: 60, labels: { a: 'b' } }, { command: ['true'] });
  expect(asked).toEqual({ name: 'one', command: ['true'], deadlineSeconds: 60, labels: { a: 'b' } });
});

test('labels come on top of those among the values', () => {
  plan({ values: { labels: { a: 'value', c: 'd' } }, labels: { a: 'option' } });
  expect(asked.labels).toEqual({ a: 'option', c: 'd' });
});

test('a name that is not given is one that nothing else has, and that Kubernetes takes', () => {
  plan({});
  const first = asked.name;
  plan({});
  expect(first).toMatch(/^sandbox-[a-z0-9]{16}$/);
  expect(asked.name).not.toBe(first);
});

test('another namespace than the template`s is refused with the one to give; none is the one that was given', () => {
  const error = refusedAtOnce(() => planJob(echo('others'), 'boxes', {}));
  expect(error).toMatchObject({ code: 'ArgumentInvalid', found: 'boxes' });
  expect(error.where).toContain('namespace');
  expect(error.expected).toContain('others');
  expect(planJob(echo(undefined), 'boxes', { values: { name: 'one' } })).toMatchObject({
    metadata: { name: 'one' },
  });
});

test.each<[string, object, string]>([
  ['values', { values: 'x' }, 'values: '],
  ['labels', { labels: [] }, 'labels: '],
  ['ttl', { ttl: 0.5 }, 'ttl: '],
  ['a name', { values: { name: 5 } }, 'values.name: '],
  ['an empty name', { values: { name: '' } }, 'values.name: '],
])('%s that are none are refused', (_, options, found) => {
  const error = refusedAtOnce(() => plan(options));
  expect(error).toMatchObject({ code: 'ArgumentInvalid', where: 'claim' });
  expect(error.found).toContain(found);
});

test('what the template refuses is told in its words, as an error of the runtime', () => {
  const facts = { where: 'values of the run', found: 'cpu: x', expected: 'an amount', remedy: 'Correct it.' };
  const own = new DrydockError('VALUES_INVALID', facts);
  const refuse = () => {
    throw own;
  };
  expect(refusedAtOnce(() => planJob(refuse, 'boxes', {}))).toMatchObject({
    code: 'ArgumentInvalid',
    cause: own,
    ...facts,
  });
  // A defect is no mistake of the caller.
  const defect = () => {
    throw new RangeError('ours');
  };
  expect(() => planJob(defect, 'boxes', {})).toThrow(RangeError);
});

const job = (hash?: string) => ({
  metadata: { annotations: hash === undefined ? undefined : { 'drydock.dev/template': hash } },
});
const described = (hash?: string) => ({ bounds: {}, job: () => job(hash) as JsonObject });

test('the Job has the hash that is asked for, or no Job is made', () => {
  expect(hashOfJob(jobOf(described('abc'), undefined, 'abc')({}))).toBe('abc');
  expect(hashOfJob(jobOf(described(), undefined, undefined)({}))).toBe('');
  const other = refusedAtOnce(() => jobOf(described('abc'), undefined, 'def')({}));
  expect(other).toMatchObject({ code: 'TemplateMismatch', found: 'hash abc', expected: 'hash def' });
  expect(refusedAtOnce(() => jobOf(described(), undefined, 'def')({})).found).toBe('no template hash');
  expect(mismatch('sandbox one', 'a', 'b', 'one')).toMatchObject({ where: 'sandbox one', sandboxId: 'one' });
});

test('a description, and a construct that has one, are asked with the values of the installation', () => {
  const heard: object[] = [];
  const sandbox = {
    bounds: {},
    job: (inputs: object) => {
      heard.push(inputs);
      return job() as JsonObject;
    },
  };
  const run = { name: 'one' };
  jobOf(sandbox, { a: 1 }, undefined)(run);
  jobOf({ sandbox }, undefined, undefined)(run);
  expect(heard).toEqual([
    { install: { a: 1 }, run },
    { install: undefined, run },
  ]);
});

test('an installed template is asked with the run alone, and takes no values of the installation', () => {
  const heard: object[] = [];
  const installed = {
    hash: 'x',
    limits: {},
    allowsOpenStart: false,
    job: (run: JsonObject) => {
      heard.push(run);
      return job() as JsonObject;
    },
  };
  jobOf(installed, undefined, undefined)({ name: 'one' });
  expect(heard).toEqual([{ name: 'one' }]);
  const error = refusedAtOnce(() => jobOf(installed, {}, undefined));
  expect(error).toMatchObject({ code: 'ArgumentInvalid', where: 'new Sandboxes({ install })' });
});

test('the text of an installed template is read, and its run is held to its limits', () => {
  const made = {
    metadata: { labels: {} },
    spec: { template: { spec: { containers: [{ image: 'a:1' }] } } },
  };
  const run = { defaults: {}, schema: { type: 'object' } };
  const text = (images: string) =>
    JSON.stringify({ drydock: 1, job: made, run, limits: { images, labels: '' } });
  expect(jobOf(text('a:1'), undefined, undefined)({})).toEqual(made);
  expect(() => jobOf(text('b:1'), undefined, undefined)({})).toThrow(
    expect.objectContaining({ code: 'VALUES_INVALID' }),
  );
});

test('commands are held back until the network is closed, unless the template says otherwise', () => {
  const text = (more: object) =>
    JSON.stringify({ drydock: 1, job: {}, run: {}, limits: { images: '', labels: '' }, ...more });
  expect(allowsOpenStart(text({}), undefined)).toBe(false);
  expect(allowsOpenStart(text({ allowOpenStart: null }), undefined)).toBe(false);
  expect(allowsOpenStart(text({ allowOpenStart: true }), undefined)).toBe(true);
  const asked: unknown[] = [];
  const says = { ...described('abc'), allowsOpenStart: (install: unknown) => asked.push(install) === 1 };
  expect(allowsOpenStart({ sandbox: says }, { a: 1 })).toBe(true);
  expect(asked).toEqual([{ a: 1 }]);
  expect(allowsOpenStart(described('abc'), undefined)).toBe(false);
});

test.each<[string, unknown]>([
  ['text that is none', '{'],
  ['nothing', undefined],
  ['null', null],
  ['a number', 5],
  ['an object without a Job', { bounds: {} }],
  ['a Job that is no function', { job: 'x' }],
  ['a construct without a description', { sandbox: null }],
  ['a construct of something else', { sandbox: { job: 5 } }],
])('%s is no template', (_, source) => {
  expect(refusedAtOnce(() => jobOf(source as TemplateSource, undefined, undefined)).code).toBe(
    'ArgumentInvalid',
  );
});
