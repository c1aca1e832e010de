import { type App, Chart, Duration, Size } from 'cdk8s';
import { Cpu, Deployment, Ingress, IngressBackend, Probe, Volume } from 'cdk8s-plus-34';

export function backend(app: App): Chart {
  const chart = new Chart(app, 'backend');
  const deployment = new Deployment(chart, 'api', {
    replicas: 2,
    securityContext: { user: 1000, group: 1000 },
  });
  const container = deployment.addContainer({
    name: 'app',
    image: 'registry.example.com/api:1.0.0',
    portNumber: 8080,
    resources: {
      cpu: { request: Cpu.millis(100) },
      memory: { request: Size.mebibytes(128), limit: Size.mebibytes(128) },
    },
    startup: Probe.fromHttpGet('/health', { periodSeconds: Duration.seconds(2), failureThreshold: 30 }),
    liveness: Probe.fromHttpGet('/health', { initialDelaySeconds: Duration.seconds(30) }),
    readiness: Probe.fromHttpGet('/ready', { initialDelaySeconds: Duration.seconds(5) }),
  });
  container.mount('/tmp', Volume.fromEmptyDir(chart, 'tmp', 'tmp', { sizeLimit: Size.mebibytes(64) }));
  const service = deployment.exposeViaService({ ports: [{ port: 80, targetPort: 8080 }] });
  new Ingress(chart, 'ingress').addHostRule('api.example.com', '/', IngressBackend.fromService(service));
  return chart;
}
