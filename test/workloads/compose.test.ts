import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { CiFixerChart, TodoStackChart } from '../../charts';
import { Testing } from '../../core/synth';

// biome-ignore lint/suspicious/noExplicitAny: a test reads a file as what it is
type Any = any;

const workloads = join(__dirname, '..', '..', 'workloads');
const servicesOf = (file: string): Any =>
  (parse(readFileSync(join(workloads, file), 'utf8'), { merge: true }) as Any).services;
const services = servicesOf('compose.yaml');
const ofCiFixer = servicesOf('compose.ci-fixer.yaml');

/** The variables that the containers of a chart's objects have, by the name of what runs them. */
const variablesOf = (objects: Any[]) =>
  new Map(
    objects
      .filter(({ spec }) => spec?.template)
      .map(({ metadata, spec }) => [
        metadata.name.replace(/^todo-app-/, '').replace(/^backend-migrate-.*/, 'migrate'),
        spec.template.spec.containers[0].env.map(({ name }: Any) => name) as string[],
      ]),
  );
const charted = variablesOf(
  Testing.synth(new TodoStackChart(Testing.app()), { values: { postgres: { enabled: true } } }),
);

/** What Kubernetes needs and a machine of one does not: its volume is the image's own, and nothing is in front. */
const NOT_HERE = ['PGDATA', 'TRUSTED_PROXIES'];

test.each(['frontend', 'backend', 'mcp-server', 'ai-agent', 'migrate', 'postgres'])(
  'compose sets for %s what the chart sets',
  (name) => {
    const given = services[name] ?? services[`todo-${name}`];
    const wanted = (charted.get(name) ?? []).filter((variable) => !NOT_HERE.includes(variable));
    expect(wanted.length).toBeGreaterThan(0);
    expect(Object.keys(given.environment).sort()).toEqual(wanted.sort());
  },
);

test('compose sets for CI-fixer what its chart sets, where the cluster is, and who may call', () => {
  const fixer = variablesOf(
    Testing.synth(new CiFixerChart(Testing.app()), { values: { fullnameOverride: 'ci-fixer' } }),
  ).get('ci-fixer-app');
  const { environment, volumes } = ofCiFixer['ci-fixer'];
  expect(Object.keys(environment).sort()).toEqual([...(fixer ?? []), 'HOST', 'KUBECONFIG'].sort());
  // The network is that of the machine, so this keeps others out.
  expect(environment.HOST).toBe('127.0.0.1');
  const [, folder] = /:(\/[^:]+):ro$/.exec(volumes[0]) ?? [];
  const files = [environment.KUBECONFIG, environment.SANDBOX_TEMPLATE].map((file) => dirname(file));
  expect(files).toEqual([folder, folder]);
});

test('every address in it is a service of it on the port that its image has, and every Dockerfile is there', () => {
  const text = JSON.stringify(services);
  for (const [, host = '', port] of text.matchAll(/(?:https?:\/\/|@)([a-z-]+):(\d+)/g)) {
    if (host === 'localhost') continue;
    const { build, image } = services[host];
    const exposed =
      build && /EXPOSE (\d+)/.exec(readFileSync(join(workloads, build.dockerfile), 'utf8'))?.[1];
    expect([host, exposed ?? (/postgres/.test(image) ? '5432' : undefined)]).toEqual([host, port]);
  }
  const built = Object.values(services).flatMap(({ build }: Any) => build?.dockerfile ?? []);
  expect(built.filter((file) => !existsSync(join(workloads, file)))).toEqual([]);
  expect(built).toHaveLength(6);
});

test('each program is locked up as its pod is, and no port is open beyond this machine', () => {
  for (const [name, service] of [...Object.entries(services), ...Object.entries(ofCiFixer)] as [
    string,
    Any,
  ][]) {
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
    if (name === 'postgres') continue;
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
  }
});
