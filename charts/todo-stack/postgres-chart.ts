import type { Construct } from 'constructs';
import { Probe, SecureService, serviceValues } from '../../constructs';
import { HelmChart } from '../../core/tree';
import { defineValues, imageReference, value } from '../../core/values';
import { globalValues, MIGRATION, PORTS, Stack, todoMetadata } from './links';

/** What the database and its user are called, which the backend's DATABASE_URL names. */
const NAME = 'todo';
const VERSION = '17.6';
const CALLERS = ['backend', MIGRATION] as const;
const FOLDER = '/var/lib/postgresql/data';

const { image, imagePullSecrets, resources } = serviceValues({
  image: { repository: 'docker.io/library/postgres', tag: `${VERSION}-bookworm` },
  resources: { cpu: '250m', memory: '256Mi' },
});

/**
 * The values of the database's chart.
 *
 * @example
 * // A chart of your own that has it as a subchart.
 * const values = defineValues({ inner: value.subchart(postgresValues, { enabled: false }) });
 */
export const postgresValues = defineValues({
  global: { stack: globalValues.stack },
  image,
  imagePullSecrets,
  resources,
  serviceName: value.dnsName({
    default: 'postgres-svc',
    doc: 'Name of the Service; a second release in the namespace needs another one',
  }),
  user: value.integer({
    default: 999,
    min: 1,
    max: 65_534,
    doc: 'The uid and gid that the image is made for',
  }),
  storage: {
    size: value.memory({ default: '1Gi', doc: 'Size of the volume; it cannot be changed later' }),
    className: value.dnsName({ optional: true, doc: "Storage class; the cluster's default without" }),
  },
  secrets: value.secret({
    doc: 'What the database is made with',
    keys: {
      POSTGRES_PASSWORD: `Password of the user ${NAME}; backend.secrets.DATABASE_URL has it too: postgres://${NAME}:PASSWORD@postgres-svc:${PORTS.postgres}/${NAME}`,
    },
  }),
});

/**
 * A PostgreSQL of one pod with a volume, so that a first try needs nothing from outside. It is no replacement for a
 * database that somebody keeps: there is no replica and no backup.
 *
 * @example
 * new PostgresChart(app);
 * app.synth();
 */
export class PostgresChart extends HelmChart<typeof postgresValues> {
  constructor(scope: Construct, id = 'postgres') {
    const values = postgresValues;
    super(scope, id, {
      ...todoMetadata,
      description: 'A database for the todo application, for a first try',
      appVersion: VERSION,
      values,
    });
    const stack = new Stack(this, values.global);
    const accepts = Probe.exec(['pg_isready', '--quiet', '--host=127.0.0.1', `--username=${NAME}`]);
    new SecureService(this, 'postgres', {
      image: imageReference(values.image),
      imagePullPolicy: values.image.pullPolicy,
      imagePullSecrets: values.imagePullSecrets,
      resources: values.resources,
      port: PORTS.postgres,
      servicePort: PORTS.postgres,
      serviceName: values.serviceName,
      user: values.user,
      labels: stack.labels,
      storage: { path: FOLDER, size: values.storage.size, storageClassName: values.storage.className },
      // The socket, and what sorting takes.
      writable: ['/var/run/postgresql', '/tmp'],
      env: {
        POSTGRES_USER: NAME,
        POSTGRES_DB: NAME,
        POSTGRES_PASSWORD: values.secrets.key('POSTGRES_PASSWORD'),
        // PostgreSQL wants its folder to be its own alone; the top of a volume is its group's too.
        PGDATA: `${FOLDER}/pgdata`,
      },
      probes: {
        startup: { ...accepts, periodSeconds: 2, failureThreshold: 60, timeoutSeconds: 5 },
        liveness: { ...accepts, periodSeconds: 10, timeoutSeconds: 5 },
        readiness: { ...accepts, periodSeconds: 5, timeoutSeconds: 5 },
      },
      // It resolves no names, and calls nobody.
      dns: false,
      allowFrom: CALLERS.map((caller) => stack.member(caller)),
    });
    // Their own policies do not know whether there is a database beside them.
    for (const caller of CALLERS) stack.letCall(this, caller, 'postgres');
  }
}
