import {
  type App,
  defineValues,
  HelmChart,
  HelmTest,
  imageReference,
  Probe,
  SecureService,
  serviceProps,
  serviceValues,
  text,
  value,
} from '../../../index';

const HOST = '^[a-z0-9.-]+$';
const values = defineValues({
  ...serviceValues({ image: { repository: 'ghcr.io/stefanprodan/podinfo', tag: '6.9.1' }, replicas: 2 }),
  host: value.string({ default: 'podinfo.example.com', pattern: HOST, doc: 'Where it is reached' }),
  moreHosts: value.list(value.string({ pattern: HOST, doc: 'A host' }), {
    default: ['www.example.com'],
    doc: 'More names',
  }),
  className: value.dnsName({ optional: true, doc: 'Ingress class' }),
  level: value.oneOf(['debug', 'info', 'error'], { default: 'info', doc: 'The level of the log' }),
  backend: value.url({ optional: true, doc: 'Another podinfo that is asked' }),
  color: value.string({ default: '#34577c', pattern: '^#[0-9a-f]{6}$', doc: 'The color of the page' }),
  message: value.string({ optional: true, doc: 'What the page says' }),
  faults: {
    delay: value.boolean({ default: false, doc: 'Answers late at random' }),
    error: value.boolean({ default: false, doc: 'Fails at random' }),
  },
  monitor: {
    enabled: value.boolean({ default: true, doc: 'Tells Prometheus where the metrics are' }),
    interval: value.duration({ default: '15s', doc: 'How often they are read' }),
  },
});

const asked = (path: string) => Probe.exec(['podcli', 'check', 'http', `localhost:9898${path}`]);

export function podinfo(app: App): HelmChart {
  const chart = new HelmChart(app, 'podinfo', { description: 'Podinfo', values });
  const { level, backend, faults, probes } = values;
  const web = new SecureService(chart, 'web', {
    ...serviceProps(values),
    port: 9898,
    ports: { 'http-metrics': 9797, grpc: 9999 },
    command: ['./podinfo', '--port=9898', '--port-metrics=9797', '--grpc-port=9999'],
    args: [
      text`--level=${level}`,
      backend.isSet.then(text`--backend-url=${backend.orElse('')}`),
      faults.delay.then('--random-delay'),
      faults.error.then('--random-error'),
    ],
    env: { PODINFO_UI_COLOR: values.color, PODINFO_UI_MESSAGE: values.message },
    writable: ['/data'],
    probes: {
      startup: { ...probes.startup, ...asked('/healthz') },
      liveness: { ...probes.liveness, ...asked('/healthz') },
      readiness: { ...probes.readiness, ...asked('/readyz') },
    },
    autoscaling: { ...values.autoscaling, memoryPercent: 90 },
    allowPrometheus: { namespace: 'monitoring', port: 9797, monitor: values.monitor },
    ingress: {
      host: values.host,
      hosts: values.moreHosts,
      className: values.className,
      tls: { secretName: 'podinfo-tls' },
    },
  });
  new HelmTest(chart, 'ask', {
    image: imageReference(values.image),
    command: ['podcli', 'check', 'http', text`${web.url}/healthz`],
    allowTo: [web],
  });
  return chart;
}
