import { execFileSync } from 'node:child_process';
import { tool } from '../../cluster/tools/tool';
import { parseManifests } from '../read';

jest.setTimeout(600_000);

/** What a plain scalar of a manifest means, held against kubectl itself. */

let kubectl: string;
beforeAll(async () => {
  kubectl = await tool('kubectl');
});

const SCALARS = [
  ...['22:22', '12:30:45', '0:0', '1:1', '+1:30', '190:20:30.15', '-190:20:30'],
  ...['0o644', '0O17', '+0o7', '0o8', '0644', '0_644', '-0644', '+0644', '08', '09', '00', '000', '-00'],
  ...['0x1F', '0X1F', '-0x1f', '0x_1', '0x', '0x0', '0b11', '-0b11', '0B1', '0b2', '0777_7'],
  ...['1_000', '0_1', '1__0', '_1', '1_', '0_', '1,000', '1_0.5', '1.5_5', '1e3_0', '._1', '.1_'],
  ...['0', '-0', '+0', '+1', '1.', '0.', '0.0', '1.0', '.5', '+.5', '-.5', '.5e1', '1.5e3', '1E5', '12e03'],
  ...['1e', 'e1', '1e5e', '1.e+3', '1e400', '-1e400', '+', '.', '..', '-.', '=', '1e-400'],
  ...['9007199254740993', '9223372036854775807', '-9223372036854775808', '18446744073709551615', '1e21'],
  ...['yes', 'Yes', 'YES', 'y', 'Y', 'no', 'n', 'N', 'on', 'off', 'OFF', 'TRUE', 'True', 'tRUE', 'oFF'],
  ...['~', 'null', 'Null', 'NULL', 'nULL', '""', "''", 'nan', 'inf', 'Infinity', 'NaN'],
  ...['2024-01-31', '2024-01-31T00:00:00Z', '2001-12-14 21:59:43.10 -5'],
  ...['!!str 1', '!!str', '!!int "3"', '!!float 1', '!!bool "yes"', '!!null ""', '!!binary aGk=', '!own a'],
];

const NOT_JSON = ['.inf', '.Inf', '-.INF', '.nan', '.NaN'];

const manifest = (values: readonly string[]) =>
  ['apiVersion: v1', 'kind: ConfigMap', 'metadata: { name: a, labels: { at: first } }', 'values:']
    .concat(values.map((one) => `- ${one}`))
    .join('\n');

/** Numbers by what a server makes of them: a double, where 64 bits do not hold it. */
const values = (json: string) => (JSON.parse(json) as { readonly values: unknown[] }).values;
const asRead = (text: string) => {
  const [read] = parseManifests(text, 'x');
  return (read!.object as unknown as { readonly values: unknown[] }).values;
};

function byKubectl(text: string): string {
  const args = ['label', '--local', '-f', '-', 'more=one', '-o', 'json'];
  return execFileSync(kubectl, args, { input: text, encoding: 'utf8', stdio: 'pipe' });
}

test('each scalar is what kubectl makes of it', () => {
  const text = manifest(SCALARS);
  const kubectls = values(byKubectl(text));
  const ours = asRead(text);
  const pairs = (all: readonly unknown[]) => SCALARS.map((scalar, at) => [scalar, all[at]]);
  expect(pairs(ours)).toEqual(pairs(kubectls));
});

test.each(NOT_JSON)('%s, which is no JSON, is refused by both', (scalar) => {
  expect(() => byKubectl(manifest([scalar]))).toThrow();
  expect(() => asRead(manifest([scalar]))).toThrow(/line 5, column 3/);
  expect(asRead(manifest([`"${scalar}"`]))).toEqual([scalar]);
});

test('keys, merges and aliases are those of kubectl', () => {
  const text = [
    'apiVersion: v1',
    'kind: ConfigMap',
    'metadata: { name: a, labels: { at: first } }',
    'base: &base { yes: 1, 010: 2, 0x10: 3, 2024-01-31: 4, "null": 5 }',
    'values: [{ <<: *base, more: *base }, *base]',
  ].join('\n');
  expect(asRead(text)).toEqual(values(byKubectl(text)));
});
