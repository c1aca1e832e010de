import { BUSYBOX_IMAGE } from '../../cluster';
import { PATIENT_PROBE } from '../support/patient-probe';

// The parts of an installation: each as it is meant, with what a row gives beside it.

export type Json = { readonly [key: string]: unknown };

const SERVES = 'mkdir -p /tmp/www && echo ok > /tmp/www/ready && exec httpd -f -p 8080 -h /tmp/www';
export const SAYS_NO = `mkdir -p /tmp/www/cgi-bin && printf '#!/bin/sh\nprintf "Status: 503 no\\r\\n\\r\\n"\n' > /tmp/www/cgi-bin/ready
chmod +x /tmp/www/cgi-bin/ready && exec httpd -f -p 8080 -h /tmp/www`;
const labels = { app: 'web' };

/** A program that answers /ready, and says no to any other path. */
export function container(more: Json = {}): Json {
  return {
    name: 'app',
    image: BUSYBOX_IMAGE,
    imagePullPolicy: 'Never',
    command: ['sh', '-c', SERVES],
    ports: [{ name: 'http', containerPort: 8080 }],
    readinessProbe: { httpGet: { path: '/ready', port: 'http' }, ...PATIENT_PROBE },
    ...more,
  };
}

export function deployment(pod: Json = {}, app: Json = {}, spec: Json = {}): Json {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { terminationGracePeriodSeconds: 1, containers: [container(app)], ...pod },
      },
      ...spec,
    },
  };
}

export function service(more: Json = {}, name = 'web'): Json {
  const spec = { selector: labels, ports: [{ port: 80, targetPort: 'http' }], ...more };
  return { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec };
}

export const object = (apiVersion: string, kind: string, name: string, fields: Json): Json => ({
  apiVersion,
  kind,
  metadata: { name },
  ...fields,
});

export function job(app: Json): Json {
  const template = {
    spec: { restartPolicy: 'Never', containers: [container({ readinessProbe: undefined, ...app })] },
  };
  return object('batch/v1', 'Job', 'migrate', { spec: { backoffLimit: 0, template } });
}

export const policy = (ingress: readonly Json[]): Json =>
  object('networking.k8s.io/v1', 'NetworkPolicy', 'web', {
    spec: { podSelector: { matchLabels: labels }, policyTypes: ['Ingress'], ingress },
  });

const RBAC = 'rbac.authorization.k8s.io/v1';
export const role = object(RBAC, 'Role', 'reads', {
  rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
});
export const account = object('v1', 'ServiceAccount', 'reader', {});
export const binding = (subject = 'reader', named = 'reads'): Json =>
  object(RBAC, 'RoleBinding', 'reads', {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: named },
    subjects: [{ kind: 'ServiceAccount', name: subject }],
  });

export const ingress = (more: Json = {}, to = 'web'): Json =>
  object('networking.k8s.io/v1', 'Ingress', 'web', {
    spec: {
      rules: [
        {
          host: 'shop.example.com',
          http: {
            paths: [
              { path: '/', pathType: 'Prefix', backend: { service: { name: to, port: { number: 80 } } } },
            ],
          },
        },
      ],
      ...more,
    },
  });

export const budget = (minAvailable: number): Json =>
  object('policy/v1', 'PodDisruptionBudget', 'web', {
    spec: { minAvailable, selector: { matchLabels: labels } },
  });

export const autoscaler = (name: string): Json =>
  object('autoscaling/v2', 'HorizontalPodAutoscaler', 'web', {
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      minReplicas: 1,
      maxReplicas: 3,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
        },
      ],
    },
  });

export const claim = (spec: Json): Json =>
  object('v1', 'PersistentVolumeClaim', 'data', {
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
  });
export const withClaim = {
  containers: [container({ volumeMounts: [{ name: 'data', mountPath: '/data' }] })],
  volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
};
export const fromSecret = {
  env: [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'tokens', key: 'token' } } }],
};
