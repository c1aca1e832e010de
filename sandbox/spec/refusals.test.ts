import { defineValues, value } from '../../core/values';
import { LIMITS as ANY_LIMITS, SANDBOX } from '../../test/support/valid-sandbox';
import { sandboxRun } from './run-values';
import { defineSandbox, type SandboxProps } from './sandbox-spec';

const install = defineValues({
  images: value.list(value.allowedImage({ doc: 'Image' }), { default: ['busybox:1'], doc: 'Images' }),
  texts: value.list(value.string({ doc: 'Any text' }), { default: ['a,b'], doc: 'Any texts' }),
  cpu: value.cpu({ default: '1', doc: 'CPU' }),
  runtimeClass: value.dnsName({ optional: true, doc: 'Runtime class' }),
});

const LIMITS = { ...ANY_LIMITS, images: ['registry.example.com/ci/*', 'busybox:1'], labels: ['build'] };
const RIGHT = { install, ...SANDBOX, env: sandboxRun.env, labels: sandboxRun.labels, limits: LIMITS };

type Changes = Partial<Record<keyof SandboxProps<never, never>, unknown>>;
const define = (changes: object) => defineSandbox({ ...RIGHT, ...changes } as never);
const limits = (changes: Partial<Record<keyof typeof LIMITS, unknown>>): Changes => ({
  limits: { ...LIMITS, ...changes },
});

/** Each with its twin that differs in the wrong place only. */
const REFUSALS: readonly [string, Changes & object, string, string, Changes & object][] = [
  ['no CPU', { cpu: '0' }, 'QUANTITY_INVALID', 'cpu', { cpu: '1m' }],
  ['CPU below zero', { cpu: '-1' }, 'QUANTITY_INVALID', 'cpu', { cpu: '1' }],
  ['an invalid amount of CPU', { cpu: 'x' }, 'QUANTITY_INVALID', 'cpu', { cpu: '1.5' }],
  ['CPU above its limit', { cpu: '2001m' }, 'QUANTITY_INVALID', 'cpu', { cpu: '2000m' }],
  ['no command', { command: [] }, 'PROP_INVALID', 'command', { command: ['true'] }],
  ['no memory', { memory: '0' }, 'QUANTITY_INVALID', 'memory', { memory: '1Mi' }],
  ['memory above its limit', { memory: '5Gi' }, 'QUANTITY_INVALID', 'memory', { memory: '4096Mi' }],
  [
    'disk above its limit',
    { ephemeralStorage: '9Gi' },
    'QUANTITY_INVALID',
    'ephemeralStorage',
    { ephemeralStorage: '8Gi' },
  ],
  [
    'no disk',
    { ephemeralStorage: '0Gi' },
    'QUANTITY_INVALID',
    'ephemeralStorage',
    { ephemeralStorage: '1Gi' },
  ],
  [
    'a folder of 10 GB',
    { workspaceSize: '10 GB' },
    'QUANTITY_INVALID',
    'workspaceSize',
    { workspaceSize: '1G' },
  ],
  [
    'a folder of nothing',
    { workspaceSize: '0' },
    'QUANTITY_INVALID',
    'workspaceSize',
    { workspaceSize: '1Mi' },
  ],
  [
    'a folder above the disk',
    { workspaceSize: '2Gi' },
    'QUANTITY_INVALID',
    'workspaceSize',
    { workspaceSize: '1Gi' },
  ],
  ['no time', { deadlineSeconds: 0 }, 'PROP_INVALID', 'deadlineSeconds', { deadlineSeconds: 1 }],
  ['time below zero', { deadlineSeconds: -1 }, 'PROP_INVALID', 'deadlineSeconds', { deadlineSeconds: 60 }],
  ['half a second', { deadlineSeconds: 1.5 }, 'PROP_INVALID', 'deadlineSeconds', { deadlineSeconds: 2 }],
  ['time as text', { deadlineSeconds: '60' }, 'PROP_INVALID', 'deadlineSeconds', { deadlineSeconds: 60 }],
  [
    'time above its limit',
    { deadlineSeconds: 3601 },
    'PROP_INVALID',
    'deadlineSeconds',
    { deadlineSeconds: 3600 },
  ],
  ['an invalid namespace', { namespace: 'Bad_NS' }, 'NAME_INVALID', 'namespace', { namespace: 'good-ns' }],
  [
    'the namespace default',
    { namespace: 'default' },
    'NAME_INVALID',
    'namespace',
    { namespace: 'default-boxes' },
  ],
  [
    "the cluster's own namespace",
    { namespace: 'kube-system' },
    'NAME_INVALID',
    'namespace',
    { namespace: 'kube' },
  ],
  [
    'no account',
    { serviceAccountName: '' },
    'NAME_INVALID',
    'serviceAccountName',
    { serviceAccountName: 'a' },
  ],
  [
    'the account default',
    { serviceAccountName: 'default' },
    'NAME_INVALID',
    'serviceAccountName',
    { serviceAccountName: 'defaults' },
  ],
  [
    'a fixed image that is latest',
    { image: 'busybox:latest' },
    'IMAGE_UNPINNED',
    'image',
    { image: 'busybox:1' },
  ],
  [
    'a fixed image that is not in the list',
    { image: 'registry.example.com/cigar/x:1' },
    'PROP_INVALID',
    'image',
    { image: 'registry.example.com/ci/x:1' },
  ],
  [
    'a toleration of every taint',
    { tolerations: [{ operator: 'Exists' }] },
    'PROP_MISSING',
    'tolerations[0].key',
    { tolerations: [{ operator: 'Exists', key: 'sandbox' }] },
  ],
  [
    'an empty RuntimeClass',
    { runtimeClassName: '' },
    'NAME_INVALID',
    'runtimeClassName',
    { runtimeClassName: 'gvisor' },
  ],
  [
    'an empty PriorityClass',
    { priorityClassName: '' },
    'NAME_INVALID',
    'priorityClassName',
    { priorityClassName: 'low' },
  ],
  ['no command', { command: [] }, 'PROP_INVALID', 'command', { command: ['true'] }],
  ['an empty queue', { queueName: '' }, 'NAME_INVALID', 'queueName', { queueName: 'batch' }],
  ['a queue with a dot', { queueName: 'a.b' }, 'NAME_INVALID', 'queueName', { queueName: 'a-b' }],
  [
    'an unknown prop',
    { runtimeClasName: 'gvisor' } as Changes,
    'PROP_UNKNOWN',
    'runtimeClasName',
    { runtimeClassName: 'gvisor' },
  ],
  ['invalid values', { install: {} }, 'PROP_INVALID', 'install', { install }],
  ['no limits', { limits: undefined }, 'PROP_MISSING', 'limits', { limits: LIMITS }],
  ['an unknown limit', limits({ gpus: 1 } as never), 'PROP_UNKNOWN', 'limits.gpus', limits({})],
  ['a limit of zero', limits({ cpu: '0' }), 'QUANTITY_INVALID', 'limits.cpu', limits({ cpu: '500m' })],
  [
    'an invalid limit of memory',
    limits({ memory: '4 Gi' }),
    'QUANTITY_INVALID',
    'limits.memory',
    limits({ memory: '512Mi' }),
  ],
  [
    'a longest time of zero',
    limits({ deadlineSeconds: 0 }),
    'PROP_INVALID',
    'limits.deadlineSeconds',
    limits({ deadlineSeconds: 1 }),
  ],
  ['no images', limits({ images: [] }), 'IMAGE_UNPINNED', 'limits.images', limits({ images: ['a:1'] })],
  [
    'an empty image',
    limits({ images: [''] }),
    'IMAGE_UNPINNED',
    'limits.images',
    limits({ images: ['a:1'] }),
  ],
  [
    'two images in one',
    limits({ images: ['a:1,b:1'] }),
    'IMAGE_UNPINNED',
    'limits.images',
    limits({ images: ['a:1', 'b:1'] }),
  ],
  [
    'a prefix that ends in the middle of a name',
    limits({ images: ['reg.example.com*'] }),
    'IMAGE_UNPINNED',
    'limits.images',
    limits({ images: ['reg.example.com/*'] }),
  ],
  ['every image', limits({ images: ['*'] }), 'IMAGE_UNPINNED', 'limits.images', limits({ images: ['ci/*'] })],
  [
    'an allowed image that is latest',
    limits({ images: ['a:latest'] }),
    'IMAGE_UNPINNED',
    'limits.images',
    limits({ images: ['a:1'] }),
  ],
  [
    'images as a list of any texts',
    limits({ images: install.texts }),
    'IMAGE_UNPINNED',
    'limits.images',
    limits({ images: install.images }),
  ],
  [
    'an invalid label',
    limits({ labels: ['a b'] }),
    'LABEL_INVALID',
    'limits.labels[0]',
    limits({ labels: ['a'] }),
  ],
];

