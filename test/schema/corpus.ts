import type { JsonObject } from '../../core/template';

const labels = { app: 'web', 'app.kubernetes.io/name': 'web' };
const selector = {
  matchLabels: { app: 'web' },
  matchExpressions: [
    { key: 'app.kubernetes.io/name', operator: 'In', values: ['web'] },
    { key: 'canary', operator: 'DoesNotExist' },
  ],
};
const metadata = (name: string) => ({
  name,
  labels,
  annotations: { 'example.com/note': 'Any text, even this: {}' },
});

const probe = {
  periodSeconds: 10,
  timeoutSeconds: 2,
  failureThreshold: 3,
  successThreshold: 1,
  initialDelaySeconds: 1,
};

const podSpec = {
  serviceAccountName: 'default',
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  terminationGracePeriodSeconds: 30,
  dnsPolicy: 'ClusterFirst',
  hostname: 'web',
  subdomain: 'web',
  nodeSelector: { 'kubernetes.io/os': 'linux' },
  priorityClassName: 'system-node-critical',
  imagePullSecrets: [{ name: 'pull' }],
  hostAliases: [{ ip: '10.1.2.3', hostnames: ['db.example.com'] }],
  dnsConfig: {
    nameservers: ['10.0.0.10'],
    searches: ['example.com'],
    options: [{ name: 'ndots', value: '2' }],
  },
  securityContext: {
    runAsNonRoot: true,
    runAsUser: 10001,
    runAsGroup: 10001,
    fsGroup: 10001,
    fsGroupChangePolicy: 'OnRootMismatch',
    supplementalGroups: [1, 2],
    seccompProfile: { type: 'RuntimeDefault' },
    sysctls: [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }],
  },
  tolerations: [
    { key: 'dedicated', operator: 'Equal', value: 'web', effect: 'NoExecute', tolerationSeconds: 60 },
  ],
  topologySpreadConstraints: [
    {
      maxSkew: 1,
      minDomains: 2,
      topologyKey: 'kubernetes.io/hostname',
      whenUnsatisfiable: 'DoNotSchedule',
      labelSelector: selector,
      nodeTaintsPolicy: 'Honor',
    },
  ],
  affinity: {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 100,
          podAffinityTerm: {
            topologyKey: 'kubernetes.io/hostname',
            labelSelector: selector,
            namespaces: ['a'],
          },
        },
      ],
      requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'zone', labelSelector: selector }],
    },
    nodeAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 1, preference: { matchExpressions: [{ key: 'zone', operator: 'In', values: ['a'] }] } },
      ],
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [
          {
            matchExpressions: [{ key: 'cores', operator: 'Gt', values: ['4'] }],
            matchFields: [{ key: 'metadata.name', operator: 'In', values: ['node-1'] }],
          },
        ],
      },
    },
  },
  initContainers: [
    {
      name: 'init',
      image: 'busybox:1',
      command: ['sh', '-c', 'true'],
      volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
    },
    {
      name: 'proxy',
      image: 'proxy:1',
      restartPolicy: 'Always',
      startupProbe: { ...probe, tcpSocket: { port: 15000 } },
    },
  ],
  containers: [
    {
      name: 'app',
      image: 'registry.example.com:5000/team/web:1.2.3',
      imagePullPolicy: 'IfNotPresent',
      command: ['serve'],
      args: ['--port', '8080'],
      workingDir: '/srv',
      terminationMessagePolicy: 'FallbackToLogsOnError',
      ports: [
        { name: 'http', containerPort: 8080, protocol: 'TCP' },
        { name: 'metrics', containerPort: 9090, hostPort: 9090 },
      ],
      env: [
        { name: 'LEVEL', value: 'info' },
        {
          name: 'PASSWORD',
          valueFrom: { secretKeyRef: { name: 'secret', key: 'password', optional: true } },
        },
        { name: 'MODE', valueFrom: { configMapKeyRef: { name: 'config', key: 'mode.txt' } } },
        { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '1m' } } },
      ],
      envFrom: [
        { prefix: 'C_', configMapRef: { name: 'config' } },
        { secretRef: { name: 'secret', optional: true } },
      ],
      resources: {
        limits: { cpu: '1', memory: '256Mi', 'ephemeral-storage': '1Gi' },
        requests: { cpu: '100m', memory: '128Mi' },
      },
      livenessProbe: {
        ...probe,
        terminationGracePeriodSeconds: 10,
        httpGet: {
          path: '/healthz',
          port: 'http',
          scheme: 'HTTP',
          httpHeaders: [{ name: 'X-A', value: 'b' }],
        },
      },
      readinessProbe: { ...probe, exec: { command: ['true'] } },
      startupProbe: { ...probe, grpc: { port: 9090, service: 'x' } },
      lifecycle: { preStop: { sleep: { seconds: 5 } }, postStart: { exec: { command: ['true'] } } },
      securityContext: {
        allowPrivilegeEscalation: false,
        privileged: false,
        readOnlyRootFilesystem: true,
        runAsNonRoot: true,
        runAsUser: 10001,
        capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] },
        seccompProfile: { type: 'Localhost', localhostProfile: 'profiles/web.json' },
        appArmorProfile: { type: 'RuntimeDefault' },
      },
      volumeMounts: [
        { name: 'tmp', mountPath: '/scratch', subPath: 'a/b' },
        { name: 'config', mountPath: '/etc/web', readOnly: true },
        { name: 'data', mountPath: '/data', mountPropagation: 'None' },
      ],
    },
  ],
  volumes: [
    { name: 'tmp', emptyDir: { medium: 'Memory', sizeLimit: '64Mi' } },
    {
      name: 'config',
      configMap: { name: 'config', defaultMode: 292, items: [{ key: 'a', path: 'b/a', mode: 256 }] },
    },
    { name: 'secret', secret: { secretName: 'secret', optional: true, items: [{ key: 'a', path: 'a' }] } },
    { name: 'data', persistentVolumeClaim: { claimName: 'data', readOnly: false } },
    { name: 'host', hostPath: { path: '/var/log', type: 'Directory' } },
    { name: 'nfs', nfs: { server: 'nfs.example.com', path: '/x' } },
    {
      name: 'all',
      projected: {
        defaultMode: 420,
        sources: [
          { serviceAccountToken: { path: 'token', expirationSeconds: 3600, audience: 'vault' } },
          { configMap: { name: 'config', items: [{ key: 'a', path: 'c' }] } },
          { downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
        ],
      },
    },
    {
      name: 'claim',
      ephemeral: {
        volumeClaimTemplate: {
          metadata: { labels },
          spec: {
            accessModes: ['ReadWriteOnce'],
            resources: { requests: { storage: '1Gi' } },
            storageClassName: 'fast',
          },
        },
      },
    },
    { name: 'csi', csi: { driver: 'csi.example.com', volumeAttributes: { a: 'b' }, readOnly: true } },
  ],
};

