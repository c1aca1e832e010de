import { claimSpec, labels, metadata, selector } from './parts';

/** Services, and what pods read, store and may use. */
export const configuration: readonly object[] = [
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata('service'),
    spec: {
      type: 'LoadBalancer',
      selector: labels,
      sessionAffinity: 'ClientIP',
      sessionAffinityConfig: { clientIP: { timeoutSeconds: 100 } },
      externalTrafficPolicy: 'Local',
      internalTrafficPolicy: 'Cluster',
      ipFamilyPolicy: 'SingleStack',
      ipFamilies: ['IPv4'],
      loadBalancerSourceRanges: ['10.0.0.0/8'],
      externalIPs: ['192.0.2.1'],
      publishNotReadyAddresses: true,
      ports: [
        { name: 'http', port: 80, targetPort: 'http', protocol: 'TCP', appProtocol: 'http' },
        { name: 'metrics', port: 9090, targetPort: 9090 },
      ],
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata('node-port'),
    spec: { type: 'NodePort', selector: labels, ports: [{ port: 80, nodePort: 30123 }] },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata('headless'),
    spec: { clusterIP: 'None', selector: labels, ports: [{ port: 80 }] },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata('external'),
    spec: { type: 'ExternalName', externalName: 'db.example.com' },
  },
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: metadata('config-map'),
    data: { 'app.conf': 'a=1\n', mode: 'x' },
    binaryData: { logo: 'aGVsbG8=' },
    immutable: true,
  },
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: metadata('secret'),
    type: 'Opaque',
    data: { password: 'aGVsbG8=' },
    stringData: { 'tls.crt': 'text' },
    immutable: false,
  },
  {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: metadata('account'),
    automountServiceAccountToken: false,
    imagePullSecrets: [{ name: 'pull' }],
  },
  {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: metadata('claim'),
    spec: { ...claimSpec, selector },
  },
  {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: metadata('volume'),
    spec: {
      capacity: { storage: '10Gi' },
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Retain',
      storageClassName: 'fast',
      hostPath: { path: '/data' },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values: ['a'] }] }],
        },
      },
    },
  },
  { apiVersion: 'v1', kind: 'Namespace', metadata: metadata('namespace') },
  {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: metadata('quota'),
    spec: {
      hard: { pods: '10', 'requests.cpu': '2', 'limits.memory': '4Gi', 'count/jobs.batch': '5' },
      scopes: ['NotTerminating'],
    },
  },
  {
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: metadata('limits'),
    spec: {
      limits: [
        {
          type: 'Container',
          max: { cpu: '2' },
          min: { cpu: '1m' },
          default: { cpu: '1' },
          defaultRequest: { cpu: '100m' },
          maxLimitRequestRatio: { cpu: '100' },
        },
      ],
    },
  },
];
