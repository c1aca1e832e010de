import type { FindingCode } from '../../verify';
import {
  account,
  autoscaler,
  binding,
  budget,
  claim,
  container,
  deployment,
  fromSecret,
  ingress,
  type Json,
  job,
  object,
  policy,
  role,
  SAYS_NO,
  service,
  withClaim,
} from './parts';

/** One way in which an installation is broken, and the cause that has to be found. */
export interface Way {
  readonly name: string;
  /** What is meant. */
  readonly meant: readonly Json[];
  /** What is in the cluster instead. @default what is meant */
  readonly applied?: readonly Json[];
  /** The cause, and how the place begins at which it is. */
  readonly cause: readonly [code: FindingCode, where: string];
  /** What the way, the finding and its remedy have to say. */
  readonly says?: RegExp;
  readonly labels?: Readonly<Record<string, string>>;
}

/** All that is meant is there and well: nothing may be found. */
export const HEALTHY: readonly Json[] = [
  deployment({}, fromSecret),
  object('v1', 'Secret', 'tokens', { stringData: { token: 'x' } }),
  service(),
  policy([{ from: [{ podSelector: {} }], ports: [{ port: 8080 }] }]),
  account,
  role,
  binding(),
  ingress(),
];

/** Without what a node needs: the way goes to the namespace of a test, which the webhook of one of them is about. */
export const WAYS: readonly Way[] = [
  {
    name: 'an image that the node does not have',
    meant: [deployment({}, { image: 'localhost/nothing:1' })],
    cause: ['IMAGE_PULL', 'Pod/web'],
    says: /localhost\/nothing:1/,
  },
  {
    name: 'the name of an image that is none',
    meant: [deployment({}, { image: 'UPPER CASE' })],
    cause: ['IMAGE_PULL', 'Pod/web'],
    says: /Correct the name of the image/,
  },
  {
    name: 'an image that cannot be fetched, and no Secret to fetch it with',
    meant: [
      deployment(
        { imagePullSecrets: [{ name: 'registry' }] },
        { image: '127.0.0.1:1/app:1', imagePullPolicy: 'Always' },
      ),
    ],
    cause: ['PULL_SECRET_MISSING', 'Pod/web'],
    says: /no Secret registry/,
  },
  {
    name: 'a probe that asks for another path',
    meant: [
      deployment({}, { readinessProbe: { httpGet: { path: '/wrong', port: 'http' }, periodSeconds: 1 } }),
    ],
    cause: ['PROBE_FAILED', 'Pod/web'],
    says: /path of readinessProbe/,
  },
  {
    name: 'a probe on a port where nobody listens',
    meant: [
      deployment({}, { readinessProbe: { httpGet: { path: '/ready', port: 8081 }, periodSeconds: 1 } }),
    ],
    cause: ['PROBE_FAILED', 'Pod/web'],
    says: /port of readinessProbe/,
  },
  {
    name: 'a program that says that it is not ready',
    meant: [
      deployment(
        {},
        {
          command: ['sh', '-c', SAYS_NO],
          readinessProbe: { httpGet: { path: '/cgi-bin/ready', port: 'http' }, periodSeconds: 1 },
        },
      ),
    ],
    cause: ['NOT_READY', 'Pod/web'],
    says: /It says no itself/,
  },
  {
    name: 'a liveness probe that kills a healthy program',
    meant: [
      deployment(
        {},
        {
          livenessProbe: { httpGet: { path: '/alive', port: 'http' }, periodSeconds: 1, failureThreshold: 1 },
          readinessProbe: undefined,
        },
      ),
    ],
    cause: ['PROBE_FAILED', 'Pod/web'],
    says: /livenessProbe/,
  },
  {
    name: 'a Service whose port no container has',
    meant: [deployment(), service({ ports: [{ port: 80, targetPort: 9999 }] })],
    cause: ['WRONG_PORT', 'Service/web'],
    says: /http \(8080\)/,
  },
  {
    name: 'a Service that selects nothing',
    meant: [deployment(), service({ selector: { app: 'wep' } })],
    cause: ['NO_ENDPOINTS', 'Service/web'],
    says: /app=wep/,
  },
  {
    name: 'a quota of no pod',
    meant: [deployment()],
    applied: [object('v1', 'ResourceQuota', 'none', { spec: { hard: { pods: '0' } } }), deployment()],
    cause: ['QUOTA_EXCEEDED', 'ReplicaSet/web'],
    says: /ResourceQuota none/,
  },
  {
    name: 'a pod that Pod Security refuses',
    meant: [deployment()],
    labels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
    cause: ['POD_REFUSED', 'ReplicaSet/web'],
    says: /PodSecurity/,
  },
  {
    name: 'a webhook that does not answer',
    meant: [deployment()],
    labels: { 'drydock.dev/refused-by': 'webhook' },
    cause: ['WEBHOOK_FAILED', 'ReplicaSet/web'],
    says: /gone\.example\.com/,
  },
  {
    name: 'an account that is not there',
    meant: [deployment({ serviceAccountName: 'nobody' })],
    cause: ['ACCOUNT_MISSING', 'ReplicaSet/web'],
  },
  {
    name: 'a Secret that is not there',
    meant: [deployment({}, fromSecret)],
    cause: ['SECRET_MISSING', 'Pod/web'],
    says: /tokens/,
  },
  {
    name: 'a Secret without the key',
    meant: [deployment({}, fromSecret)],
    applied: [object('v1', 'Secret', 'tokens', { stringData: { tocken: 'x' } }), deployment({}, fromSecret)],
    cause: ['KEY_MISSING', 'Pod/web'],
    says: /the keys tocken/,
  },
  {
    name: 'a ConfigMap of a volume that is not there',
    meant: [deployment({ volumes: [{ name: 'config', configMap: { name: 'settings' } }] })],
    cause: ['CONFIG_MISSING', 'Pod/web'],
    says: /settings/,
  },
  {
    name: 'a program that ends because of its configuration',
    meant: [deployment({}, { command: ['sh', '-c', 'echo LEVEL is not one of info, debug >&2; exit 78'] })],
    cause: ['CRASHED', 'Pod/web'],
    says: /LEVEL is not one of info, debug/,
  },
  {
    name: 'a command that the image does not have',
    meant: [deployment({}, { command: ['/usr/bin/serve'] })],
    cause: ['START_FAILED', 'Pod/web'],
    says: /a command that the image has/,
  },
  {
    name: 'an init container that fails',
    meant: [
      deployment({
        initContainers: [
          container({ name: 'first', command: ['sh', '-c', 'exit 3'], ports: [], readinessProbe: undefined }),
        ],
      }),
    ],
    cause: ['CRASHED', 'Pod/web'],
    says: /container first ended with 3/,
  },
  {
    name: 'a program that takes more memory than it may',
    meant: [
      deployment(
        {},
        {
          command: ['sh', '-c', 'x=a; while :; do x=$x$x; done'],
          resources: { limits: { memory: '16Mi' } },
          readinessProbe: undefined,
        },
      ),
    ],
    cause: ['OUT_OF_MEMORY', 'Pod/web'],
    says: /16Mi/,
  },
  {
    name: 'root where it may not be',
    meant: [deployment({ securityContext: { runAsNonRoot: true, runAsUser: 0 } })],
    cause: ['START_FAILED', 'Pod/web'],
    says: /runAsUser/,
  },
  {
    name: 'more CPU than any node has',
    meant: [deployment({}, { resources: { requests: { cpu: '900' } } })],
    cause: ['UNSCHEDULABLE', 'Pod/web'],
    says: /Ask for less/,
  },
  {
    name: 'a label that no node has',
    meant: [deployment({ nodeSelector: { disk: 'golden' } })],
    cause: ['UNSCHEDULABLE', 'Pod/web'],
    says: /nodeSelector/,
  },
  {
    name: 'a claim of a storage class that is not there',
    meant: [claim({ storageClassName: 'fast' }), deployment(withClaim)],
    cause: ['VOLUME_PENDING', 'PersistentVolumeClaim/data'],
    says: /the class fast/,
  },
  {
    name: 'a claim that no volume fits',
    meant: [claim({ resources: { requests: { storage: '900Ti' } } }), deployment(withClaim)],
    cause: ['VOLUME_PENDING', 'PersistentVolumeClaim/data'],
    says: /900Ti/,
  },
  {
    name: 'a volume whose claim nobody made',
    meant: [deployment(withClaim)],
    cause: ['VOLUME_PENDING', 'Pod/web'],
    says: /no PersistentVolumeClaim data/,
  },
  {
    name: 'a budget that lets no pod go',
    meant: [deployment(), budget(1)],
    cause: ['DRAIN_BLOCKED', 'PodDisruptionBudget/web'],
  },
  {
    name: 'an autoscaler without metrics',
    meant: [deployment({}, { resources: { requests: { cpu: '10m' } } }), autoscaler('web')],
    cause: ['NOT_SCALING', 'HorizontalPodAutoscaler/web'],
    says: /metrics/,
  },
  {
    name: 'an autoscaler of nothing',
    meant: [deployment(), autoscaler('wep')],
    cause: ['NOT_SCALING', 'HorizontalPodAutoscaler/web'],
    says: /no Deployment wep/,
  },
  {
    name: 'a role that is not there',
    meant: [account, binding()],
    cause: ['ROLE_MISSING', 'RoleBinding/reads'],
  },
  {
    name: 'a binding to an account that is not there',
    meant: [role, binding('raeder')],
    cause: ['ACCOUNT_MISSING', 'RoleBinding/reads'],
    says: /raeder/,
  },
  {
    name: 'a role with fewer rights than were meant',
    meant: [account, role, binding()],
    applied: [account, { ...role, rules: [] }, binding()],
    cause: ['OBJECT_CHANGED', 'Role/reads'],
  },
  {
    name: 'a network policy that somebody deleted',
    meant: [deployment(), policy([])],
    applied: [deployment()],
    cause: ['OBJECT_MISSING', 'NetworkPolicy/web'],
  },
  {
    name: 'a network policy that somebody made tighter',
    meant: [deployment(), policy([{ from: [{ podSelector: {} }] }])],
    applied: [deployment(), policy([{ from: [{ podSelector: { matchLabels: { app: 'other' } } }] }])],
    cause: ['OBJECT_CHANGED', 'NetworkPolicy/web'],
  },
  {
    name: 'pods that somebody scaled away',
    meant: [deployment({}, {}, { replicas: 2 })],
    applied: [deployment({}, {}, { replicas: 0 })],
    cause: ['OBJECT_CHANGED', 'Deployment/web'],
    says: /spec\.replicas/,
  },
  {
    name: 'an Ingress of a class that nobody serves',
    meant: [deployment(), service(), ingress({ ingressClassName: 'ngnix' })],
    cause: ['NOT_REACHED', 'Ingress/web'],
    says: /ngnix/,
  },
  {
    name: 'an Ingress to a Service that is not there',
    meant: [ingress({}, 'shop')],
    cause: ['NOT_REACHED', 'Ingress/web'],
    says: /no Service shop/,
  },
  {
    name: 'an Ingress without its certificate',
    meant: [
      deployment(),
      service(),
      ingress({ tls: [{ hosts: ['shop.example.com'], secretName: 'shop-tls' }] }),
    ],
    cause: ['SECRET_MISSING', 'Ingress/web'],
    says: /shop-tls/,
  },
  {
    name: 'a Job that failed',
    meant: [job({ command: ['sh', '-c', 'echo no such table >&2; exit 1'] })],
    cause: ['CRASHED', 'Pod/migrate'],
    says: /no such table/,
  },
  {
    name: 'a load balancer that nobody gives an address',
    meant: [deployment(), service({ type: 'LoadBalancer' })],
    cause: ['NO_ADDRESS', 'Service/web'],
  },
  {
    name: 'a kind that the server does not know',
    meant: [object('example.com/v1', 'Widget', 'one', { spec: {} })],
    applied: [],
    cause: ['OBJECT_MISSING', 'Widget/one'],
    says: /CustomResourceDefinition/,
  },
];
