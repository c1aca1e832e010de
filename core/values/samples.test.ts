import { defineValues } from './define-values';
import { definitionOf } from './definition';
import { value } from './index';
import { problemsOf } from './problems';
import { STAND_IN_SECRET, sampleOf, trialOf } from './samples';

const doc = 'd';
const inner = defineValues({
  token: value.string({ doc }),
  login: value.secret({ doc, keys: { KEY: doc } }),
});
const { declarations } = definitionOf(
  defineValues({
    host: value.string({ pattern: '^[a-z]+\\.[a-z.]+$', doc }),
    image: value.image({ doc }),
    level: value.oneOf(['debug', 'info'], { doc }),
    pods: value.integer({ min: 3, doc }),
    rules: value.list(value.object({ name: value.dnsName({ doc }), port: value.port({ doc }) }, { doc }), {
      minItems: 1,
      doc,
    }),
    size: value.memory({ doc }),
    optional: value.string({ optional: true, doc }),
    usual: value.string({ default: 'a', doc }),
    ticket: value.string({ pattern: '^OPS-[0-9]{5}$', doc }),
    sub: value.subchart(inner, {}),
  }),
);

test('what must be set, and every secret, has an obvious value that its declaration admits', () => {
  const { values, unknown } = trialOf(declarations);
  expect(values).toEqual({
    host: 'example.com',
    image: 'registry.example.com/app:1.0.0',
    level: 'debug',
    pods: 3,
    rules: [{ name: 'example', port: 1 }],
    size: '1Gi',
    sub: { token: 'example', login: { KEY: STAND_IN_SECRET } },
  });
  expect(unknown).toEqual(['ticket']);
});

test('what is given is taken, and nothing is made up in its place', () => {
  const given = { host: 'shop', ticket: 'OPS-12345', sub: { login: { existingSecret: 'mine' } } };
  const { values, unknown } = trialOf(declarations, given);
  expect(values).toMatchObject({ host: 'shop', ticket: 'OPS-12345', level: 'debug' });
  expect(values.sub).toEqual({ token: 'example', login: { existingSecret: 'mine' } });
  expect(unknown).toEqual([]);
});

test('a sample is admitted, or there is none', () => {
  for (const { schema } of [
    value.cpu({ doc }),
    value.duration({ doc }),
    value.number({ min: 0.5, max: 0.75, doc }),
    value.boolean({ doc }),
    value.map(value.string({ doc }), { doc }),
    value.raw({ doc }),
    value.allowedImage({ doc }),
  ])
    expect(problemsOf(schema, sampleOf(schema))).toEqual([]);
  expect(sampleOf(value.string({ pattern: '^OPS-[0-9]{5}$', doc }).schema)).toBeUndefined();
});
