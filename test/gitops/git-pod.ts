import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cluster } from '../../cluster';
import { makeCertificates } from '../../kube/testing-only/certificates';
import { bundled } from '../support/bundled';
import { PATIENT_PROBE } from '../support/patient-probe';

const PORT = 8443;
const FOLDER = '/srv';
const REPOSITORY = `${FOLDER}/shop.git`;
const NAME = 'git';
const PASSWORD = 'correct-horse';
const USERNAME = 'robot';

/** A git server over https in a pod: pods of the cluster reach it, as they would reach one outside. */
export interface GitPod {
  readonly url: string;
  /** What a NetworkPolicy has to let through. */
  readonly address: { readonly cidr: string; readonly port: number };
  /** What the Secret beside an Application has. */
  readonly credentials: Readonly<Record<string, string>>;
  /** A commit with these files and no others. Answers with its id. */
  commit(files: Readonly<Record<string, string>>): Promise<string>;
}

export async function startGitPod(cluster: Cluster, namespace: string, image: string): Promise<GitPod> {
  const kubectl = async (args: readonly string[], input?: string) =>
    (await cluster.kubectl(['-n', namespace, ...args], input === undefined ? {} : { input })).stdout.trim();
  const apply = (...items: readonly object[]) =>
    kubectl(['apply', '--server-side', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  const labels = { app: NAME };
  const metadata = { name: NAME, labels };
  await apply({
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: { selector: labels, ports: [{ port: PORT }] },
  });
  const address = await kubectl(['get', 'service', NAME, '-o', 'jsonpath={.spec.clusterIP}']);
  const { cert, key, ca } = (await makeCertificates(address)).good;
  const data = { 'server.cjs': program(), 'tls.crt': cert, 'tls.key': key };
  const container = {
    ...{ name: NAME, image, imagePullPolicy: 'Never', command: ['node', '/code/server.cjs'] },
    args: [REPOSITORY, String(PORT), USERNAME, PASSWORD],
    readinessProbe: { tcpSocket: { port: PORT }, ...PATIENT_PROBE },
    volumeMounts: [
      { name: 'code', mountPath: '/code' },
      { name: 'repositories', mountPath: FOLDER },
    ],
  };
  const volumes = [
    { name: 'code', secret: { secretName: NAME } },
    { name: 'repositories', emptyDir: {} },
  ];
  const spec = { terminationGracePeriodSeconds: 1, containers: [container], volumes };
  await kubectl(['wait', '--for=create', 'serviceaccount/default', '--timeout=60s']);
  await apply(
    { apiVersion: 'v1', kind: 'Secret', metadata, stringData: data },
    { apiVersion: 'v1', kind: 'Pod', metadata, spec },
  );
  await kubectl(['wait', '--for=condition=Ready', `pod/${NAME}`, '--timeout=240s']);
  const ip = await kubectl(['get', 'pod', NAME, '-o', 'jsonpath={.status.podIP}']);
  const git = (args: readonly string[], input = '') =>
    kubectl(['exec', '-i', NAME, '--', 'git', '--git-dir', REPOSITORY, ...args], input);
  return {
    url: `https://${address}:${PORT}/shop.git`,
    address: { cidr: `${ip}/32`, port: PORT },
    credentials: { username: USERNAME, password: PASSWORD, 'ca.crt': ca },
    commit: async (files) => {
      await git(['fast-import', '--quiet', '--force'], importOf(files));
      return git(['rev-parse', 'refs/heads/main']);
    },
  };
}

function program(): string {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-git-pod-'));
  try {
    return readFileSync(bundled('test/gitops/git-pod-server.ts', folder), 'utf8');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function importOf(files: Readonly<Record<string, string>>): string {
  const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const head = `commit refs/heads/main\ncommitter A <a@example.com> ${Math.floor(Date.now() / 1000)} +0000\n`;
  const all = Object.entries(files).map(([path, text]) => `M 100644 inline ${path}\n${data(text)}`);
  return `${head}${data('a change')}deleteall\n${all.join('')}`;
}
