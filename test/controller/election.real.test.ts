import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { type Cluster, startCluster, until } from '../../cluster';
import { fencePolicy } from '../../controller';
import type { ConfigMap } from '../../imports/k8s';
import { Connection, create, createSub, get, type KubeObject, patch, remove, resource } from '../../kube';
import { connectWithToken, makeAccount } from '../../kube/testing-only/service-account';
import { bundled } from '../support/bundled';
import { standsStill } from '../support/threads';

jest.setTimeout(300_000);

const configMaps = resource<ConfigMap>('v1', 'ConfigMap');
const leases = resource('coordination.k8s.io/v1', 'Lease');
const NAMES = ['leader-0', 'leader-1'];

/** What a leader tells. */
interface Line {
  readonly what: 'won' | 'wrote' | 'refused';
  readonly term: number;
  readonly code?: string;
  readonly message?: string;
}

interface Leader {
  readonly name: string;
  readonly process: ChildProcess;
  readonly lines: Line[];
  said: string;
}

let cluster: Cluster;
let admin: Connection;
let folder: string;
let program: string;
const tokens = new Map<string, string>();
const started: Leader[] = [];

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'drydock-election-'));
  program = bundled('test/controller/leader.ts', folder);
  cluster = await startCluster({ controlPlaneOnly: true });
  admin = new Connection({ kubeconfig: cluster.kubeconfig, namespace: 'default' });
  const verbs = ['get', 'create', 'patch'];
  await makeAccount(admin, 'leader', [
    { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs },
    { apiGroups: [''], resources: ['configmaps'], verbs },
  ]);
  await create(admin, configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'writes' } });
  // One that nobody holds: the first to lead need not wait.
  await create(admin, leases, { apiVersion: leases.apiVersion, kind: 'Lease', metadata: { name: 'leader' } });
  for (const name of NAMES) tokens.set(name, await tokenOf(name));
});

afterAll(async () => {
  for (const { process } of started) process.kill('SIGKILL');
  admin?.close();
  await cluster?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A token as the kubelet gives it to a pod: it says which pod that is. */
async function tokenOf(name: string): Promise<string> {
  const pods = resource('v1', 'Pod');
  const pod = await create(admin, pods, {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name } },
    spec: { serviceAccountName: 'leader', containers: [{ name: 'main', image: 'localhost/none:1' }] },
  } as KubeObject);
  const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name, uid: pod.metadata.uid };
  const asked = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { boundObjectRef } };
  const at = { name: 'leader', subresource: 'token' };
  const issued = await createSub(admin, resource('v1', 'ServiceAccount'), at, asked);
  return (issued as unknown as { readonly status: { readonly token: string } }).status.token;
}

async function startLeader(name: string): Promise<Leader> {
  const kubeconfig = path.join(folder, `${name}.json`);
  const { tls } = await admin.credentials();
  const ca = Buffer.from(String(tls.ca)).toString('base64');
  const config = {
    'current-context': 'c',
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u', namespace: 'default' } }],
    clusters: [{ name: 'c', cluster: { server: admin.server.origin, 'certificate-authority-data': ca } }],
    users: [{ name: 'u', user: { token: tokens.get(name) } }],
  };
  writeFileSync(kubeconfig, JSON.stringify(config), { mode: 0o600 });
  const child = spawn(process.execPath, [program, kubeconfig, name], { stdio: ['pipe', 'pipe', 'pipe'] });
  const leader: Leader = { name, process: child, lines: [], said: '' };
  createInterface({ input: child.stdout! }).on('line', (line) => leader.lines.push(JSON.parse(line)));
  child.stderr!.on('data', (text) => {
    leader.said += text;
  });
  started.push(leader);
  return leader;
}

const now = (one: Leader) => one.lines.at(-1);
const writes = async (one: Leader) => (await get(admin, configMaps, { name: 'writes' })).data?.[one.name];

/** The one that leads and has written, and the other. On a slow machine they may change places meanwhile. */
async function leaderOf(pair: readonly Leader[]): Promise<readonly [leader: Leader, other: Leader]> {
  await until('one to lead', () => pair.some((one) => now(one)?.what === 'wrote'), { withinMs: 120_000 });
  const leader = pair.find((one) => now(one)?.what === 'wrote')!;
  return [leader, pair.find((one) => one !== leader)!];
}

