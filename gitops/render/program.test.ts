import { asVariables } from '../../core/synth/driver';
import { GitopsError } from '../errors';
import { renderProgram, VALUES_VARIABLE } from './program';
import { RENDER_LIMITS } from './run-program';

const nowhere = { namespace: 'none', template: '{}', kubeconfig: '/nonexistent/kubeconfig' };
const file = (path: string, content: string) => ({ path, content: Buffer.from(content) });

async function refusal(files: readonly ReturnType<typeof file>[], isSetUp = true) {
  const sandboxes = isSetUp ? nowhere : undefined;
  const error = await renderProgram({
    render: { image: 'a:1' },
    files,
    limits: RENDER_LIMITS,
    sandboxes,
  }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof GitopsError) return error;
  throw error ?? new Error('rendered');
}

test('values reach a program by the variable that `drydock synth` uses', () => {
  expect(Object.keys(asVariables({ valuesFile: 'x' }))).toEqual([VALUES_VARIABLE]);
});

test('a controller that is not set up for programs runs none, and says who can change that', async () => {
  const { code, message, waitsForPerson } = await refusal([file('cdk8s.yaml', 'app: node x.js')], false);
  expect([code, waitsForPerson]).toEqual(['RENDER_FAILED', true]);
  expect(message).toMatch(/--program-template.*[Aa]sk who runs the controller/);
});

test.each([
  ['no cdk8s.yaml', [file('main.js', '')], /no cdk8s\.yaml/],
  ['one without a command', [file('cdk8s.yaml', 'language: typescript')], /no `app`/],
  ['one whose command is no text', [file('cdk8s.yaml', 'app: [node]')], /no `app`/],
  ['one that is broken', [file('cdk8s.yaml', 'app: [')], /in line 1/],
  ['one that is empty', [file('cdk8s.yaml', '')], /no `app`/],
])('%s is told before a sandbox is made', async (_what, files, found) => {
  expect(await refusal(files)).toMatchObject({ code: 'RENDER_FAILED', found: expect.stringMatching(found) });
});

test('a template that is none is told as what somebody has to mend, and without a stack', async () => {
  const error = await refusal([file('cdk8s.yaml', 'app: node x.js')]);
  expect([error.code, error.where]).toEqual([
    'RENDER_FAILED',
    'the program in `spec.source.path`, in its sandbox',
  ]);
  expect(error.found).toMatch(/^(TemplateMismatch|ArgumentInvalid): /);
});
