import { dirname } from 'node:path';
import { tool } from '../../cluster/tools/tool';
import type { PolicyObject } from './engine';
import { opaEngine } from './opa';
import { POLICY_LIMITS } from './policy-program';

jest.setTimeout(120_000);

/** What the real opa says of objects, and what policies that mean harm, or are wrong, come to. */

const before = process.env.PATH;
beforeAll(async () => {
  process.env.PATH = `${dirname(await tool('opa'))}:${before}`;
});
afterAll(() => {
  process.env.PATH = before;
});

const deployment = (name: string, replicas: number, more: object = {}) =>
  ({
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace: 'shop' } },
    ...{ spec: { replicas }, ...more },
  }) as PolicyObject;
const request = (...objects: readonly PolicyObject[]) => ({
  ...{ application: { namespace: 'team', name: 'shop' }, namespace: 'shop', objects },
});
const asked = (text: string, limits = POLICY_LIMITS) =>
  opaEngine([{ name: 'team.rego', text }], limits).judge(request(deployment('a', 1), deployment('b', 3)));
const refusal = (text: string, limits = POLICY_LIMITS) =>
  asked(text, limits).catch((error: unknown) => error);

const TWO = 'input.spec.replicas < 2';
const told = { rule: 'main.deny', object: 'Deployment/a', namespace: 'shop', field: '', fix: '' };

test.each([
  ['a text', `package main\ndeny contains "one pod" if ${TWO}`, { ...told, why: 'one pod' }],
  [
    'an object with msg, field and fix',
    `package main\ndeny contains {"msg": "one pod", "field": "spec.replicas", "fix": "Run two."} if ${TWO}`,
    { ...told, why: 'one pod', field: 'spec.replicas', fix: 'Run two.' },
  ],
  ['a bare yes', `package main\ndefault deny := false\ndeny if ${TWO}`, { ...told, why: 'It is so.' }],
  [
    'a rule with a name of its own, in a package with a dot',
    `package team.pods\nviolation_count contains "x" if ${TWO}`,
    { ...told, rule: 'team.pods.violation_count', why: 'x' },
  ],
  [
    'a warning',
    `package main\nwarn contains "x" if ${TWO}`,
    { ...told, rule: 'main.warn', why: 'x', isWarning: true },
  ],
  [
    'a rule about the whole set and the Application',
    `package main\ndeny contains data.drydock.application.name if {\n\tsome one in data.drydock.objects\n\tone.spec.replicas > input.spec.replicas\n}`,
    { ...told, why: 'shop' },
  ],
])('%s is a finding of the object that it is about, and of no other', async (_what, text, finding) => {
  expect(await asked(text)).toEqual([finding]);
});

test('other rules are not asked, and helpers may be anything', async () => {
  const helpers = `package main\nlimit := 2\nnames contains input.metadata.name\ndenied contains "x"\nf(x) := x`;
  expect(await asked(helpers)).toEqual([]);
  expect(await asked(`${helpers}\ndeny contains "x" if f(input.spec.replicas) < limit`)).toHaveLength(1);
});

const whole = (rule: string) => `package main\n${rule}\n`;
const PRODUCT =
  'count([1 | some a in numbers.range(1, 20000); some b in numbers.range(1, 20000); a * b == 7]) > 5';

const LIMITS = { ...POLICY_LIMITS, outputBytes: 1024 * 1024, memoryBytes: 256 * 1024 * 1024 };

test('one that does not end gives no verdict, with the cause', async () => {
  const endless = whole(`deny contains "x" if ${PRODUCT}`);
  expect(await refusal(endless, { ...LIMITS, timeoutMs: 3_000 })).toMatchObject({
    code: 'POLICY_FAILED',
    found: expect.stringMatching(/timed out|cancel|no end within/),
  });
});

