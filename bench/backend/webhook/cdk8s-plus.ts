import { ApiObject, type App, Chart, JsonPatch, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-34';

const NAMESPACE = 'cert-manager';
const NAME = 'cert-manager-webhook';

export function webhook(app: App): Chart {
  const chart = new Chart(app, 'webhook', { namespace: NAMESPACE });
  const account = new kplus.ServiceAccount(chart, 'account', { automountToken: true });
  const deployment = new kplus.Deployment(chart, 'webhook', {
    replicas: 2,
    serviceAccount: account,
    automountServiceAccountToken: true,
    securityContext: { user: 1000, group: 1000 },
  });
  deployment.addContainer({
    name: 'webhook',
    image: 'quay.io/jetstack/cert-manager-webhook:v1.18.2',
    ports: [
      { name: 'https', number: 10250 },
      { name: 'healthcheck', number: 6080 },
      { name: 'http-metrics', number: 9402 },
    ],
    args: [
      '--v=2',
      '--secure-port=10250',
      '--dynamic-serving-ca-secret-namespace=$(POD_NAMESPACE)',
      '--dynamic-serving-ca-secret-name=cert-manager-webhook-ca',
      `--dynamic-serving-dns-names=${NAME}`,
      `--dynamic-serving-dns-names=${NAME}.$(POD_NAMESPACE).svc`,
    ],
    envVariables: { POD_NAMESPACE: kplus.EnvValue.fromFieldRef(kplus.EnvFieldPaths.POD_NAMESPACE) },
    resources: {
      cpu: { request: kplus.Cpu.millis(100) },
      memory: { request: Size.mebibytes(128), limit: Size.mebibytes(128) },
    },
    liveness: kplus.Probe.fromHttpGet('/livez', { port: 6080 }),
    readiness: kplus.Probe.fromHttpGet('/healthz', { port: 6080 }),
  });
  const service = deployment.exposeViaService({
    name: NAME,
    ports: [{ name: 'https', port: 443, targetPort: 10250 }],
  });
  const role = new kplus.Role(chart, 'role');
  const ca = kplus.Secret.fromSecretName(chart, 'ca', 'cert-manager-webhook-ca');
  role.allow(['get', 'list', 'watch', 'update'], ca);
  role.allow(['create'], kplus.ApiResource.SECRETS);
  role.bind(account);
  const cluster = new kplus.ClusterRole(chart, 'cluster-role');
  cluster.allow(['create'], kplus.ApiResource.SUBJECT_ACCESS_REVIEWS);
  cluster.bind(account);
  for (const [kind, path] of [
    ['Mutating', '/mutate'],
    ['Validating', '/validate'],
  ] as const)
    new ApiObject(chart, kind.toLowerCase(), {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: `${kind}WebhookConfiguration`,
      metadata: {
        name: 'cert-manager-webhook',
        annotations: { 'cert-manager.io/inject-ca-from-secret': `${NAMESPACE}/cert-manager-webhook-ca` },
      },
      webhooks: [
        {
          name: 'webhook.cert-manager.io',
          rules: [
            {
              apiGroups: ['cert-manager.io'],
              apiVersions: ['v1'],
              operations: ['CREATE', 'UPDATE'],
              resources: ['*/*'],
            },
          ],
          admissionReviewVersions: ['v1'],
          matchPolicy: 'Equivalent',
          timeoutSeconds: 10,
          failurePolicy: 'Fail',
          sideEffects: 'None',
          clientConfig: { service: { name: service.name, namespace: NAMESPACE, path } },
        },
      ],
    });
  // No props for these in cdk8s-plus.
  ApiObject.of(deployment).addJsonPatch(
    JsonPatch.add('/spec/template/spec/securityContext/seccompProfile', { type: 'RuntimeDefault' }),
    JsonPatch.add('/spec/template/spec/containers/0/securityContext/capabilities', { drop: ['ALL'] }),
  );
  return chart;
}
