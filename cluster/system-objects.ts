import { COREDNS_IMAGE } from './images/own-images';
import { addresses } from './layout';

/** Any object of the API. */
export interface ApiObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [field: string]: unknown;
}

function clusterRole(name: string, rules: readonly object[], subject: object): ApiObject[] {
  return [
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name }, rules },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
      subjects: [subject],
    },
  ];
}

const READ = ['get', 'list', 'watch'];

/** What kube-router may see to enforce policies. */
export function policyObjects(): ApiObject[] {
  return clusterRole(
    'drydock:kube-router',
    [
      { apiGroups: [''], resources: ['namespaces', 'pods', 'services', 'nodes', 'endpoints'], verbs: READ },
      { apiGroups: ['networking.k8s.io'], resources: ['networkpolicies'], verbs: READ },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: READ },
    ],
    { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'drydock:kube-router' },
  );
}

const COREFILE = `.:53 {
  errors
  ready
  kubernetes cluster.local in-addr.arpa ip6.arpa {
    pods insecure
  }
  cache 5
}
`;

/** The readiness and the ports of the one container, apart so that the Deployment stays readable. */
const dnsContainer = {
  name: 'coredns',
  image: COREDNS_IMAGE,
  imagePullPolicy: 'Never',
  args: ['-conf', '/etc/coredns/Corefile'],
  ports: [
    { name: 'dns', containerPort: 53, protocol: 'UDP' },
    { name: 'dns-tcp', containerPort: 53, protocol: 'TCP' },
  ],
  // It is the only one: taken out of its Service because a busy machine answered late, no name would resolve at all.
  readinessProbe: {
    httpGet: { path: '/ready', port: 8181 },
    ...{ periodSeconds: 1, timeoutSeconds: 5, failureThreshold: 60 },
  },
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] },
  },
  volumeMounts: [{ name: 'config', mountPath: '/etc/coredns' }],
};

/**
 * DNS as a real cluster has it: pods labelled `k8s-app: kube-dns` in kube-system behind the Service kube-dns, so
 * that policies which allow name resolution by those labels are tried for real.
 */
export function dnsObjects(): ApiObject[] {
  const namespace = 'kube-system';
  const labels = { 'k8s-app': 'kube-dns' };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'coredns', namespace } },
    ...clusterRole(
      'system:coredns',
      [
        { apiGroups: [''], resources: ['services', 'pods', 'namespaces'], verbs: READ },
        { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: READ },
      ],
      { kind: 'ServiceAccount', name: 'coredns', namespace },
    ),
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'coredns', namespace },
      data: { Corefile: COREFILE },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'kube-dns', namespace },
      spec: {
        clusterIP: addresses.dns,
        selector: labels,
        ports: [
          { name: 'dns', port: 53, protocol: 'UDP' },
          { name: 'dns-tcp', port: 53, protocol: 'TCP' },
        ],
      },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'coredns', namespace },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: 'coredns',
            priorityClassName: 'system-cluster-critical',
            dnsPolicy: 'Default',
            // So that it is placed the moment the node is known, not a round later.
            tolerations: [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists' }],
            containers: [dnsContainer],
            volumes: [{ name: 'config', configMap: { name: 'coredns' } }],
          },
        },
      },
    },
  ];
}
