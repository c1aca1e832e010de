import { ApiObject, type App, Chart, Duration, JsonPatch, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-34';

export function podinfo(app: App): Chart {
  const chart = new Chart(app, 'podinfo');
  const deployment = new kplus.Deployment(chart, 'web', {
    securityContext: { user: 10001, group: 10001, fsGroup: 10001 },
    terminationGracePeriod: Duration.seconds(30),
  });
  const asked = (path: string) =>
    kplus.Probe.fromCommand(['podcli', 'check', 'http', `localhost:9898${path}`], {
      timeoutSeconds: Duration.seconds(5),
    });
  const container = deployment.addContainer({
    name: 'podinfo',
    image: 'ghcr.io/stefanprodan/podinfo:6.9.1',
    ports: [
      { name: 'http', number: 9898 },
      { name: 'http-metrics', number: 9797 },
      { name: 'grpc', number: 9999 },
    ],
    command: ['./podinfo', '--port=9898', '--port-metrics=9797', '--grpc-port=9999'],
    args: ['--level=info'],
    envVariables: { PODINFO_UI_COLOR: kplus.EnvValue.fromValue('#34577c') },
    resources: {
      cpu: { request: kplus.Cpu.millis(100) },
      memory: { request: Size.mebibytes(128), limit: Size.mebibytes(128) },
    },
    startup: asked('/healthz'),
    liveness: asked('/healthz'),
    readiness: asked('/readyz'),
  });
  container.mount(
    '/data',
    kplus.Volume.fromEmptyDir(chart, 'data', 'data', { sizeLimit: Size.mebibytes(64) }),
  );
  deployment.scheduling.spread({ topology: kplus.Topology.HOSTNAME });
  new kplus.HorizontalPodAutoscaler(chart, 'scaling', {
    target: deployment,
    minReplicas: 2,
    maxReplicas: 10,
    metrics: [
      kplus.Metric.resourceCpu(kplus.MetricTarget.averageUtilization(80)),
      kplus.Metric.resourceMemory(kplus.MetricTarget.averageUtilization(90)),
    ],
  });
  const service = deployment.exposeViaService({
    ports: [
      { name: 'http', port: 80, targetPort: 9898 },
      { name: 'http-metrics', port: 9797, targetPort: 9797 },
      { name: 'grpc', port: 9999, targetPort: 9999 },
    ],
  });
  // The Service selects by a hash of the construct path; what Prometheus selects by has to be said.
  service.metadata.addLabel('app', 'podinfo');
  const ingress = new kplus.Ingress(chart, 'ingress');
  const hosts = ['podinfo.example.com', 'www.example.com'];
  for (const host of hosts)
    ingress.addHostRule(host, '/', kplus.IngressBackend.fromService(service, { port: 80 }));
  ingress.addTls([{ hosts, secret: kplus.Secret.fromSecretName(chart, 'tls', 'podinfo-tls') }]);
  new ApiObject(chart, 'monitor', {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'ServiceMonitor',
    spec: {
      selector: { matchLabels: { app: 'podinfo' } },
      endpoints: [{ port: 'http-metrics', interval: '15s' }],
    },
  });
  // No props for these in cdk8s-plus.
  ApiObject.of(deployment).addJsonPatch(
    JsonPatch.add('/spec/template/spec/securityContext/seccompProfile', { type: 'RuntimeDefault' }),
    JsonPatch.add('/spec/template/spec/containers/0/securityContext/capabilities', { drop: ['ALL'] }),
  );
  return chart;
}
