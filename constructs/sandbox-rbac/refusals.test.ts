import { createHash } from 'node:crypto';
import { Chart } from 'cdk8s';
import { Testing } from '../../core/synth';
import type { JsonObject } from '../../core/template';
import { HelmChart } from '../../core/tree';
import { defineValues, value } from '../../core/values';
import { defineSandbox } from '../../sandbox/spec';
import { RBAC, SANDBOX } from '../../test/support/valid-sandbox';
import { SandboxTemplate, type SandboxTemplateProps } from '../sandbox-template';
import { SandboxRbac, type SandboxRbacProps } from './sandbox-rbac';

const values = defineValues({
  namespace: value.dnsName({ default: 'boxes', doc: 'Namespace' }),
  ops: value.dnsName({ default: 'ops', doc: 'Namespace of the administrator' }),
  cpu: value.cpu({ default: '500m', doc: 'CPU of a sandbox' }),
});

const sandboxWith = (changes: object = {}) => defineSandbox({ install: values, ...SANDBOX, ...changes });

const MANAGER = RBAC.managers[0];
const { quota: QUOTA, gate: GATE } = RBAC;
const RIGHT = { sandbox: sandboxWith(), ...RBAC };

type Changes = Partial<Record<keyof SandboxRbacProps, unknown>>;

function grant(changes: object, given: JsonObject = {}): readonly object[] {
  const chart = new HelmChart(Testing.app(), 'boxes', { description: 'Boxes', values });
  new SandboxRbac(chart, 'rbac', { ...RIGHT, ...changes } as never);
  return Testing.synth(chart, { values: given, release: { namespace: 'ops' } }) as object[];
}

/** Each with its twin that differs in the wrong place only. */
const REFUSALS: readonly [string, Changes & object, string, string, Changes & object][] = [
  ['no managers', { managers: [] }, 'PROP_INVALID', 'managers', { managers: [MANAGER] }],
  [
    'a manager that no account is called',
    { managers: [{ ...MANAGER, serviceAccount: 'A B' }] },
    'NAME_INVALID',
    'managers[0].serviceAccount',
    { managers: [{ ...MANAGER, serviceAccount: 'a-b' }] },
  ],
  [
    'a manager without a namespace',
    { managers: [{ serviceAccount: 'app' }] },
    'PROP_MISSING',
    'managers[0].namespace',
    { managers: [MANAGER] },
  ],
  [
    'a manager beside the sandboxes',
    { managers: [{ ...MANAGER, namespace: 'boxes' }] },
    'PROP_INVALID',
    'managers[0].namespace',
    { managers: [{ ...MANAGER, namespace: 'box' }] },
  ],
  [
    'an invalid policy name',
    { policyName: 'Ops Boxes' },
    'NAME_INVALID',
    'policyName',
    { policyName: 'ops.boxes' },
  ],
  ['no policy name', { policyName: '' }, 'NAME_INVALID', 'policyName', { policyName: 'a' }],
  ['an invalid role name', { roleName: 'a/b' }, 'NAME_INVALID', 'roleName', { roleName: 'a-b' }],
  [
    'a quota of no sandbox',
    { quota: { ...QUOTA, sandboxes: 0 } },
    'PROP_INVALID',
    'quota.sandboxes',
    { quota: { ...QUOTA, sandboxes: 1 } },
  ],
  [
    'a quota of no CPU',
    { quota: { ...QUOTA, cpu: '0' } },
    'QUANTITY_INVALID',
    'quota.cpu',
    { quota: { ...QUOTA, cpu: '1' } },
  ],
  [
    'a quota too small for one sandbox',
    { quota: { ...QUOTA, memory: '511Mi' } },
    'QUANTITY_INVALID',
    'quota.memory',
    { quota: { ...QUOTA, memory: '512Mi' } },
  ],
  [
    'fewer Jobs than sandboxes',
    { quota: { ...QUOTA, jobs: 4 } },
    'PROP_INVALID',
    'quota.jobs',
    { quota: { ...QUOTA, jobs: 5 } },
  ],
  [
    'more sandboxes than the Jobs that there are by default',
    { quota: { ...QUOTA, sandboxes: 201 } },
    'PROP_INVALID',
    'quota.jobs',
    { quota: { ...QUOTA, sandboxes: 200 } },
  ],
  [
    'an unknown prop',
    { allowInternett: true } as object,
    'PROP_UNKNOWN',
    'allowInternett',
    { allowInternet: true },
  ],
  ['an unknown amount', { quota: { ...QUOTA, gpus: 1 } }, 'PROP_UNKNOWN', 'quota.gpus', { quota: QUOTA }],
  [
    'neither gate nor bindAtOnce',
    { gate: undefined },
    'PROP_MISSING',
    'gate',
    { gate: undefined, bindAtOnce: true },
  ],
  [
    'bindAtOnce that is false, without a gate',
    { gate: undefined, bindAtOnce: false },
    'PROP_MISSING',
    'gate',
    { bindAtOnce: false },
  ],
  [
    'an image of the gate that is latest',
    { gate: { ...GATE, image: 'kubectl:latest' } },
    'IMAGE_UNPINNED',
    'gate.image',
    { gate: { ...GATE, image: 'kubectl:1' } },
  ],
  [
    'a gate beside the sandboxes',
    { gate: { ...GATE, namespace: 'boxes' } },
    'PROP_INVALID',
    'gate.namespace',
    { gate: GATE },
  ],
  ['an invalid sandbox', { sandbox: {} }, 'PROP_INVALID', 'sandbox', { sandbox: sandboxWith() }],
  ['a word for yes', { allowInternet: 'yes' }, 'PROP_INVALID', 'allowInternet', { allowInternet: true }],
];

