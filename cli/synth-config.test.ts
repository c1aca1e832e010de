import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { configuredOutput, readAppConfig } from './synth-config';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'drydock-config-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (text: string) => writeFileSync(path.join(folder, 'cdk8s.yaml'), text);

test('cdk8s.yaml says what is run and where it is written; the output is dist where it does not', () => {
  write('app: node main.js\n');
  const config = { app: 'node main.js', output: 'dist', isOutputNamed: false, hasValidations: false };
  expect(readAppConfig(folder, {})).toEqual(config);
  expect(configuredOutput(folder)).toBe('dist');
  write('app: node main.js\noutput: there\nvalidations: checks.yaml\n');
  expect(readAppConfig(folder, {})).toEqual({ ...config, output: 'there', hasValidations: true });
  expect(configuredOutput(folder)).toBe('there');
});

test('what the command line says comes first', () => {
  write('app: node main.js\noutput: there\n');
  expect(readAppConfig(folder, { app: 'node other.js', output: 'here' })).toEqual({
    app: 'node other.js',
    output: 'here',
    isOutputNamed: true,
    hasValidations: false,
  });
});

test('without a file the command line is enough, and without both it says what is missing', () => {
  expect(readAppConfig(folder, { app: 'node main.js' })).toMatchObject({
    app: 'node main.js',
    output: 'dist',
  });
  expect(configuredOutput(folder)).toBe('dist');
  expect(() => readAppConfig(folder, {})).toThrow(
    /^NO_APP at cdk8s\.yaml: found no such file in this folder/,
  );
  for (const empty of ['', 'app: ""\n', 'app: " "\n', 'output: x\n']) {
    write(empty);
    expect(() => readAppConfig(folder, {})).toThrow(/^NO_APP at cdk8s\.yaml: found no "app" in it/);
  }
});

test.each([
  ['- app\n', /^BAD_CONFIG at cdk8s\.yaml: found no map of settings/],
  ['app\n', /^BAD_CONFIG at cdk8s\.yaml: found no map of settings/],
  ['app: [\n', /^BAD_CONFIG at cdk8s\.yaml: found [^\n]*; expected YAML/],
  ['app: 5\n', /^BAD_CONFIG at cdk8s\.yaml app: found 5; expected text\. Write app: followed by text\.$/],
  ['app: a\noutput: [b]\n', /^BAD_CONFIG at cdk8s\.yaml output: found \["b"\]; expected text/],
])('%j is refused with its place', (text, sentence) => {
  write(text);
  expect(() => readAppConfig(folder, {})).toThrow(sentence);
});