test('what all refusals differ from is accepted', () => expect(() => define({})).not.toThrow());

describe.each(REFUSALS)('%s', (_, wrong, code, prop, right) => {
  test('is refused, and its twin is accepted', () => {
    expect(() => define(wrong)).toThrow(
      expect.objectContaining({
        code,
        where: `defineSandbox ${prop}`,
        expected: expect.stringMatching(/[a-z]/),
        remedy: expect.stringMatching(/[.?]$/),
      }),
    );
    expect(() => define(right)).not.toThrow();
  });
});

test('an image that is none of those that may run is told which may', () => {
  const images = ['registry.example.com/a:1', 'registry.example.com/b/*'];
  const wrong = { image: 'registry.example.com/c:1', ...limits({ images }) };
  expect(() => define(wrong)).toThrow(
    expect.objectContaining({
      expected: 'one of limits.images: registry.example.com/a:1, registry.example.com/b/*',
    }),
  );
  expect(() => define({ ...wrong, image: 'registry.example.com/b/c:1' })).not.toThrow();
});

test.each([undefined, null, 5, 'sandbox', []])('%j are no props', (props) => {
  expect(() => defineSandbox(props as never)).toThrow(
    expect.objectContaining({ where: 'defineSandbox props' }),
  );
});

test('what depends on values of the installation is kept for the charts to ask, and what a run gives is not', () => {
  const ofInstall = define({ cpu: install.cpu, limits: { ...LIMITS, cpu: '2' } });
  expect(ofInstall.requirements).toMatchObject([{ prop: 'cpu', code: 'QUANTITY_INVALID' }]);
  expect(define({ cpu: sandboxRun.cpu.orElse('1') }).requirements).toEqual([]);
});
