import {
  type App,
  defineValues,
  HelmChart,
  KubeObject,
  labelsFor,
  Peer,
  Probe,
  release,
  SecureService,
  text,
  value,
} from '../../../index';

const values = defineValues({
  tag: value.string({ default: 'v1.18.2', pattern: '^v[0-9.]+$', doc: 'Tag of the image' }),
  replicas: value.integer({ default: 2, min: 1, max: 9, doc: 'How many pods run' }),
  logLevel: value.integer({ default: 2, min: 0, max: 9, doc: 'How much is logged' }),
  timeoutSeconds: value.integer({ default: 10, min: 1, max: 30, doc: 'How long an answer may take' }),
  priorityClass: value.dnsName({ optional: true, doc: 'Priority class of the pods' }),
});

const CERT = 'cert-manager.io';

export function webhook(app: App): HelmChart {
  const chart = new HelmChart(app, 'webhook', { description: "cert-manager's webhook", values });
  const service = new SecureService(chart, 'webhook', {
    image: `quay.io/jetstack/cert-manager-webhook:${values.tag}`,
    port: 10250,
    portName: 'https',
    servicePort: 443,
    ports: { healthcheck: 6080, 'http-metrics': 9402 },
    resources: 'small',
    replicas: values.replicas,
    priorityClassName: values.priorityClass,
    args: [
      text`--v=${values.logLevel}`,
      '--secure-port=10250',
      { withVariables: '--dynamic-serving-ca-secret-namespace=$(POD_NAMESPACE)' },
      text`--dynamic-serving-ca-secret-name=${chart.nameFor('webhook-ca')}`,
      text`--dynamic-serving-dns-names=${chart.nameFor('webhook')}`,
      { withVariables: text`--dynamic-serving-dns-names=${chart.nameFor('webhook')}.$(POD_NAMESPACE).svc` },
    ],
    env: { POD_NAMESPACE: { field: 'metadata.namespace' } },
    probes: {
      startup: false,
      liveness: Probe.http('/livez', { port: 6080 }),
      readiness: Probe.http('/healthz', { port: 6080 }),
    },
    serviceAccountToken: true,
    allowApiServer: true,
    // The API server calls, from addresses that differ from cluster to cluster.
    allowFrom: [Peer.anybody({ port: 10250 })],
    allowPrometheus: { namespace: 'monitoring', port: 9402 },
  });
  const subjects = [
    { kind: 'ServiceAccount', name: service.serviceAccountName, namespace: release.namespace },
  ];
  const metadata = (suffix: string) => ({
    name: chart.nameFor(suffix),
    labels: labelsFor(chart, 'webhook'),
  });
  const grant = (kind: 'Role' | 'ClusterRole', suffix: string, rules: readonly object[]) => {
    const apiVersion = 'rbac.authorization.k8s.io/v1';
    new KubeObject(chart, `${suffix}-${kind}`, { apiVersion, kind, metadata: metadata(suffix), rules });
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind, name: chart.nameFor(suffix) };
    const binding = `${kind}Binding`;
    new KubeObject(chart, `${suffix}-${binding}`, {
      apiVersion,
      kind: binding,
      metadata: metadata(suffix),
      roleRef,
      subjects,
    });
  };
  const ca = chart.nameFor('webhook-ca');
  grant('Role', 'webhook', [
    {
      apiGroups: [''],
      resources: ['secrets'],
      resourceNames: [ca],
      verbs: ['get', 'list', 'watch', 'update'],
    },
    { apiGroups: [''], resources: ['secrets'], verbs: ['create'] },
  ]);
  grant('ClusterRole', 'webhook', [
    { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
  ]);
  for (const [kind, path] of [
    ['Mutating', '/mutate'],
    ['Validating', '/validate'],
  ] as const) {
    const annotations = { 'cert-manager.io/inject-ca-from-secret': text`${release.namespace}/${ca}` };
    new KubeObject(chart, kind.toLowerCase(), {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: `${kind}WebhookConfiguration`,
      metadata: { ...metadata('webhook'), annotations },
      webhooks: [
        {
          name: 'webhook.cert-manager.io',
          rules: [
            { apiGroups: [CERT], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['*/*'] },
          ],
          admissionReviewVersions: ['v1'],
          matchPolicy: 'Equivalent',
          timeoutSeconds: values.timeoutSeconds,
          failurePolicy: 'Fail',
          sideEffects: 'None',
          clientConfig: { service: { name: service.serviceName, namespace: release.namespace, path } },
        },
      ],
    });
  }
  return chart;
}
