import { labels, metadata } from './parts';

/** Rights, and what a cluster has once. */
export const cluster: readonly object[] = [
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: metadata('system:role'),
    rules: [
      { apiGroups: ['', 'apps'], resources: ['pods', 'pods/log'], resourceNames: ['a'], verbs: ['get'] },
    ],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: metadata('cluster-role'),
    rules: [{ nonResourceURLs: ['/metrics'], verbs: ['get'] }],
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: labels }] },
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: metadata('binding'),
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'role' },
    subjects: [
      { kind: 'ServiceAccount', name: 'account', namespace: 'default' },
      { kind: 'Group', name: 'people', apiGroup: 'rbac.authorization.k8s.io' },
    ],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: metadata('cluster-binding'),
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'role' },
    subjects: [{ kind: 'ServiceAccount', name: 'account', namespace: 'default' }],
  },
  {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: metadata('priority'),
    value: 1000,
    globalDefault: false,
    preemptionPolicy: 'Never',
    description: 'Text',
  },
  {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: metadata('storage'),
    provisioner: 'csi.example.com',
    parameters: { type: 'ssd' },
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'WaitForFirstConsumer',
    allowVolumeExpansion: true,
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: metadata('admission'),
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: {
        matchPolicy: 'Equivalent',
        resourceRules: [
          {
            apiGroups: ['batch'],
            apiVersions: ['v1'],
            operations: ['CREATE', 'UPDATE'],
            resources: ['jobs'],
            scope: 'Namespaced',
          },
        ],
      },
      matchConditions: [{ name: 'a', expression: 'true' }],
      variables: [{ name: 'job', expression: 'object' }],
      validations: [{ expression: 'true', message: 'No.', reason: 'Invalid' }],
    },
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: metadata('admission-binding'),
    spec: {
      policyName: 'admission',
      validationActions: ['Deny'],
      matchResources: { namespaceSelector: { matchLabels: labels } },
    },
  },
];
