import { dirname } from 'node:path';
import { tool } from '../../cluster/tools/tool';
import { ModelApi } from '../../deploy/testing-only/model-api';
import { serveModel } from '../../deploy/testing-only/model-server';
import type { Connection, KubeObject, Stored } from '../../kube';
import type { Application, ApplicationSpec, ApplicationStatus } from '../api/application';
import { mergedStatus } from '../testing-only/merged-status';
import { ModelSource } from '../testing-only/model-source';
import type { Followed } from './drift';
import { Syncer } from './syncer';

jest.setTimeout(300_000);

/** From a commit of a chart to a model of a cluster, by the real helm: what is rendered anew, what is remembered, what is refused. */

const before = process.env.PATH;
const model = new ModelApi();
const source = new ModelSource();
let server: Awaited<ReturnType<typeof serveModel>>;
let connection: Connection;
beforeAll(async () => {
  process.env.PATH = `${dirname(await tool('helm-4'))}:${before}`;
  server = await serveModel(model);
  connection = server.connect({});
});
afterAll(async () => {
  process.env.PATH = before;
  connection.close();
  await server.close();
});

/** Watches that tell of nothing. */
const openKinds = () => async (): Promise<Followed> => ({ all: () => [], onChange: () => () => {} });

/** An Application of a name, and what it is after each reconcile. */
function following(name: string, syncer: Syncer) {
  let app = {
    ...{ apiVersion: 'ajj.io/v1', kind: 'Application' },
    metadata: { name, namespace: 'here', uid: name, resourceVersion: '1', generation: 1 },
    spec: { source: { url: 'https://example.com/x' }, sync: { timeout: '1s' } },
  } as Stored<Application>;
  const never = new AbortController().signal;
  return async (more: Partial<ApplicationSpec> = {}): Promise<ApplicationStatus> => {
    const generation = (app.metadata.generation ?? 0) + 1;
    app = { ...app, metadata: { ...app.metadata, generation }, spec: { ...app.spec, ...more } };
    await syncer.reconcile(app, {
      ...{ connection, signal: never, changed: never, failures: 0, tell: () => {} },
      status: async (status) => {
        app = { ...app, status: mergedStatus(app.status, status) };
      },
    });
    return app.status ?? {};
  };
}

const template = 'data: { x: "{{ .Values.x }} of {{ .Release.Name }}" }';
const map = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n${template}\n`;
const chart = (templates: Readonly<Record<string, string>>) => ({
  'Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.0.0\n',
  'values.yaml': 'x: chart\nhost: false\n',
  ...templates,
});
const xOf = (name: string) => {
  const found = [...model.objects.values()].find(
    (one) => one.kind === 'ConfigMap' && one.metadata.name === name,
  );
  return (found as { readonly data?: { readonly x?: string } } | undefined)?.data?.x;
};
const give = (values: string) =>
  model.edit('somebody', {
    ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'values', namespace: 'here' } },
    data: { 'values.yaml': Buffer.from(values).toString('base64') },
  } as KubeObject);

test('values of a Secret are looked at each time, and a chart without an end is told and changes nothing', async () => {
  const look = following(
    'one',
    new Syncer({ of: () => source }, { openKinds, renderLimits: { timeoutMs: 3_000 } }),
  );
  const render = { helm: { releaseName: 'mine', valuesFrom: [{ kind: 'Secret', name: 'values' }] } } as const;
  const files = chart({ 'templates/a.yaml': map('one') });
  source.push(files);
  const missing = await look({ render });
  expect([missing.phase, missing.message]).toEqual([
    ...['Degraded', expect.stringMatching(/VALUES_MISSING at Secret here\/values.*optional: true/)],
  ]);
  give('x: first');
  expect([(await look()).phase, xOf('one')]).toEqual(['Healthy', 'first of mine']);
  give('x: hunter2');
  expect([(await look()).phase, xOf('one')]).toEqual(['Healthy', 'hunter2 of mine']);

  const endless = '{{ range until 100000 }}{{ range until 100000 }}{{ end }}{{ end }}';
  for (const [bad, found] of [
    [endless, /no end within 3 s by helm/],
    ['{{ fail .Values.x }}', /RENDER_FAILED at shop\/templates\/b\.yaml:1.*not shown/],
  ] as const) {
    source.push({ ...files, 'templates/b.yaml': bad });
    const { phase, message } = await look();
    expect([phase, message, xOf('one')]).toEqual(['Failed', expect.stringMatching(found), 'hunter2 of mine']);
    expect(message).not.toContain('hunter2');
    // The second look runs nothing: what is known of it is told again, also where there is no helm any more.
    const { PATH } = process.env;
    process.env.PATH = '/var/empty';
    expect((await look()).message).toBe(message);
    process.env.PATH = PATH;
  }
  source.push(files);
  expect([(await look()).phase, xOf('one')]).toEqual(['Healthy', 'hunter2 of mine']);
});

test('a policy looks at what is rendered: of one chart it refuses the values that break it, and those alone', async () => {
  const pod = 'apiVersion: v1\nkind: Pod\nmetadata: { name: web }\n';
  const spec = 'spec: { hostNetwork: {{ .Values.host }}, containers: [{ name: a, image: "a:1" }] }\n';
  source.push(chart({ 'templates/a.yaml': map('two'), 'templates/pod.yaml': pod + spec }));
  const look = following('two', new Syncer({ of: () => source }, { openKinds }));
  const policy = { mode: 'strict', level: 'baseline' } as const;
  const withHost = async (host: boolean) => {
    const { message } = await look({ policy, render: { helm: { values: { host } } } });
    return [message?.includes('hostNetwork'), xOf('two')];
  };
  expect(await withHost(true)).toEqual([true, undefined]);
  expect(await withHost(false)).toEqual([false, 'chart of two']);
  expect(await withHost(true)).toEqual([true, 'chart of two']);
});
