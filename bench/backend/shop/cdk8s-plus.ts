import { ApiObject, type App, Chart, Cron, Duration, JsonPatch, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-34';

const user = { user: 10001, group: 10001, fsGroup: 10001 };

export function shop(app: App): Chart {
  const chart = new Chart(app, 'shop');
  const secret = kplus.Secret.fromSecretName(chart, 'database', 'shop-database');
  const password = kplus.EnvValue.fromSecretValue({ secret, key: 'password' });
  const small = {
    cpu: { request: kplus.Cpu.millis(100) },
    memory: { request: Size.mebibytes(128), limit: Size.mebibytes(128) },
  };
  const db = new kplus.StatefulSet(chart, 'db', {
    securityContext: user,
    terminationGracePeriod: Duration.seconds(120),
    volumeClaimTemplates: [
      {
        name: 'data',
        storage: Size.gibibytes(20),
        accessModes: [kplus.PersistentVolumeAccessMode.READ_WRITE_ONCE],
      },
    ],
    service: new kplus.Service(chart, 'db-service', { clusterIP: 'None', ports: [{ port: 5432 }] }),
  });
  const postgres = db.addContainer({
    name: 'postgres',
    image: 'registry.example.com/postgres:16.4',
    portNumber: 5432,
    envVariables: {
      POSTGRES_PASSWORD: password,
      PGDATA: kplus.EnvValue.fromValue('/var/lib/postgresql/data'),
    },
    resources: {
      cpu: { request: kplus.Cpu.millis(250) },
      memory: { request: Size.mebibytes(512), limit: Size.mebibytes(512) },
    },
    liveness: kplus.Probe.fromTcpSocket({ port: 5432 }),
    readiness: kplus.Probe.fromTcpSocket({ port: 5432 }),
  });
  postgres.mount(
    '/run/postgresql',
    kplus.Volume.fromEmptyDir(chart, 'run', 'run', { sizeLimit: Size.mebibytes(64) }),
  );
  // The volume only carries the name; the claim of each pod takes its place.
  postgres.mount('/var/lib/postgresql', kplus.Volume.fromEmptyDir(chart, 'data', 'data'));
  const config = new kplus.ConfigMap(chart, 'config', { data: { 'shop.yaml': 'log: info\n' } });
  const program = (command: string[], name: string) => ({
    name,
    image: 'registry.example.com/shop:1.4.2',
    command,
    envVariables: { DB_HOST: kplus.EnvValue.fromValue(db.service.name), DB_PASSWORD: password },
    resources: small,
  });
  const queue = new kplus.Deployment(chart, 'queue', {
    securityContext: user,
    automountServiceAccountToken: false,
  });
  const worker = queue.addContainer({
    ...program(['shop', 'work'], 'queue'),
    liveness: kplus.Probe.fromCommand(['shop', 'alive']),
  });
  worker.mount('/etc/shop', kplus.Volume.fromConfigMap(chart, 'config-volume', config));
  new kplus.HorizontalPodAutoscaler(chart, 'queue-scaling', {
    target: queue,
    minReplicas: 2,
    maxReplicas: 4,
    metrics: [kplus.Metric.external({ name: 'jobs', target: kplus.MetricTarget.averageValue(30) })],
  });
  const backup = new kplus.CronJob(chart, 'backup', {
    schedule: Cron.schedule({ minute: '30', hour: '3' }),
    timeZone: 'Etc/UTC',
    concurrencyPolicy: kplus.ConcurrencyPolicy.FORBID,
    startingDeadline: Duration.hours(1),
    activeDeadline: Duration.hours(1),
    securityContext: user,
  });
  const copy = backup.addContainer(program(['shop', 'backup'], 'backup'));
  copy.mount('/etc/shop', kplus.Volume.fromConfigMap(chart, 'config-for-backup', config));
  db.connections.allowFrom(queue, { ports: [kplus.NetworkPolicyPort.tcp(5432)] });
  db.connections.allowFrom(backup, { ports: [kplus.NetworkPolicyPort.tcp(5432)] });
  // No props for these in cdk8s-plus.
  for (const [workload, at] of [
    [db, '/spec/template/spec'],
    [queue, '/spec/template/spec'],
    [backup, '/spec/jobTemplate/spec/template/spec'],
  ] as const)
    ApiObject.of(workload).addJsonPatch(
      JsonPatch.add(`${at}/securityContext/seccompProfile`, { type: 'RuntimeDefault' }),
      JsonPatch.add(`${at}/containers/0/securityContext/capabilities`, { drop: ['ALL'] }),
    );
  return chart;
}
