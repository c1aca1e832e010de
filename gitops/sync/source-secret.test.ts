import { ModelApi } from '../../deploy/testing-only/model-api';
import { serveModel } from '../../deploy/testing-only/model-server';
import type { Connection, KubeObject, Stored } from '../../kube';
import type { ScriptedServer } from '../../kube/testing-only/scripted-server';
import type { Application } from '../api/application';
import { SourceSecrets } from './source-secret';

let model: ModelApi;
let server: ScriptedServer;
let connection: Connection;
beforeEach(async () => {
  model = new ModelApi();
  server = await serveModel(model);
  connection = server.connect();
});
afterEach(() => server.close());

const appWith = (secret: string | undefined, namespace = 'here') =>
  ({
    metadata: { name: 'shop', namespace, uid: 'u', resourceVersion: '1' },
    spec: { source: { url: 'https://example.com/x', ...(secret && { secret }) } },
  }) as Stored<Application>;

function write(password: string, namespace = 'here'): void {
  const data = { password: Buffer.from(password).toString('base64') };
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'git', namespace }, data };
  model.edit('somebody', secret as KubeObject);
}
const reads = () => server.seen.filter(({ path }) => path.includes('/secrets/git')).length;

test('without a Secret nothing is read', async () => {
  const { identity } = await new SourceSecrets().of(connection, appWith(undefined), 1_000);
  expect([identity.includes('hunter2'), reads()]).toEqual([false, 0]);
});

test('a Secret is read once for all who name it, anew when that is too long ago, and of no other namespace', async () => {
  const secrets = new SourceSecrets();
  const ask = async (maxAgeMs: number, namespace?: string) =>
    (await secrets.of(connection, appWith('git', namespace), maxAgeMs)).identity;
  write('hunter2');
  write('hunter4', 'there');
  const [first, again] = await Promise.all([ask(60_000), ask(60_000)]);
  expect([first.includes('hunter2'), again === first, reads()]).toEqual([true, true, 1]);
  write('hunter3');
  expect(await ask(60_000)).toBe(first);
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect([(await ask(1)).includes('hunter3'), reads()]).toEqual([true, 2]);
  expect([(await ask(60_000)).includes('hunter3'), reads()]).toEqual([true, 2]);
  expect((await ask(60_000, 'there')).includes('hunter4')).toBe(true);
});

test('one that is not there is told, and is seen as soon as it is', async () => {
  const secrets = new SourceSecrets();
  const ask = () => secrets.of(connection, appWith('git'), 60_000);
  await expect(ask()).rejects.toMatchObject({
    ...{ name: 'GitopsError', code: 'SECRET_MISSING', where: 'Secret here/git', found: 'no such Secret' },
    expected: 'the Secret that `spec.source.secret` names',
    remedy: 'create it in the namespace of the Application, or correct the name',
  });
  write('hunter2');
  expect((await ask()).identity).toContain('hunter2');
});

test('any other refusal is the server’s', async () => {
  await server.close();
  await expect(new SourceSecrets().of(connection, appWith('git'), 1)).rejects.toMatchObject({
    name: 'KubeError',
  });
});
