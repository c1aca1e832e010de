import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PolicyFolder } from './policy-folder';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-policies-'));
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

const write = (name: string, text: string) => {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), text);
};
const later = () => jest.advanceTimersByTime(1_000);
const exception =
  '{ rule: main.deny, object: Pod/a, application: team/shop, reason: It is moved soon., until: "2027-03-01" }';

test('Rego is asked by opa, what is hidden and its tests are not read, and exceptions are', () => {
  write('main.rego', 'package main\n');
  write('deep/team.rego', '# About teams.\npackage team.labels # ours\n');
  write('main_test.rego', 'no package');
  write('.git/x', 'x');
  write('exceptions.yaml', `exceptions:\n  - ${exception}\n`);
  const { engines, exceptions, failure } = new PolicyFolder(folder, false).now();
  expect([engines.map(({ name }) => name), exceptions.length, failure]).toEqual([['opa'], 1, undefined]);
});

const admission = (kind: string, apiVersion = 'admissionregistration.k8s.io/v1') =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: two }\n`;

test('admission policies and their bindings are asked by the CEL of the API server', () => {
  write(
    'two.yaml',
    `${admission('ValidatingAdmissionPolicy')}---\n${admission('ValidatingAdmissionPolicyBinding')}`,
  );
  write('main.rego', 'package main\n');
  const { engines } = new PolicyFolder(folder, false).now();
  expect(engines.map(({ name }) => name)).toEqual(['opa', 'cel']);
});

test('policies of Kyverno are asked by its program, where they judge', () => {
  const rules = 'rules: [{ name: r, validate: { message: m, pattern: {} } }]';
  const text = `apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: { name: p }\nspec: { ${rules} }\n`;
  write('p.yaml', text);
  expect(new PolicyFolder(folder, false).now().engines.map(({ name }) => name)).toEqual(['kyverno']);
  write('p.yaml', text.replace('validate:', 'mutate: {}, validate:'));
  expect(new PolicyFolder(folder, false).now().failure).toMatchObject({ found: 'a rule with mutate' });
});

test.each([
  ['an empty folder', () => {}],
  ['exceptions alone', () => write('exceptions.yaml', `exceptions:\n  - ${exception}\n`)],
  ['a binding alone', () => write('two.yaml', admission('ValidatingAdmissionPolicyBinding'))],
])('%s is no verdict, unless others are asked anyway', (_what, fill) => {
  fill();
  const { failure } = new PolicyFolder(folder, false).now();
  expect(failure).toMatchObject({ code: 'POLICY_FAILED', found: 'no policy' });
  expect(new PolicyFolder(folder, true).now()).toMatchObject({ engines: [] });
  expect(new PolicyFolder(folder, true).now().failure).toBeUndefined();
});

test('a mounted ConfigMap has links', () => {
  write('..data/main.rego', 'package main\n');
  expect(new PolicyFolder(folder, false).now().engines).toEqual([]);
  symlinkSync(join('..data', 'main.rego'), join(folder, 'main.rego'));
  expect(new PolicyFolder(folder, false).now().engines).toHaveLength(1);
});

test('it is read again when it has changed, a second later at most', () => {
  write('main.rego', 'package main\n');
  const policies = new PolicyFolder(folder, false);
  const first = policies.now();
  later();
  expect(policies.now()).toBe(first);
  write('main.rego', 'package main\ndeny contains "x"\n');
  expect(policies.now()).toBe(first);
  later();
  expect(policies.now().version).not.toBe(first.version);
});

test.each([
  ['a file of another kind', () => write('readme.md', 'x'), 'readme.md'],
  ['an object that is no policy', () => write('a.yaml', admission('ConfigMap', 'v1')), 'a.yaml'],
  ['a policy of another kind', () => write('a.json', admission('MutatingAdmissionPolicy')), 'a.json'],
  ['Rego without a package', () => write('a.rego', 'deny contains "x"'), 'a.rego'],
  ['broken exceptions', () => write('exceptions.yaml', 'a: ['), 'exceptions.yaml'],
  [
    'an exception without an end',
    () => write('exceptions.yaml', 'exceptions: [{ rule: a }]'),
    'exceptions[0]',
  ],
  ['a folder that has gone', () => rmSync(folder, { recursive: true }), 'the policies'],
])('with %s there is no verdict, until it is right', (_what, breakIt, place) => {
  write('main.rego', 'package main\n');
  const policies = new PolicyFolder(folder, false);
  const good = policies.now();
  breakIt();
  later();
  const broken = policies.now();
  expect(broken).toMatchObject({
    ...{ engines: [], exceptions: [] },
    failure: { code: 'POLICY_FAILED', where: expect.stringContaining(place) },
  });
  expect(broken.version).not.toBe(good.version);
  rmSync(folder, { recursive: true, force: true });
  write('main.rego', 'package main\n');
  later();
  expect(policies.now().version).toBe(good.version);
  expect(policies.now().failure).toBeUndefined();
});
