import type { KubeObjectJson } from '../../check';
import { backend as backendWithPlus } from './backend/cdk8s-plus';
import { backend } from './backend/drydock';
import type { Subject } from './contenders';
import { podinfo as podinfoWithPlus } from './podinfo/cdk8s-plus';
import { podinfo } from './podinfo/drydock';
import { shop as shopWithPlus } from './shop/cdk8s-plus';
import { shop } from './shop/drydock';
import { webhook as webhookWithPlus } from './webhook/cdk8s-plus';
import { webhook } from './webhook/drydock';

type Objects = readonly KubeObjectJson[];

/** Whether an object of the kind says all of these texts, as JSON. */
const says =
  (kind: string, ...texts: readonly (string | RegExp)[]) =>
  (objects: Objects): boolean =>
    objects
      .filter((one) => one.kind === kind)
      .map((one) => JSON.stringify(one))
      .some((json) =>
        texts.every((text) => (typeof text === 'string' ? json.includes(text) : text.test(json))),
      );

const SECRET: KubeObjectJson = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'shop-database' },
  data: { password: 'eA==' },
};

/** The programs that are written three times. */
export const SUBJECTS: readonly Subject[] = [
  {
    folder: 'backend',
    title: 'A web server',
    about: 'Two replicas, probes, a writable /tmp and a host name, as its author would write it.',
    plus: backendWithPlus,
    drydock: backend,
    features: [
      [
        'probes of start, life and readiness',
        says('Deployment', 'startupProbe', 'livenessProbe', 'readinessProbe'),
      ],
      ['a writable folder of limited size', says('Deployment', 'sizeLimit')],
      ['a host name', says('Ingress', 'api.example.com')],
    ],
  },
  {
    folder: 'podinfo',
    title: 'Podinfo',
    about:
      'What its own chart is used for: three ports, probes by a command, scaling on CPU and memory, several hosts with TLS, metrics for Prometheus, arguments and variables that are there only where they are set, faults to be switched on, a test. It is installed with `autoscaling.enabled`, and once more with a backend.',
    plus: podinfoWithPlus,
    drydock: podinfo,
    given: { autoscaling: { enabled: true }, backend: 'http://other:9898', className: 'nginx' },
    features: [
      ['three named ports', says('Deployment', '9898', '"name":"http-metrics"', '"name":"grpc"')],
      ['probes by a command', says('Deployment', /"livenessProbe":\{[^}]*"exec"/)],
      ['scaling on CPU and memory', says('HorizontalPodAutoscaler', '"cpu"', '"memory"')],
      [
        'two hosts behind one certificate',
        says('Ingress', 'podinfo.example.com', 'www.example.com', 'podinfo-tls'),
      ],
      [
        'the class of the Ingress, where the installer names one',
        says('Ingress', '"ingressClassName":"nginx"'),
      ],
      [
        'an argument that is there where the installer sets it',
        says('Deployment', '--backend-url=http://other:9898'),
      ],
      ['metrics for Prometheus', says('ServiceMonitor', 'http-metrics', '15s')],
      ['a test that `helm test` runs', says('Pod', '"helm.sh/hook":"test"')],
    ],
  },
  {
    folder: 'shop',
    title: 'A stateful application with a worker and a nightly job',
    about:
      'A database with storage, a worker without a port that scales with its queue, a copy of the data at night; a configuration file, and a password in a Secret that is there already.',
    plus: shopWithPlus,
    drydock: shop,
    given: { database: { existingSecret: 'shop-database' }, storageClass: 'fast' },
    givenByHand: { storageClass: 'fast' },
    provided: [SECRET],
    features: [
      ['a volume for each pod of the database', says('StatefulSet', 'volumeClaimTemplates', '20Gi')],
      ['of the class that the installer names', says('StatefulSet', '"storageClassName":"fast"')],
      ['a worker without a port, watched by a command', says('Deployment', /"livenessProbe":\{[^}]*"exec"/)],
      ['it scales with the length of the queue', says('HorizontalPodAutoscaler', 'External', 'jobs')],
      [
        'the nightly job in a time zone, never two at once',
        says('CronJob', '30 3 * * *', 'timeZone', 'Forbid'),
      ],
      ['a file of configuration in the worker', says('Deployment', '/etc/shop')],
      ['and in the nightly job', says('CronJob', '/etc/shop')],
      ['a changed file replaces the pods', says('Deployment', /checksum/)],
      ['the worker waits for the database', says('Deployment', 'initContainers')],
      ['the password comes from the Secret', says('StatefulSet', 'secretKeyRef', 'shop-database')],
    ],
  },
  {
    folder: 'webhook',
    title: "cert-manager's webhook",
    about:
      'A server that the API server asks before it stores an object: TLS on a port of its own, health on another, a certificate that it makes itself, rights on one Secret, and two webhook configurations.',
    plus: webhookWithPlus,
    drydock: webhook,
    given: { priorityClass: 'system-cluster-critical' },
    features: [
      ['443 of the Service to 10250 of the pod', says('Service', '443')],
      ['health on a port of its own', says('Deployment', '6080', '/livez', '/healthz')],
      [
        'names for its certificate, with its namespace',
        says('Deployment', '$(POD_NAMESPACE).svc', 'fieldRef'),
      ],
      ['the priority that the installer names', says('Deployment', 'system-cluster-critical')],
      ['rights on one Secret and no other', says('Role', 'resourceNames', '-ca"')],
      ['it may ask who may do what', says('ClusterRole', 'subjectaccessreviews')],
      ['validation', says('ValidatingWebhookConfiguration', '/validate', 'inject-ca-from-secret')],
      ['mutation', says('MutatingWebhookConfiguration', '/mutate', 'inject-ca-from-secret')],
    ],
  },
];
