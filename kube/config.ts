import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve, sep } from 'node:path';
import { parseDocument } from 'yaml';
import { printedJson, shown } from '../errors';
import { KubeError } from './errors';
import { type ExecConfig, execOf } from './exec-plugin';
import { type ImpersonationHeaders, impersonation } from './impersonation';
import { checkInline } from './inline-kubeconfig';
import { type KubeConfigLike, newKubeConfig } from './kube-config';
import {
  type Current,
  checkAsked,
  checkReferences,
  checkUser,
  invalid,
  type Named,
} from './kubeconfig-rules';
import type { Environment } from './proxy/from-environment';
import { proxyOf } from './proxy/proxy-of';

/** Where the address of the cluster and the credentials come from. */
export interface ConfigOptions {
  /**
   * The path of a kubeconfig file, or a KubeConfig object of @kubernetes/client-node (1.4 or 2.x).
   * @default the files in $KUBECONFIG, else ~/.kube/config, else the service account of the pod this runs in
   */
  readonly kubeconfig?: string | KubeConfigLike;
  /**
   * The text of a kubeconfig that others have written, such as one in a Secret. It may say an https address and credentials,
   * in place: what names a file, a program, an auth provider, a proxy or another user is refused. No file and no
   * `kubeconfig` is looked at then.
   * @default - none
   */
  readonly kubeconfigText?: string;
  /** Which context of the file. @default its current-context */
  readonly context?: string;
  /** Only the service account of the pod this runs in; no file is looked for. @default false */
  readonly inCluster?: boolean;
  /** Calls are made in the name of this user, if the API server lets the user of the kubeconfig do that. @default its own name */
  readonly as?: string;
  /**
   * The environment to read KUBECONFIG, HOME, KUBERNETES_SERVICE_HOST, HTTPS_PROXY, HTTP_PROXY and NO_PROXY from.
   * @default process.env
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

const serviceAccountToken = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/** A KubeConfig, and what client-node does not read or does otherwise than kubectl. */
export interface LoadedConfig {
  readonly config: KubeConfigLike;
  readonly impersonation: ImpersonationHeaders;
  /** The program that gives credentials; it is run by us, never by the KubeConfig. */
  readonly plugin: ExecConfig | undefined;
  /** The way to the server; undefined for none but the direct one. */
  readonly proxy: URL | undefined;
}

type WithoutProxy = Omit<LoadedConfig, 'proxy'>;

/** A caller without types gives anything. */
function checkKubeconfig(given: unknown): void {
  if (given === undefined || (typeof given === 'string' && given !== '')) return;
  if (
    typeof given === 'object' &&
    given !== null &&
    typeof (given as KubeConfigLike).getCurrentUser === 'function'
  )
    return;
  throw new KubeError('ARGUMENT_INVALID', {
    where: 'options.kubeconfig',
    found: shown(given),
    expected: 'the path of a file, or a KubeConfig of @kubernetes/client-node',
    remedy: 'give one of the two, or leave it out',
  });
}

export function loadConfig(options: ConfigOptions = {}): LoadedConfig {
  const env = options.env ?? process.env;
  const loaded = load(options, env);
  const asOther = options.as === undefined ? loaded.impersonation : headersFor(options.as);
  return { ...loaded, impersonation: asOther, proxy: proxyOf(loaded.config.getCurrentCluster(), env) };
}

/** An empty name would be the user of the kubeconfig, who may do more. */
function headersFor(user: unknown): ImpersonationHeaders {
  if (typeof user === 'string' && /^[\x21-\x7e]+$/.test(user)) return { 'Impersonate-User': user };
  throw new KubeError('ARGUMENT_INVALID', {
    where: 'options.as',
    found: shown(user),
    expected: 'the name of a user, such as `system:serviceaccount:shop:deployer`',
    remedy: 'give a name, or leave it out',
  });
}

function load(options: ConfigOptions, env: Environment): WithoutProxy {
  checkKubeconfig(options.kubeconfig);
  if (options.kubeconfigText !== undefined) return fromText(options.kubeconfigText, options.context);
  if (typeof options.kubeconfig === 'object') {
    if (!options.context) return asItIs(options.kubeconfig);
    throw new KubeError('ARGUMENT_INVALID', {
      where: 'options.context',
      found: `${options.context} beside a KubeConfig object`,
      expected: 'a context only beside a file',
      remedy: 'call setCurrentContext() on the object',
    });
  }
  if (options.inCluster) return asItIs(inCluster(env));
  if (options.kubeconfig !== undefined) return fromFiles([options.kubeconfig], options.context);
  const listed = (env.KUBECONFIG ?? '').split(delimiter).filter((path) => path !== '');
  if (listed.length > 0) return fromFiles(listed, options.context);
  const home = join(env.HOME ?? homedir(), '.kube', 'config');
  if (readable(home)) return fromFiles([home], options.context);
  if (readable(serviceAccountToken)) return asItIs(inCluster(env));
  throw new KubeError('KUBECONFIG_MISSING', {
    where: home,
    found: 'no file there, no $KUBECONFIG, no service account of a pod',
    expected: 'a kubeconfig',
    remedy: 'set KUBECONFIG, or pass `kubeconfig`',
  });
}

function asItIs(config: KubeConfigLike): WithoutProxy {
  return { config, impersonation: {}, plugin: execOf(config.getCurrentUser()) };
}

function inCluster(env: Environment): KubeConfigLike {
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

/**
 * Several files are merged as kubectl does it: the first that names a thing wins, and files that are missing or empty
 * do not count.
 */
function fromFiles(paths: readonly string[], context: string | undefined): WithoutProxy {
  const present = paths.length === 1 ? paths : paths.filter(readable);
  if (present.length === 0) throw unreadable(paths.join(delimiter), 'no such file');
  const documents = present.flatMap((path) => documentOf(readText(path), path, dirname(path)) ?? []);
  const where = present.join(delimiter);
  if (documents.length === 0) throw invalid(where, 'an empty file');
  return configOf(currentOf(documents, context, where), where);
}

/** Nothing of this machine is read or run for it, whatever it says. */
function fromText(text: unknown, context: string | undefined): WithoutProxy {
  const where = 'the text of a kubeconfig';
  const document = typeof text === 'string' ? documentOf(text, where, undefined) : undefined;
  if (!document) throw invalid(where, typeof text === 'string' ? 'nothing' : shown(text));
  const current = currentOf([document], context, where);
  checkInline(current, where);
  return configOf(current, where);
}

function currentOf(
  documents: readonly ConfigDocument[],
  context: string | undefined,
  where: string,
): Current {
  return checkReferences(
    {
      clusters: firstOfEachName(documents.flatMap((document) => document.clusters)),
      users: firstOfEachName(documents.flatMap((document) => document.users)),
      contexts: firstOfEachName(documents.flatMap((document) => document.contexts)),
      current: context ?? documents.map((document) => document.currentContext).find(Boolean),
    },
    where,
  );
}

function configOf({ name, cluster, userName, user, namespace }: Current, where: string): WithoutProxy {
  // Without TLS nothing that proves who one is leaves this machine, as kubectl has it.
  const plain = /^http:/.test(String(cluster.server));
  const checked = checkUser(user, where);
  if (!plain) checkAsked(user, where);
  const { exec, 'auth-provider': provider, ...known } = plain ? ({} as Record<string, unknown>) : checked;
  // A program or a provider is asked only when nothing else says who one is.
  const isSaid = known.token || known.tokenFile || known.username;
  const plugin = isSaid ? undefined : (exec as ExecConfig | null);
  const asOther = impersonation(user);
  if ('wrong' in asOther) throw invalid(where, `user with ${asOther.wrong}`);
  const config = newKubeConfig();
  config.loadFromString(
    JSON.stringify({
      clusters: [{ name, cluster: plain ? { ...cluster, 'insecure-skip-tls-verify': true } : cluster }],
      users: [
        {
          name: userName,
          user: forClientNode(isSaid || !provider ? known : { ...known, 'auth-provider': provider }),
        },
      ],
      contexts: [{ name, context: { cluster: name, user: userName, namespace } }],
      'current-context': name,
    }),
  );
  return { config, impersonation: asOther, plugin: plugin ?? undefined };
}

interface ConfigDocument {
  readonly clusters: Named[];
  readonly users: Named[];
  readonly contexts: Named[];
  readonly currentContext: string | undefined;
}

/**
 * Undefined where nothing is written.
 *
 * @param folder what its paths are relative to; undefined where they are not to be followed
 */
function documentOf(text: string, path: string, folder: string | undefined): ConfigDocument | undefined {
  const root = printedJson(text) ?? rootOf(text, path);
  if (root === null || root === undefined) return undefined;
  if (typeof root !== 'object' || Array.isArray(root)) throw invalid(path, 'no mapping');
  const fields = root as Record<string, unknown>;
  const mend = (body: Record<string, unknown>) => (folder === undefined ? body : absolute(folder, body));
  return {
    clusters: entries(path, fields, 'clusters', 'cluster', mend),
    users: entries(path, fields, 'users', 'user', mend),
    contexts: entries(path, fields, 'contexts', 'context', (body) => body),
    currentContext: typeof fields['current-context'] === 'string' ? fields['current-context'] : undefined,
  };
}

function rootOf(text: string, path: string): unknown {
  const document = parseDocument(text, { logLevel: 'silent' });
  const broken = document.errors[0];
  if (broken) {
    // The parser's message quotes the lines around the fault, and the lines of a kubeconfig are secrets.
    const line = broken.linePos?.[0].line;
    throw invalid(path, `YAML that does not parse (${broken.code}${line ? `, line ${line}` : ''})`);
  }
  try {
    // A few lines whose aliases name each other can stand for gigabytes.
    return document.toJS();
  } catch {
    throw invalid(path, 'YAML whose aliases cannot be followed, or stand for too much');
  }
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
  const names = new Set<string>();
  return found.map((entry, index) => {
    if (typeof entry?.name !== 'string' || entry.name === '')
      throw invalid(path, `${list}[${index}] without a name`);
    if (names.has(entry.name)) throw invalid(path, `two ${list} named "${entry.name}"`);
    names.add(entry.name);
    const body = entry[bodyKey] ?? {};
    if (typeof body !== 'object' || Array.isArray(body)) {
      throw invalid(path, `${list}[${index}].${bodyKey} that is no mapping`);
    }
    return { name: entry.name, [bodyKey]: mend(body) };
  });
}

/** Fields that name a file, each with the field that says the same in place and goes first. */
const pathFields: ReadonlyArray<readonly [file: string, data: string | undefined]> = [
  ['certificate-authority', 'certificate-authority-data'],
  ['client-certificate', 'client-certificate-data'],
  ['client-key', 'client-key-data'],
  ['tokenFile', undefined],
];

/** Paths are relative to the file they are in; so is a program that is named with a path, and not by its name alone. */
function absolute(folder: string, body: Record<string, unknown>): Record<string, unknown> {
  const result = { ...body };
  for (const [field, data] of pathFields) {
    const value = result[field];
    if (data && result[data]) delete result[field];
    else if (typeof value === 'string' && value !== '') result[field] = resolve(folder, value);
  }
  const exec = result.exec as Record<string, unknown> | null | undefined;
  if (typeof exec?.command === 'string' && exec.command.includes(sep)) {
    result.exec = { ...exec, command: resolve(folder, exec.command) };
  }
  return result;
}

/**
 * A user as client-node takes it. It reads `tokenFile` once, at load; we read the file again while it rotates, and keep
 * the token beside it for when the file cannot be read.
 */
function forClientNode(user: Record<string, unknown>): Record<string, unknown> {
  const { tokenFile, token, ...rest } = user;
  const password = rest.username ? { password: rest.password ?? '' } : {};
  if (typeof tokenFile !== 'string' || tokenFile === '') return { ...user, ...password };
  return { ...rest, ...password, 'auth-provider': { name: 'ours', config: { readAgain: tokenFile, token } } };
}

function firstOfEachName(all: readonly Named[]): Named[] {
  const byName = new Map<string, Named>();
  for (const entry of all) if (!byName.has(entry.name)) byName.set(entry.name, entry);
  return [...byName.values()];
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