// Their time is the usual one: on a busy machine opa may need seconds to say a word.
test.each([
  [
    'one that takes all memory',
    whole(
      'deny contains "x" if count([sprintf("%d-%d", [a, b]) | some a in numbers.range(1, 50000); some b in numbers.range(1, 50000)]) > 5',
    ),
    /bytes of memory|no end within|timed out|cancel/,
  ],
  [
    'one that says more than anybody reads',
    whole('deny contains sprintf("%d %s", [a, input.metadata.name]) if some a in numbers.range(1, 200000)'),
    /bytes of output|no end within|timed out|cancel/,
  ],
  [
    'one that asks a network',
    whole('deny contains http.send({"method": "get", "url": "http://127.0.0.1:1"})'),
    /team\.rego:2: undefined function http\.send/,
  ],
  [
    'one that asks for a name',
    whole('deny contains net.lookup_ip_addr("example.com")'),
    /undefined function net\.lookup_ip_addr/,
  ],
  [
    'one that asks the machine',
    whole('deny contains opa.runtime().env.PATH'),
    /undefined function opa\.runtime/,
  ],
  [
    'one that asks a clock',
    whole('deny contains "late" if time.now_ns() > 0'),
    /undefined function time\.now_ns/,
  ],
  [
    'one that throws dice',
    whole('deny contains "x" if rand.intn("x", 2) == 1'),
    /undefined function rand\.intn/,
  ],
  ['one that is no Rego', whole('deny contains x if { x = '), /team\.rego:\d+: unexpected eof/],
  ['one of before Rego 1', whole('deny[msg] { msg := "x" }'), /team\.rego:2: .*`if` keyword/],
  [
    'one whose function fails',
    whole('deny contains "x" if to_number(input.metadata.name) > 1'),
    /team\.rego:2: to_number/,
  ],
  [
    'one that contradicts itself',
    whole('deny := 1\ndeny := "x" if input.kind'),
    /deny produced conflicting values: .* at team\.rego:2/,
  ],
  ['a verdict that is a number', whole('deny := 7'), /a verdict that is a number/],
  ['a verdict without words', whole('deny contains {"code": 7}'), /a verdict that is a object without `msg`/],
  ['one that takes our place', 'package drydock.objects\ndeny contains "x"', /what opa says/],
])('%s gives no verdict, with the cause', async (_what, text, cause) => {
  expect(await refusal(text, LIMITS)).toMatchObject({
    code: 'POLICY_FAILED',
    found: expect.stringMatching(cause),
  });
});

test('the same rules without what is refused give a verdict', async () => {
  const fine = [
    'deny contains "x" if count([1 | some a in numbers.range(1, 20); some b in numbers.range(1, 20); a * b == 7]) > 5',
    'deny contains "late" if time.parse_rfc3339_ns("2026-01-01T00:00:00Z") < 0',
    'deny contains "x" if to_number(object.get(input.metadata.labels, "n", "1")) > 1',
  ];
  for (const rule of fine) {
    const text = whole(rule.replaceAll('input.metadata.labels', 'object.get(input.metadata, "labels", {})'));
    expect(await asked(text)).toEqual([]);
  }
});

test('several files of several packages are asked at once, and a mistake is told by its file', async () => {
  const [main, team] = ['package main\ndeny contains "m"', 'package team\ndeny contains "t"'].map(
    (text, index) => ({
      ...{ name: `${index}/x.rego`, text },
    }),
  );
  const found = await opaEngine([main!, team!]).judge(request(deployment('a', 1)));
  expect(found.map(({ rule, why }) => [rule, why])).toEqual([
    ['main.deny', 'm'],
    ['team.deny', 't'],
  ]);
  const broken = opaEngine([main!, { name: 'lib/y.rego', text: 'package team\ndeny contains nothing' }]);
  await expect(broken.judge(request(deployment('a', 1)))).rejects.toMatchObject({
    found: expect.stringContaining('lib/y.rego:2: '),
  });
});

test('a machine without opa is told what to install', async () => {
  const path = process.env.PATH;
  process.env.PATH = '/nowhere';
  try {
    expect(await refusal('package main')).toMatchObject({
      ...{ code: 'PROGRAM_MISSING', remedy: 'install opa where the controller runs' },
    });
  } finally {
    process.env.PATH = path;
  }
});
