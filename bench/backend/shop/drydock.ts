import {
  type App,
  ConfigBundle,
  defineValues,
  HelmChart,
  Metric,
  Probe,
  SecureCron,
  SecureService,
  SecureWorker,
  value,
} from '../../../index';

const values = defineValues({
  tag: value.string({ default: '1.4.2', pattern: '^[a-z0-9.]+$', doc: 'Tag of the images of the shop' }),
  size: value.memory({ default: '20Gi', doc: 'Storage of the database' }),
  storageClass: value.dnsName({ optional: true, doc: 'Its storage class' }),
  level: value.oneOf(['debug', 'info'], { default: 'info', doc: 'The level of the log' }),
  workers: value.integer({ default: 4, min: 2, max: 20, doc: 'The most workers' }),
  backup: value.schedule({ default: '30 3 * * *', doc: 'When the database is copied' }),
  zone: value.string({ optional: true, pattern: '^[A-Z][A-Za-z/_]+$', doc: 'The time zone of that' }),
  database: value.secret({ doc: 'The database', keys: { password: 'Its password' } }),
});

export function shop(app: App): HelmChart {
  const chart = new HelmChart(app, 'shop', { description: 'A shop with its queue and its database', values });
  const image = `registry.example.com/shop:${values.tag}`;
  const password = values.database.key('password');
  const db = new SecureService(chart, 'db', {
    image: 'registry.example.com/postgres:16.4',
    port: 5432,
    resources: 'medium',
    storage: { path: '/var/lib/postgresql', size: values.size, storageClassName: values.storageClass },
    env: { POSTGRES_PASSWORD: password, PGDATA: '/var/lib/postgresql/data' },
    writable: ['/run/postgresql'],
    terminationGracePeriodSeconds: 120,
  });
  const config = new ConfigBundle(chart, 'config', { config: { 'shop.yaml': `log: ${values.level}\n` } });
  const program = {
    image,
    resources: 'small',
    env: { DB_HOST: db.serviceName, DB_PASSWORD: password },
    files: { '/etc/shop/shop.yaml': config.file('shop.yaml') },
    allowTo: [db],
    startAfter: { services: [db], image },
  } as const;
  new SecureWorker(chart, 'queue', {
    ...program,
    command: ['shop', 'work'],
    liveness: Probe.exec(['shop', 'alive']),
    autoscaling: {
      minReplicas: 2,
      maxReplicas: values.workers,
      metrics: [Metric.external('jobs', { perPod: 30 })],
    },
  });
  new SecureCron(chart, 'backup', {
    ...program,
    command: ['shop', 'backup'],
    schedule: values.backup,
    timeZone: values.zone,
  });
  return chart;
}
