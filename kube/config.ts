import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { parseDocument } from 'yaml';
import { KubeError } from './errors';
import { type BundledKubeConfig, type KubeConfigLike, newKubeConfig } from './kube-config';

/** Where the address of the cluster and the credentials come from. */
export interface ConfigOptions {
  /**
   * The path of a kubeconfig file, or a KubeConfig object of @kubernetes/client-node (1.4 or 2.x).
   * @default the files in $KUBECONFIG, else ~/.kube/config, else the service account of the pod this runs in
   */
  readonly kubeconfig?: string | KubeConfigLike;
  /** Which context of the file. @default its current-context */
  readonly context?: string;
  /** Only the service account of the pod this runs in; no file is looked for. @default false */
  readonly inCluster?: boolean;
  /** The environment to read KUBECONFIG, HOME and KUBERNETES_SERVICE_HOST from. @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

const serviceAccountToken = '/var/run/secrets/kubernetes.io/serviceaccount/token';

export function loadConfig(options: ConfigOptions = {}): KubeConfigLike {
  const env = options.env ?? process.env;
  if (typeof options.kubeconfig === 'object') {
    if (!options.context) return options.kubeconfig;
    throw new KubeError('ARGUMENT_INVALID', {
      where: 'options.context',
      found: `${options.context} beside a KubeConfig object`,
      expected: 'a context only beside a file',
      remedy: 'call setCurrentContext() on the object',
    });
  }
  if (options.inCluster) return inCluster(env);
  if (options.kubeconfig !== undefined) return fromFiles([options.kubeconfig], options.context);
  const listed = (env.KUBECONFIG ?? '').split(delimiter).filter((path) => path !== '');
  if (listed.length > 0) return fromFiles(listed, options.context);
  const home = join(env.HOME ?? homedir(), '.kube', 'config');
  if (readable(home)) return fromFiles([home], options.context);
  if (readable(serviceAccountToken)) return inCluster(env);
  throw new KubeError('KUBECONFIG_MISSING', {
    where: home,
    found: 'no file there, no $KUBECONFIG, no service account of a pod',
    expected: 'a kubeconfig',
    remedy: 'set KUBECONFIG, or pass `kubeconfig`',
  });
}

function inCluster(env: Readonly<Record<string, string | undefined>>): KubeConfigLike {
  if (!env.KUBERNETES_SERVICE_HOST || !readable(serviceAccountToken)) {
    throw new KubeError('KUBECONFIG_MISSING', {
      where: serviceAccountToken,
      found: env.KUBERNETES_SERVICE_HOST ? 'no token there' : 'no KUBERNETES_SERVICE_HOST',
      expected: 'to run in a pod that has a service account token',
      remedy: 'set automountServiceAccountToken on that pod, or pass `kubeconfig`',
    });
  }
  const config = newKubeConfig();
  config.loadFromCluster();
  return config;
}

/** Several files are merged as kubectl does it: the first that names a thing wins, and missing files do not count. */
function fromFiles(paths: readonly string[], context: string | undefined): KubeConfigLike {
  const present = paths.length === 1 ? paths : paths.filter(readable);
  const first = present[0];
  if (first === undefined) throw unreadable(paths.join(delimiter), 'no such file');
  const documents = present.map(readDocument);
  const merged = {
    clusters: firstOfEachName(documents.flatMap((document) => document.clusters)),
    users: firstOfEachName(documents.flatMap((document) => document.users)),
    contexts: firstOfEachName(documents.flatMap((document) => document.contexts)),
    'current-context': context ?? documents.map((document) => document.currentContext).find(Boolean),
  };
  checkReferences(merged, present.join(delimiter));
  const config: BundledKubeConfig = newKubeConfig();
  config.loadFromString(JSON.stringify(merged));
  return config;
}

interface Named {
  readonly name: string;
  readonly [key: string]: unknown;
}

interface ConfigDocument {
  readonly clusters: Named[];
  readonly users: Named[];
  readonly contexts: Named[];
  readonly currentContext: string | undefined;
}

function readDocument(path: string): ConfigDocument {
  const document = parseDocument(readText(path), { logLevel: 'silent' });
  const broken = document.errors[0];
  if (broken) {
    // The parser's message quotes the lines around the fault, and the lines of a kubeconfig are secrets.
    const line = broken.linePos?.[0].line;
    throw invalid(path, `YAML that does not parse (${broken.code}${line ? `, line ${line}` : ''})`);
  }
  const root: unknown = document.toJS();
  if (typeof root !== 'object' || root === null || Array.isArray(root)) {
    throw invalid(path, root === null || root === undefined ? 'an empty file' : 'no mapping');
  }
  const fields = root as Record<string, unknown>;
  const folder = dirname(path);
  return {
    clusters: entries(path, fields, 'clusters', 'cluster', (body) => absolute(folder, body)),
    users: entries(path, fields, 'users', 'user', (body) => tokenFromFile(absolute(folder, body))),
    contexts: entries(path, fields, 'contexts', 'context', (body) => body),
    currentContext: typeof fields['current-context'] === 'string' ? fields['current-context'] : undefined,
  };
}

function entries(
  path: string,
  fields: Record<string, unknown>,
  list: string,
  bodyKey: string,
  mend: (body: Record<string, unknown>) => Record<string, unknown>,
): Named[] {
  const found = fields[list] ?? [];
  if (!Array.isArray(found)) throw invalid(path, `${list} that is no list`);
  return found.map((entry, index) => {
    if (typeof entry?.name !== 'string' || entry.name === '')
      throw invalid(path, `${list}[${index}] without a name`);
    const body = entry[bodyKey] ?? {};
    if (typeof body !== 'object' || Array.isArray(body)) {
      throw invalid(path, `${list}[${index}].${bodyKey} that is no mapping`);
    }
    return { name: entry.name, [bodyKey]: mend(body) };
  });
}

const pathFields = ['certificate-authority', 'client-certificate', 'client-key', 'tokenFile'];

function absolute(folder: string, body: Record<string, unknown>): Record<string, unknown> {
  const result = { ...body };
  for (const field of pathFields) {
    const value = result[field];
    if (typeof value === 'string' && value !== '' && !isAbsolute(value)) result[field] = join(folder, value);
  }
  return result;
}

/** client-node reads `tokenFile` once, at load. As an auth provider the file is read again while it rotates. */
function tokenFromFile(user: Record<string, unknown>): Record<string, unknown> {
  const { tokenFile, token: _replaced, ...rest } = user;
  if (typeof tokenFile !== 'string' || tokenFile === '') return user;
  return { ...rest, 'auth-provider': { name: 'tokenFile', config: { tokenFile } } };
}

function firstOfEachName(all: readonly Named[]): Named[] {
  const byName = new Map<string, Named>();
  for (const entry of all) if (!byName.has(entry.name)) byName.set(entry.name, entry);
  return [...byName.values()];
}

function checkReferences(
  merged: { clusters: Named[]; users: Named[]; contexts: Named[]; 'current-context': string | undefined },
  where: string,
): void {
  const current = merged['current-context'];
  const names = (list: Named[]) => list.map((entry) => entry.name).join(', ') || 'none';
  if (!current) throw invalid(where, 'no current-context', 'set current-context, or pass `context`');
  const context = merged.contexts.find((entry) => entry.name === current)?.context as
    | Record<string, unknown>
    | undefined;
  if (!context) throw invalid(where, `no context "${current}" among: ${names(merged.contexts)}`);
  const cluster = merged.clusters.find((entry) => entry.name === context.cluster)?.cluster as
    | Record<string, unknown>
    | undefined;
  if (!cluster) throw invalid(where, `no cluster "${context.cluster}" among: ${names(merged.clusters)}`);
  if (!merged.users.some((entry) => entry.name === context.user)) {
    throw invalid(where, `no user "${context.user}" among: ${names(merged.users)}`);
  }
  if (typeof cluster.server !== 'string' || !/^https?:\/\/./.test(cluster.server)) {
    throw invalid(where, `cluster "${context.cluster}" with server ${JSON.stringify(cluster.server)}`);
  }
  // client-node takes a broken entry anywhere in the file as a fault of the whole; only the one in use matters here.
  merged.clusters = merged.clusters.filter(
    (entry) => typeof (entry.cluster as Record<string, unknown>).server === 'string',
  );
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw unreadable(path, (error as NodeJS.ErrnoException).code ?? String(error));
  }
}

function readable(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}

function unreadable(path: string, found: string): KubeError {
  return new KubeError('KUBECONFIG_MISSING', {
    where: path,
    found,
    expected: 'a kubeconfig that can be read',
    remedy: 'correct the path or its permissions',
  });
}

function invalid(path: string, found: string, remedy = 'correct the file'): KubeError {
  return new KubeError('KUBECONFIG_INVALID', {
    where: path,
    found,
    expected: 'a kubeconfig: clusters, users, contexts and a current-context that fit together',
    remedy,
  });
}
