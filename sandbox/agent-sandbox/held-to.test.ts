import type { Job, Pod } from '../../imports/k8s';
import { refusedAtOnce } from '../testing-only/told-whole';
import { refuseOtherPod } from './held-to';

const annotations = { 'drydock.dev/template': 'abc' };
const container = {
  name: 'sandbox',
  image: 'tools:1',
  command: ['sleep', '9'],
  env: [{ name: 'A', value: 'b' }],
  resources: { limits: { cpu: '1000m', memory: '64Mi' } },
};
const spec = {
  automountServiceAccountToken: false,
  shareProcessNamespace: false,
  hostUsers: false,
  securityContext: { runAsNonRoot: true },
  containers: [container],
  tolerations: [],
  volumes: [{ name: 'tmp', emptyDir: { sizeLimit: '1Gi' } }],
};
const planned = { metadata: { annotations }, spec: { template: { spec } } } as unknown as Job;

/** A pod as the API server has it: defaults beside what the template says. */
const podOf = (change: object = {}, metadata: object = { annotations }): Pod =>
  ({
    metadata,
    spec: { ...spec, schedulerName: 'default-scheduler', tolerations: [{ key: 'x' }], ...change },
  }) as unknown as Pod;

const withContainer = (change: object) => ({ containers: [{ ...container, ...change }] });

test.each<[string, object]>([
  ['as it is', {}],
  ['with an amount in other words', withContainer({ resources: { limits: { cpu: '1', memory: '64Mi' } } })],
  ['with another environment', withContainer({ env: [] })],
  ['with what a server adds', withContainer({ terminationMessagePath: '/dev/termination-log' })],
  ['without a default that is false', { shareProcessNamespace: undefined }],
])('a pod of the template %s is taken', (_, change) => {
  expect(refuseOtherPod(planned, podOf(change), 'one')).toBeUndefined();
});

test.each<[string, object, string]>([
  ['another image', withContainer({ image: 'tools:2' }), 'spec.containers[0].image'],
  ['more memory', withContainer({ resources: { limits: { cpu: '1', memory: '65Mi' } } }), '.memory'],
  ['another command', withContainer({ command: ['sleep', '8'] }), '.command[1]'],
  ['one word more', withContainer({ command: ['sleep', '9', '9'] }), '.command'],
  ['a second container', { containers: [container, container] }, 'spec.containers'],
  ['a token', { automountServiceAccountToken: true }, 'spec.automountServiceAccountToken'],
  [
    'the users of its host',
    { hostUsers: undefined, securityContext: {} },
    'spec.securityContext.runAsNonRoot',
  ],
  ['a volume of the host', { volumes: [{ name: 'tmp', hostPath: {} }] }, 'spec.volumes[0].emptyDir'],
  ['no spec', { containers: undefined }, 'spec.containers'],
])('a pod with %s is refused, with the field', (_, change, field) => {
  const error = refusedAtOnce(() => refuseOtherPod(planned, podOf(change), 'one'));
  expect(error).toMatchObject({ code: 'TemplateMismatch', sandboxId: 'one' });
  expect(error.found).toContain(field);
});

test.each([[{}], [{ annotations: { 'drydock.dev/template': 'def' } }]])(
  'a pod of another template is refused, whatever it says: %p',
  (metadata) => {
    const error = refusedAtOnce(() => refuseOtherPod(planned, podOf({}, metadata), 'one'));
    expect(error).toMatchObject({ code: 'TemplateMismatch', expected: 'hash abc' });
  },
);
