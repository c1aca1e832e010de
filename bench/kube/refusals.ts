import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ConfigMap } from '../../imports/k8s';
import { Connection, create, get, KubeError } from '../../kube';
import { makeCertificates } from '../../kube/testing-only/certificates';
import { connectTo } from '../../kube/testing-only/scripted-server';
import { connectAs, makeAccount } from '../../kube/testing-only/service-account';
import { configMaps } from '../../kube/testing-only/watch-law';

/** What was done, what the caller saw, what it missed, and how often it was told of a success that never was. */
export type Row = readonly [fault: string, sees: string, missed: number | '', wrong: number | ''];

export async function outcome(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'success',
    (error) => (error instanceof KubeError ? `${error.code}, effect ${error.effect}` : `NOT TYPED: ${error}`),
  );
}

export function configMap(name: string): ConfigMap {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } };
}

/** These must be refused, so a success counts as wrong. The row says what the caller is told to do. */
async function refusal(what: string, call: Promise<unknown>): Promise<Row> {
  const advice = call.then(
    () => '',
    (error) => (error instanceof KubeError ? `: ${error.remedy}` : ''),
  );
  const sees = await outcome(call);
  return [what, `${sees}${await advice}`, '', Number(sees === 'success')];
}

/** Configurations that cannot work, and what the API server refuses. */
export async function refusalRows(connection: Connection): Promise<Row[]> {
  const { tls } = await connection.credentials();
  const ca = String(tls.ca);
  const withoutUser = { ca, cert: '', key: '' };
  const certificates = await makeCertificates();
  const address = connection.server.origin;
  const read = (other: Connection) =>
    get(other, configMaps, { name: 'x', namespace: 'default' }).finally(() => other.close());
  const folder = mkdtempSync(path.join(tmpdir(), 'kube-refusals-'));
  const open = async (name: string) => read(new Connection({ kubeconfig: path.join(folder, name) }));
  writeFileSync(path.join(folder, 'plugin'), withPlugin(address));
  writeFileSync(path.join(folder, 'broken'), 'users: [\n');
  await makeAccount(connection, 'without-rights', []);
  await create(connection, configMaps, configMap('taken'));
  try {
    return [
      await refusal('no kubeconfig there', open('none')),
      await refusal('a broken kubeconfig', open('broken')),
      await refusal('a kubeconfig with an exec plug-in', open('plugin')),
      await refusal('nothing listens', read(connectTo('https://127.0.0.1:1', {}, withoutUser))),
      await refusal(
        'the wrong certificate authority',
        read(connectTo(address, {}, { ...withoutUser, ca: certificates.strangerCa })),
      ),
      await refusal(
        'an expired client certificate',
        read(connectTo(address, {}, { ...certificates.expired, ca })),
      ),
      await refusal('401: an unknown token', read(connectTo(address, {}, withoutUser, 'unknown'))),
      await refusal('403: an account without the right', connectAs(connection, 'without-rights').then(read)),
      await refusal('404: no such object', get(connection, configMaps, { name: 'none' })),
      await refusal('409: the name is taken', create(connection, configMaps, configMap('taken'))),
      await refusal('422: an invalid object', create(connection, configMaps, configMap('Not A Name'))),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function withPlugin(address: string): string {
  return JSON.stringify({
    'current-context': 'c',
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    clusters: [{ name: 'c', cluster: { server: address } }],
    users: [{ name: 'u', user: { exec: { command: 'sh', apiVersion: 'client.authentication.k8s.io/v1' } } }],
  });
}