/** Since it was this far, it has been elected and has written. */
const hasTakenOver = (one: Leader, from: number) => {
  const won = one.lines.findIndex(({ what }, index) => index >= from && what === 'won');
  return won >= 0 && one.lines.slice(won).some(({ what }) => what === 'wrote');
};

/** Stops the leader, lets the other take over, and wakes it up. What it has said since then. */
async function pauseAndWake(
  pair: readonly Leader[],
  stop: (leader: Leader) => void,
): Promise<{ readonly leader: Leader; readonly before: string | undefined; readonly said: () => Line[] }> {
  const [leader, other] = await leaderOf(pair);
  const from = other.lines.length;
  stop(leader);
  await until('it to stand still', () => standsStill(leader.process.pid!), { withinMs: 60_000 });
  await until('the other to take over', () => hasTakenOver(other, from), { withinMs: 120_000 });
  const before = await writes(leader);
  const said = leader.lines.length;
  leader.process.kill('SIGCONT');
  await until('it to speak', () => leader.lines.length > said, { withinMs: 120_000 });
  return { leader, before, said: () => leader.lines.slice(said) };
}

const asksToStop = (leader: Leader) => void leader.process.stdin!.write('stop\n');

test('a leader that is paused beyond its lease writes nothing more; one that is between its look and its write is refused by the server', async () => {
  const pair = await Promise.all(NAMES.map(startLeader));

  // Paused anywhere: what it does next is to look at its term, and that is over.
  const paused = await pauseAndWake(pair, ({ process: child }) => child.kill('SIGSTOP'));
  await until('it to be fenced', () => paused.said().some(({ code }) => code === 'FENCED'), {
    withinMs: 120_000,
  });
  const fenced = paused.said().findIndex(({ code }) => code === 'FENCED');
  expect(paused.said()[fenced]?.message).toContain('LEADERSHIP_LOST at the Lease');
  // At most the answer to what was under way when it was stopped.
  expect(
    paused
      .said()
      .slice(0, fenced)
      .filter(({ what }) => what === 'wrote').length,
  ).toBeLessThan(2);
  const { term } = paused.said()[fenced]!;
  expect(
    paused
      .said()
      .slice(fenced)
      .filter((line) => line.what === 'wrote' && line.term === term),
  ).toEqual([]);

  // The control: without the policy a write that was past its look is made, though another leads.
  const late = await pauseAndWake(pair, asksToStop);
  expect(late.said()[0]).toMatchObject({ what: 'wrote' });
  expect(await writes(late.leader)).not.toBe(late.before);

  for (const object of fencePolicy({ name: 'leader', namespace: 'default' })) {
    await create(admin, resource(object.apiVersion, object.kind), object);
  }
  // A pod that does not hold the Lease: once it is refused, the policy is in force.
  const stranger = await connectWithToken(admin, await tokenOf('leader-2'));
  const merge = { data: { stranger: '1' } };
  await until('the policy to be in force', async () => {
    const refused = await patch(stranger, configMaps, { name: 'writes' }, { merge }, { dryRun: true }).catch(
      (error: { readonly code: string }) => error.code,
    );
    return refused === 'FORBIDDEN';
  });
  stranger.close();

  const refused = await pauseAndWake(pair, asksToStop);
  expect(refused.said()[0]).toMatchObject({ what: 'refused', code: 'FORBIDDEN' });
  expect(refused.said()[0]?.message).toContain('the Lease default/leader says that');
  await until('it to be fenced', () => refused.said().some(({ code }) => code === 'FENCED'), {
    withinMs: 120_000,
  });
  for (const { process: child } of pair) {
    child.kill('SIGKILL');
    await once(child, 'close').catch(() => undefined);
  }
  expect(pair.map(({ said }) => said)).toEqual(['', '']);

  // Who deletes the Lease does not lock everybody out of the cluster.
  await remove(admin, leases, { name: 'leader' });
  for (let time = 0; time < 10; time += 1) {
    await patch(admin, configMaps, { name: 'writes' }, { merge: { data: { admin: String(time) } } });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
});
