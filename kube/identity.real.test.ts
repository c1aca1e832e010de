import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { BASE_IMAGE, BUSYBOX_IMAGE, sharedCluster, type TestNamespace, withNamespace } from '../cluster';
import type { ConfigMap, Pod } from '../imports/k8s';
import { Connection } from './connection';
import { create } from './create';
import { resource } from './resource';
import { exec } from './stream/exec';
import { runPod } from './testing-only/real-pod';
import { connectAs, connectWithToken, makeAccount } from './testing-only/service-account';

jest.setTimeout(300_000);

const folder = mkdtempSync(path.join(tmpdir(), 'kube-identity-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function inNamespace(body: (here: Connection, namespace: TestNamespace) => Promise<void>) {
  const cluster = await sharedCluster();
  await withNamespace(cluster, async (namespace) => {
    const here = new Connection({ kubeconfig: cluster.kubeconfig, namespace: namespace.name });
    try {
      await body(here, namespace);
    } finally {
      here.close();
    }
  });
}

test('an exec by nobody, by an account without the right, and by one with it', () =>
  inNamespace(async (here) => {
    await runPod(here, 'one', BUSYBOX_IMAGE, 'sleep 3600');
    const command = { pod: 'one', command: ['echo', 'hush-hush'] };
    const stranger = await connectWithToken(here, 'no-token-of-this-cluster');
    const nobody = await exec(stranger, command).catch((error) => error);
    expect(nobody).toMatchObject({ code: 'UNAUTHENTICATED', statusCode: 401, effect: 'none' });

    const pods = { apiGroups: [''], resources: ['pods'], verbs: ['get'] };
    await makeAccount(here, 'looker', [pods]);
    const looker = await connectAs(here, 'looker');
    const forbidden = await exec(looker, command).catch((error) => error);
    expect(forbidden).toMatchObject({ code: 'FORBIDDEN', statusCode: 403, effect: 'none' });
    // The server's own words, of which account and what it lacks.
    expect(forbidden.message).toContain(`system:serviceaccount:${here.namespace}:looker`);
    expect(forbidden.message).toContain('pods/exec');
    for (const error of [nobody, forbidden]) expect(String(error)).not.toContain('hush-hush');

    const verbs = ['get', 'create'];
    await makeAccount(here, 'runner', [pods, { apiGroups: [''], resources: ['pods/exec'], verbs }]);
    const runner = await connectAs(here, 'runner');
    const run = await exec(runner, command);
    expect(String(await run.stdout?.toArray())).toBe('hush-hush\n');
    expect(await run.ended).toMatchObject({ type: 'exited', exitCode: 0 });
    for (const connection of [stranger, looker, runner]) connection.close();
  }));

test('in a pod it talks to the cluster with the account that is mounted there', () =>
  inNamespace(async (here, namespace) => {
    const cluster = await sharedCluster();
    const outfile = path.join(folder, 'program.cjs');
    const entry = path.join(__dirname, 'testing-only/in-cluster/program.ts');
    buildSync({ entryPoints: [entry], bundle: true, platform: 'node', target: 'node20', outfile });
    copyFileSync(path.join(path.dirname(entry), 'Dockerfile'), path.join(folder, 'Dockerfile'));
    const image = 'localhost/kube-in-cluster:1';
    await cluster.buildImage({ tag: image, context: folder, args: { BASE: BASE_IMAGE } });

    const resources = ['pods', 'configmaps'];
    await makeAccount(here, 'program', [{ apiGroups: [''], resources, verbs: ['get', 'list', 'watch'] }]);
    const seen: ConfigMap = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'seen' },
      data: { a: 'b' },
    };
    await create(here, resource<ConfigMap>('v1', 'ConfigMap'), seen);
    const pod: Pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'program' },
      spec: {
        serviceAccountName: 'program',
        restartPolicy: 'Never',
        containers: [
          {
            name: 'main',
            image,
            imagePullPolicy: 'Never',
            volumeMounts: [{ name: 'node', mountPath: '/node', readOnly: true }],
          },
        ],
        volumes: [{ name: 'node', hostPath: { path: process.execPath, type: 'File' } }],
      },
    };
    await create(here, resource<Pod>('v1', 'Pod'), pod);
    await namespace.kubectl([
      'wait',
      '--for=jsonpath={.status.phase}=Succeeded',
      'pod/program',
      '--timeout=60s',
    ]);
    const { stdout } = await namespace.kubectl(['logs', 'program']);
    expect(JSON.parse(stdout)).toEqual({
      namespace: namespace.name,
      account: 'program',
      data: { a: 'b' },
      refused: 'FORBIDDEN',
    });
  }));

test('a client certificate that is replaced in its file is used from then on', async () => {
  const { kubeconfig } = await sharedCluster();
  const pki = path.join(path.dirname(kubeconfig), 'pki');
  const useFilesOf = (name: string) => {
    for (const part of ['crt', 'key'])
      copyFileSync(path.join(pki, `${name}.${part}`), path.join(folder, `client.${part}`));
  };
  const { server } = JSON.parse(readFileSync(kubeconfig, 'utf8')).clusters[0].cluster;
  const file = path.join(folder, 'config');
  const cluster = { server, 'certificate-authority': path.join(pki, 'ca.crt') };
  writeFileSync(
    file,
    JSON.stringify({
      'current-context': 'c',
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'c' } }],
      clusters: [{ name: 'c', cluster }],
      users: [{ name: 'c', user: { 'client-certificate': 'client.crt', 'client-key': 'client.key' } }],
    }),
  );
  useFilesOf('admin');
  const connection = new Connection({ kubeconfig: file });
  try {
    expect(await whoAmI(connection)).toBe('drydock-admin');
    useFilesOf('scheduler');
    // Files are read again after ten seconds; the clock is put forward instead of waiting for it.
    const later = Date.now() + 11_000;
    jest.spyOn(Date, 'now').mockImplementation(() => later);
    expect(await whoAmI(connection)).toBe('system:kube-scheduler');
  } finally {
    jest.restoreAllMocks();
    connection.close();
  }
});

async function whoAmI(connection: Connection): Promise<string> {
  const review = resource('authentication.k8s.io/v1', 'SelfSubjectReview', {
    plural: 'selfsubjectreviews',
    namespaced: false,
  });
  const answer = await create(connection, review, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'SelfSubjectReview',
  } as never);
  return (answer as unknown as { status: { userInfo: { username: string } } }).status.userInfo.username;
}