const smallPod = { containers: [{ name: 'app', image: 'web:1' }] };
const template = (spec: object) => ({ metadata: { labels, annotations: { 'example.com/a': 'b' } }, spec });
const claimSpec = {
  accessModes: ['ReadWriteOnce'],
  resources: { requests: { storage: '10Gi' }, limits: { storage: '20Gi' } },
  storageClassName: 'fast',
  volumeMode: 'Filesystem',
};

const ingressBackend = { service: { name: 'web', port: { name: 'http' } } };

const objects: readonly object[] = [
  { apiVersion: 'v1', kind: 'Pod', metadata: metadata('pod'), spec: { ...podSpec, restartPolicy: 'Always' } },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata('deployment'),
    spec: {
      replicas: 2,
      minReadySeconds: 1,
      revisionHistoryLimit: 3,
      progressDeadlineSeconds: 600,
      paused: false,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 } },
      selector,
      template: template({ ...smallPod, restartPolicy: 'Always' }),
    },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: metadata('stateful-set'),
    spec: {
      replicas: 1,
      serviceName: 'web',
      podManagementPolicy: 'Parallel',
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Delete' },
      selector,
      template: template(smallPod),
      volumeClaimTemplates: [{ metadata: { name: 'data', labels }, spec: claimSpec }],
    },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: metadata('daemon-set'),
    spec: {
      minReadySeconds: 1,
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
      selector,
      template: template(smallPod),
    },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: metadata('replica-set'),
    spec: { replicas: 1, minReadySeconds: 0, selector, template: template(smallPod) },
  },
  {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: metadata('job'),
    spec: {
      parallelism: 1,
      completions: 1,
      completionMode: 'NonIndexed',
      backoffLimit: 3,
      activeDeadlineSeconds: 600,
      ttlSecondsAfterFinished: 60,
      suspend: false,
      podReplacementPolicy: 'Failed',
      podFailurePolicy: {
        rules: [
          { action: 'FailJob', onExitCodes: { containerName: 'app', operator: 'In', values: [42] } },
          { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
        ],
      },
      template: { metadata: { labels }, spec: { ...smallPod, restartPolicy: 'Never' } },
    },
  },
  {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: metadata('cron-job'),
    spec: {
      schedule: '0 3 * * *',
      timeZone: 'Etc/UTC',
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 100,
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 1,
      suspend: false,
      jobTemplate: {
        metadata: { labels },
        spec: {
          backoffLimit: 1,
          template: { metadata: { labels }, spec: { ...smallPod, restartPolicy: 'OnFailure' } },
        },
      },
    },
  },
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
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: metadata('ingress'),
    spec: {
      ingressClassName: 'nginx',
      defaultBackend: { resource: { apiGroup: 'example.com', kind: 'Bucket', name: 'static' } },
      tls: [{ hosts: ['shop.example.com'], secretName: 'tls' }],
      rules: [
        {
          host: 'shop.example.com',
          http: { paths: [{ path: '/', pathType: 'Prefix', backend: ingressBackend }] },
        },
        {
          host: '*.example.com',
          http: {
            paths: [
              {
                path: '/api',
                pathType: 'Exact',
                backend: { service: { name: 'web', port: { number: 80 } } },
              },
              { path: '/re(x|y)', pathType: 'ImplementationSpecific', backend: ingressBackend },
            ],
          },
        },
      ],
    },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: metadata('ingress-class'),
    spec: {
      controller: 'example.com/ingress',
      parameters: { kind: 'Params', name: 'x', apiGroup: 'example.com', scope: 'Cluster' },
    },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadata('policy'),
    spec: {
      podSelector: selector,
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        {
          from: [{ podSelector: selector, namespaceSelector: { matchLabels: labels } }],
          ports: [
            { port: 'http', protocol: 'TCP' },
            { port: 8000, endPort: 8100 },
          ],
        },
      ],
      egress: [
        {
          to: [
            { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } },
            { ipBlock: { cidr: 'fd00::/8' } },
          ],
        },
      ],
    },
  },
  {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: metadata('autoscaler'),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      minReplicas: 2,
      maxReplicas: 10,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
        },
        {
          type: 'Pods',
          pods: { metric: { name: 'requests' }, target: { type: 'AverageValue', averageValue: '100' } },
        },
      ],
      behavior: {
        scaleDown: {
          stabilizationWindowSeconds: 300,
          selectPolicy: 'Min',
          policies: [{ type: 'Percent', value: 10, periodSeconds: 60 }],
        },
      },
    },
  },
  {
    apiVersion: 'autoscaling/v1',
    kind: 'HorizontalPodAutoscaler',
    metadata: metadata('autoscaler-v1'),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      minReplicas: 1,
      maxReplicas: 2,
      targetCPUUtilizationPercentage: 80,
    },
  },
  {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadata('budget'),
    spec: { maxUnavailable: '50%', selector, unhealthyPodEvictionPolicy: 'AlwaysAllow' },
  },
  {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadata('budget-min'),
    spec: { minAvailable: 1, selector },
  },
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

/** Objects that a server takes, which between them use the fields that people use. */
export const validObjects = objects as readonly JsonObject[];
