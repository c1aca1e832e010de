import { deployment, expectRefusal, type Part, type Refusal } from '../testing-only/objects';

// What is asked of the fields of a pod beside each other: each rule with an object that it refuses and what is said of it,
// and the nearest one that it takes. That the API server refuses and takes the same is asked in test/schema.

const POD = 'spec.template.spec';
const APP = `${POD}.containers[0]`;
const http = { httpGet: { path: '/', port: 80 } };
const volumes = [{ name: 'tmp', emptyDir: {} }];
const mount = { name: 'tmp', mountPath: '/tmp' };
const env = (one: Part) => deployment({ env: [{ name: 'A', ...one }] });
const field = { fieldRef: { fieldPath: 'metadata.name' } };
const key = { secretKeyRef: { name: 'a', key: 'b' } };

test.each<Refusal>([
  [
    'two containers of one name',
    deployment({}, { containers: [1, 2].map(() => ({ name: 'a', image: 'x:1' })) }),
    deployment({}, { containers: ['a', 'b'].map((name) => ({ name, image: 'x:1' })) }),
    { field: `${POD}.containers[1].name`, found: '"a" a second time', expected: 'each once' },
  ],
  [
    'two volumes of one name',
    deployment({}, { volumes: [...volumes, ...volumes] }),
    deployment({}, { volumes: [...volumes, { name: 'data', emptyDir: {} }] }),
    { field: `${POD}.volumes[1].name`, found: '"tmp" a second time' },
  ],
  [
    'a mount, where there are other volumes',
    deployment({ volumeMounts: [{ ...mount, name: 'temp' }] }, { volumes }),
    deployment({ volumeMounts: [mount] }, { volumes }),
    {
      field: `${APP}.volumeMounts[0].name`,
      found: '"temp", which is no volume of the pod',
      expected: 'one of tmp',
    },
  ],
  [
    'a mount, where there is no volume',
    deployment({ volumeMounts: [mount] }),
    deployment({ volumeMounts: [] }),
    { field: `${APP}.volumeMounts[0].name`, expected: 'a volume of the pod' },
  ],
  [
    'a device of no volume',
    deployment({ volumeDevices: [{ name: 'disk', devicePath: '/dev/x' }] }, { volumes }),
    deployment({ volumeDevices: [{ name: 'tmp', devicePath: '/dev/x' }] }, { volumes }),
    { field: `${APP}.volumeDevices[0].name` },
  ],
  [
    'a mount of a container that runs first',
    deployment({}, { initContainers: [{ name: 'first', image: 'x:1', volumeMounts: [mount] }] }),
    deployment({}, { initContainers: [{ name: 'first', image: 'x:1', volumeMounts: [mount] }], volumes }),
    { field: `${POD}.initContainers[0].volumeMounts[0].name` },
  ],
  [
    'a container without an image',
    deployment({ image: undefined }),
    deployment({ image: 'x:1' }),
    { field: `${APP}.image`, found: 'nothing', expected: 'the name of an image', remedy: 'Set the field.' },
  ],
  [
    'two ports of one name',
    deployment({ ports: [1, 2].map((containerPort) => ({ name: 'a', containerPort })) }),
    deployment({ ports: [1, 2].map((containerPort) => ({ name: '', containerPort })) }),
    { field: `${APP}.ports[1].name`, found: '"a" a second time' },
  ],
  [
    'two mounts at one path',
    deployment({ volumeMounts: [mount, mount] }, { volumes }),
    deployment({ volumeMounts: [mount, { ...mount, mountPath: '/var' }] }, { volumes }),
    { field: `${APP}.volumeMounts[1].mountPath`, found: '"/tmp" a second time' },
  ],
  [
    'more wanted than may be had',
    deployment({
      resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '999m', memory: '1Gi' } },
    }),
    deployment({
      resources: {
        requests: { cpu: '1', memory: '1Gi', 'x.io/y': 9 },
        limits: { cpu: '1000m', memory: '1025Mi' },
      },
    }),
    {
      field: `${APP}.resources.requests.cpu`,
      found: '1, more than the limit of 999m',
      expected: 'the limit at most',
    },
  ],
  [
    'a variable with a text and a source',
    env({ value: 'x', valueFrom: field }),
    env({ value: '', valueFrom: field }),
    { field: `${APP}.env[0].valueFrom`, found: 'value beside it', expected: 'one of them' },
  ],
  [
    'a variable of two sources',
    env({ valueFrom: { ...field, ...key } }),
    env({ valueFrom: { ...key, fieldRef: null } }),
    { field: `${APP}.env[0].valueFrom`, found: 'fieldRef and secretKeyRef' },
  ],
  [
    'a variable of no source',
    env({ valueFrom: {} }),
    env({ value: 'x' }),
    { field: `${APP}.env[0].valueFrom` },
  ],
  [
    'variables of two sources',
    deployment({ envFrom: [{ configMapRef: { name: 'a' }, secretRef: { name: 'a' } }] }),
    deployment({ envFrom: [{ configMapRef: { name: 'a' } }, { secretRef: { name: 'a' } }] }),
    { field: `${APP}.envFrom[0]`, found: 'configMapRef and secretRef' },
  ],
  [
    'a probe that asks twice',
    deployment({ readinessProbe: { ...http, tcpSocket: { port: 80 } } }),
    deployment({ readinessProbe: { tcpSocket: { port: 80 } } }),
    { field: `${APP}.readinessProbe`, found: 'httpGet and tcpSocket' },
  ],
  [
    'a probe that asks nothing',
    deployment({ startupProbe: { periodSeconds: 5 } }),
    deployment({ startupProbe: { exec: { command: ['true'] } } }),
    { field: `${APP}.startupProbe` },
  ],
  [
    'two answers until it lives',
    deployment({ livenessProbe: { ...http, successThreshold: 2 } }),
    deployment({
      livenessProbe: { ...http, successThreshold: 1 },
      readinessProbe: { ...http, successThreshold: 2 },
    }),
    { field: `${APP}.livenessProbe.successThreshold`, found: '2', expected: '1' },
  ],
  [
    'two answers until it has started',
    deployment({ startupProbe: { ...http, successThreshold: 2 } }),
    deployment({ startupProbe: { ...http, successThreshold: 0 } }),
    { field: `${APP}.startupProbe.successThreshold` },
  ],
  [
    'time to end for a pod that is not ready',
    deployment({ readinessProbe: { ...http, terminationGracePeriodSeconds: 9 } }),
    deployment({ livenessProbe: { ...http, terminationGracePeriodSeconds: 9 } }),
    {
      field: `${APP}.readinessProbe.terminationGracePeriodSeconds`,
      found: '9',
      expected: 'nothing, since a pod that is not ready is not ended',
    },
  ],
  [
    'a hook that acts twice',
    deployment({ lifecycle: { preStop: { ...http, exec: { command: ['true'] } } } }),
    deployment({ lifecycle: { preStop: http, postStart: { sleep: { seconds: 1 } } } }),
    { field: `${APP}.lifecycle.preStop`, found: 'exec and httpGet' },
  ],
  [
    'a hook that does nothing',
    deployment({ lifecycle: { postStart: {} } }),
    deployment({ lifecycle: {} }),
    { field: `${APP}.lifecycle.postStart` },
  ],
  [
    'a volume of two kinds',
    deployment({}, { volumes: [{ name: 'a', emptyDir: {}, secret: { secretName: 'a' } }] }),
    deployment({}, { volumes: [{ name: 'a', emptyDir: null, secret: { secretName: 'a' } }, { name: 'b' }] }),
    { field: `${POD}.volumes[0]`, found: 'emptyDir and secret' },
  ],
])('%s is refused, its right form is not', (...refusal) => expectRefusal(refusal));
