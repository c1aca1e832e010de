import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cluster } from '../../cluster';
import { makeCertificates } from '../../kube/testing-only/certificates';
import { bundled } from '../support/bundled';
import { PATIENT_PROBE } from '../support/patient-probe';

/** None that an API server has: what lets it through is there for git. */
const PORT = 8444;
const FOLDER = '/srv';
const REPOSITORY = `${FOLDER}/shop.git`;
const NAME = 'git';
const PASSWORD = 'correct-horse';
const USERNAME = 'robot';

/** A git server over https in a pod: pods of the cluster reach it, as they would reach one outside. */
export interface GitPod {
  readonly url: string;
  /** The same by its name in the cluster. */
  readonly named: string;
  /** What a NetworkPolicy has to let through. */
  readonly address: { readonly cidr: string; readonly port: number };
  /** What the Secret beside an Application has. */
  readonly credentials: Readonly<Record<string, string>>;
  /** A commit with these files and no others. Answers with its id. */
  commit(files: Readonly<Record<string, string>>): Promise<string>;
}

export interface GitPodOptions {
  /** Whether it asks for no password. */
  readonly isOpen?: boolean;
  /** The image that Node comes from, where the one with git has none. */
  readonly nodeOf?: string;
}

export async function startGitPod(
  cluster: Cluster,
  namespace: string,
  image: string,
  { isOpen = false, nodeOf }: GitPodOptions = {},
): Promise<GitPod> {
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
  const name = `${NAME}.${namespace}.svc.cluster.local`;
  const { cert, key, ca } = (await makeCertificates(`${address},DNS:${name}`)).good;
  const data = { 'server.cjs': program(), 'tls.crt': cert, 'tls.key': key };
  const container = {
    ...{ name: NAME, image, imagePullPolicy: 'Never' },
    command: [nodeOf ? `${FOLDER}/node` : 'node', '/code/server.cjs'],
    args: [REPOSITORY, String(PORT), ...(isOpen ? [] : [USERNAME, PASSWORD])],
    readinessProbe: { tcpSocket: { port: PORT }, ...PATIENT_PROBE },
    volumeMounts: [
      { name: 'code', mountPath: '/code' },
      { name: 'repositories', mountPath: FOLDER },
    ],
  };
  const copied = {
    ...{ name: 'node', image: nodeOf, imagePullPolicy: 'Never', volumeMounts: container.volumeMounts },
    command: ['cp', '/usr/local/bin/node', `${FOLDER}/node`],
  };
  const volumes = [
    { name: 'code', secret: { secretName: NAME } },
    { name: 'repositories', emptyDir: {} },
  ];
  const spec = {
    terminationGracePeriodSeconds: 1,
    containers: [container],
    volumes,
    initContainers: nodeOf ? [copied] : [],
  };
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
    named: `https://${name}:${PORT}/shop.git`,
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
