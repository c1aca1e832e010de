import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findTemplate, needsImage } from './sandbox-template';
import { drydock, mistake } from './testing-only/drydock';

const folder = mkdtempSync(path.join(tmpdir(), 'drydock-sandbox-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

function template(name: string, content: object | string): string {
  const file = path.join(folder, name);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}
const inBlue = { job: { metadata: { namespace: 'blue' } } };
const image = (required: string[], defaults: object) =>
  JSON.stringify({ run: { schema: { required }, defaults } });

/** What runs is in the tests of the sandbox; here is what is refused before a cluster is asked. */
test.each([
  [['run'], 'no command: drydock sandbox run --image IMAGE -- CMD'],
  [['run', '--image', 'x', '--'], 'no command: drydock sandbox run --image IMAGE -- CMD'],
  [['exec', 'one'], 'no command: drydock sandbox exec ID -- CMD'],
  [['exec', '--', 'true'], 'expected the name of a sandbox: drydock sandbox exec ID -- CMD'],
  [['exec', 'one', 'two', '--', 'true'], 'expected the name of a sandbox: drydock sandbox exec ID -- CMD'],
  [['run', '--imgae', 'x', '--', 'true'], 'unknown option --imgae, did you mean --image?'],
  [['run', 'x', '--', 'true'], 'unexpected argument "x": drydock sandbox takes options only'],
  [['cp'], 'cp takes ID:PATH and a local path, in either order'],
  [['cp', 'one:/a'], 'cp takes ID:PATH and a local path, in either order'],
  [['cp', 'a', 'b'], 'cp takes ID:PATH and a local path, in either order'],
  [['cp', 'one:/a', 'two:/b'], 'cp takes ID:PATH and a local path, in either order'],
  [['cp', 'one:/a', 'b', 'c'], 'cp takes ID:PATH and a local path, in either order'],
  [['cp', './one:/a', 'b'], 'cp takes ID:PATH and a local path, in either order'],
  [['cp', 'one:', 'b'], 'cp takes ID:PATH and a local path, in either order'],
  [['ps', 'x'], 'unexpected argument "x": drydock sandbox takes options only'],
  [['gc', 'x'], 'unexpected argument "x": drydock sandbox takes options only'],
  [['preflight', '--everything'], 'unknown option --everything'],
  [['exec', 'one', '--everything', '--', 'true'], 'unknown option --everything'],
])('drydock sandbox %j is refused in one sentence', async (argv, sentence) => {
  expect(await drydock('sandbox', ...argv)).toEqual(mistake(sentence, 'drydock sandbox --help'));
});

test.each(['run', 'preflight'])('%s needs an image where the template has none', async (name) => {
  const file = template(
    'needy.json',
    `{"run":{"schema":{"required":["image"]},"defaults":{}},"job":${JSON.stringify(inBlue.job)}}`,
  );
  const command = name === 'run' ? ['--', 'true'] : [];
  expect(await drydock('sandbox', name, '--template', file, ...command)).toEqual(
    mistake(
      `${name} needs --image IMAGE: one of the images that the template allows`,
      'drydock sandbox --help',
    ),
  );
});

test('an image is needed where the template asks for one and has no default', () => {
  expect(needsImage(image(['image'], {}))).toBe(true);
  expect(needsImage(image(['image'], { image: 'alpine:3' }))).toBe(false);
  expect(needsImage(image(['cpu'], {}))).toBe(false);
  expect(needsImage('no JSON')).toBe(false);
  expect(needsImage('{}')).toBe(false);
});

describe('the template and its namespace', () => {
  test('are those that are named, before those of the environment', async () => {
    const file = template('blue.json', inBlue);
    const other = template('other.json', { job: {} });
    const text = JSON.stringify(inBlue);
    expect(
      await findTemplate({ template: file }, { SANDBOX_TEMPLATE: other, SANDBOX_NAMESPACE: 'red' }),
    ).toEqual({
      text,
      namespace: 'blue',
    });
    expect(await findTemplate({}, { SANDBOX_TEMPLATE: file })).toEqual({ text, namespace: 'blue' });
    expect(await findTemplate({ template: file, namespace: 'green' }, {})).toEqual({
      text,
      namespace: 'green',
    });
  });

  test.each([
    ['names none', { job: { metadata: {} } }],
    ['has no Job', {}],
    ['has one that is no text', { job: { metadata: { namespace: 5 } } }],
    ['is no JSON', '{'],
  ])('come from the environment where the template %s, and else have to be said', async (_, content) => {
    const file = template('none.json', content);
    const { namespace } = await findTemplate({ template: file }, { SANDBOX_NAMESPACE: 'red' });
    expect(namespace).toBe('red');
    await expect(findTemplate({ template: file }, {})).rejects.toThrow(
      'the template names no namespace: give --namespace',
    );
  });
});
