import type { DrydockError } from '../../core/template';
import { MOST_BYTES, TEXT_BYTES, VARIABLE_BYTES } from './bounds';
import { readTemplate } from './read-template';
import { refuseRun } from './refuse-run';

const LIMITS = { images: 'a:1,registry.example.com/ci/*', labels: 'build,task' };
const ASK = ', or ask the administrator: the chart of SandboxRbac sets the limits.';
const OWN = { 'app.kubernetes.io/name': 'sandbox', 'app.kubernetes.io/managed-by': 'cdk8s-drydock' };

function job(container: object, labels: object = {}) {
  return {
    metadata: { labels: { ...OWN, ...labels } },
    spec: { template: { spec: { containers: [{ image: 'a:1', ...container }] } } },
  };
}

function refusal(container: object, labels: object = {}, limits = LIMITS) {
  try {
    refuseRun(job(container, labels), limits);
    return undefined;
  } catch (error) {
    const { code, where, found, expected, remedy } = error as DrydockError;
    return { code, where, found, expected, remedy };
  }
}

test('a run within its limits is given back as it is', () => {
  const made = job({ command: ['true'], env: [{ name: 'A', value: 'b' }] }, { build: '1', task: '2' });
  expect(refuseRun(made, LIMITS)).toBe(made);
  expect(refusal({ image: 'registry.example.com/ci/tools:1' })).toBeUndefined();
});

test('an image that is not in the list', () => {
  expect(refusal({ image: 'b:1' })).toEqual({
    code: 'VALUES_INVALID',
    where: 'values of the run, image',
    found: '"b:1"',
    expected: 'one of a:1,registry.example.com/ci/*',
    remedy: `Choose one of those${ASK}`,
  });
});

test('a label that a run may not choose', () => {
  const expected = {
    code: 'VALUES_INVALID',
    where: 'values of the run, labels',
    remedy: `Leave the label out${ASK}`,
  };
  expect(refusal({}, { build: '1', istio: 'x' })).toEqual({
    ...expected,
    found: 'the key "istio"',
    expected: 'labels with the keys build,task',
  });
  expect(refusal({}, { build: '1' }, { ...LIMITS, labels: '' })).toEqual({
    ...expected,
    found: 'the key "build"',
    expected: 'no labels',
  });
});

const tooLarge = (value: string, bytes: number) => ({
  code: 'VALUES_INVALID',
  where: `values of the run, ${value}`,
  found: `${bytes} bytes`,
  expected: `at most ${MOST_BYTES} together`,
  remedy: `Write what is larger as a file into the sandbox${ASK}`,
});

test('a command may come to so many bytes, with what the store keeps of each word', () => {
  const words = (bytes: number) => ({ command: ['é'.repeat(4), 'x'.repeat(bytes - 8 - 2 * TEXT_BYTES)] });
  expect(refusal(words(MOST_BYTES))).toBeUndefined();
  expect(refusal(words(MOST_BYTES + 1))).toEqual(tooLarge('command', MOST_BYTES + 1));
});

test('so may an environment, of which names and values count', () => {
  const variables = (bytes: number) => ({
    env: [
      { name: 'NAME', value: '' },
      { name: 'B', value: 'x'.repeat(bytes - 5 - 2 * VARIABLE_BYTES) },
    ],
  });
  expect(refusal(variables(MOST_BYTES))).toBeUndefined();
  expect(refusal(variables(MOST_BYTES + 1))).toEqual(tooLarge('env', MOST_BYTES + 1));
});

const run = {
  defaults: { cpu: '1' },
  schema: { type: 'object', additionalProperties: false, properties: { cpu: { type: 'string' } } },
};
const whole = { drydock: 1, job: {}, run, limits: LIMITS };

test.each<[string, unknown, string]>([
  ['of another version', { ...whole, drydock: 2 }, 'version 2'],
  ['of none', {}, 'version undefined'],
  ['that is nothing', null, 'version undefined'],
  ...['job', 'run', 'limits'].map((part): [string, unknown, string] => [
    `without its ${part}`,
    { ...whole, [part]: undefined },
    'a document without job, run and limits',
  ]),
  ['without images', { ...whole, limits: { labels: '' } }, 'a document without job, run and limits'],
  ['without labels', { ...whole, limits: { images: '' } }, 'a document without job, run and limits'],
])('a template %s cannot be read, and says so', (_, document, found) => {
  expect(() => readTemplate(JSON.stringify(document))).toThrow(
    expect.objectContaining({
      code: 'TEMPLATE_TEXT',
      where: 'the template of a sandbox',
      found,
      expected: 'a document of version 1, as the chart installs it',
      remedy:
        'Read the key template.json of the ConfigMap, and use the version of this library that the chart was made with.',
    }),
  );
});

test('values that a template does not declare are told each', () => {
  const template = readTemplate(JSON.stringify(whole));
  expect(template.limits).toEqual(LIMITS);
  expect(() => template.job({ cpu: 5, gpu: 1 })).toThrow(
    expect.objectContaining({
      code: 'VALUES_INVALID',
      where: 'values of the run',
      found: expect.stringMatching(
        /^(cpu: .+, expected .+; gpu: .+, expected .+|gpu: .+, expected .+; cpu: .+, expected .+)$/,
      ),
      expected: 'values as the template declares them',
      remedy: 'Correct them; `run.schema` in the ConfigMap says what each may be.',
    }),
  );
});