test('what all refusals differ from is accepted', () => expect(() => grant({})).not.toThrow());

describe.each(REFUSALS)('%s', (_, wrong, code, prop, right) => {
  test('is refused, and its twin is accepted', () => {
    expect(() => grant(wrong)).toThrow(
      expect.objectContaining({ code, where: `boxes/rbac ${prop}`, remedy: expect.stringMatching(/[.?]$/) }),
    );
    expect(() => grant(right)).not.toThrow();
  });
});

/** What is decided only at installation is checked then, and the message names the value. */
const INSTALLED: readonly [string, object, JsonObject, string, JsonObject][] = [
  [
    'the namespace default',
    { sandbox: sandboxWith({ namespace: values.namespace }) },
    { namespace: 'default' },
    'NAME_INVALID at boxes/rbac sandbox.namespace',
    { namespace: 'default-boxes' },
  ],
  [
    'more CPU than the limit',
    { sandbox: sandboxWith({ cpu: values.cpu }) },
    { cpu: '3' },
    'QUANTITY_INVALID at boxes/rbac sandbox.cpu',
    { cpu: '2' },
  ],
  [
    'a gate beside the sandboxes',
    { sandbox: sandboxWith({ namespace: values.namespace }), gate: { ...GATE, namespace: values.ops } },
    { namespace: 'ops' },
    'PROP_INVALID at boxes/rbac gate.namespace',
    { namespace: 'boxes' },
  ],
];

test.each(INSTALLED)('%s is refused when the chart is installed', (_, changes, wrong, message, right) => {
  expect(() => grant(changes, wrong)).toThrow(message);
  expect(() => grant(changes, right)).not.toThrow();
});

describe('SandboxTemplate', () => {
  const install = (props: Partial<Record<keyof SandboxTemplateProps<never, never>, unknown>>) => {
    const chart = new HelmChart(Testing.app(), 'boxes', { description: 'Boxes', values });
    return new SandboxTemplate(chart, 'template', { sandbox: sandboxWith(), ...props } as never);
  };

  test('its ConfigMap holds the JSON, and says its hash, which the policy asks every Job for', () => {
    const template = install({});
    const [{ metadata, data }] = Testing.synth(Chart.of(template)) as [
      { metadata: { annotations: object }; data: Record<string, string> },
    ];
    const [json = ''] = Object.values(data);
    const hash = createHash('sha256').update(json).digest('hex');
    expect(Object.values(metadata.annotations)).toEqual([hash]);
  });

  test.each([
    ['an invalid sandbox', { sandbox: {} }, 'PROP_INVALID', 'sandbox', {}],
    ['an invalid name', { name: 'A B' }, 'NAME_INVALID', 'name', { name: 'a-b' }],
    ['an unknown prop', { nam: 'a' } as object, 'PROP_UNKNOWN', 'nam', { name: 'a' }],
  ])('%s is refused, and its twin is accepted', (_, wrong, code, prop, right) => {
    expect(() => install(wrong)).toThrow(expect.objectContaining({ code, where: `boxes/template ${prop}` }));
    expect(() => install(right)).not.toThrow();
  });
});
