import { labels, selector } from './parts';

const probe = {
  periodSeconds: 10,
  timeoutSeconds: 2,
  failureThreshold: 3,
  successThreshold: 1,
  initialDelaySeconds: 1,
};

/** A pod with every field that people use. */
export const podSpec = {
  serviceAccountName: 'default',
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  terminationGracePeriodSeconds: 30,
  resources: { limits: { cpu: '4', memory: '2Gi' }, requests: { cpu: '200m', memory: '256Mi' } },
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
