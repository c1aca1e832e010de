import { type AuthProvider, isKnownProvider } from './auth-provider';
import { KubeError } from './errors';

/** An entry of one of the three lists of a kubeconfig. */
export interface Named {
  readonly name: string;
  readonly [key: string]: unknown;
}

interface Merged {
  readonly clusters: readonly Named[];
  readonly users: readonly Named[];
  readonly contexts: readonly Named[];
  readonly current: string | undefined;
}

export type Body = Readonly<Record<string, unknown>>;

/** What the current context names. */
export interface Current {
  readonly name: string;
  readonly cluster: Body;
  readonly userName: string;
  readonly user: Body;
  readonly namespace: unknown;
}

/** An address that can be called. */
export function isServer(given: unknown): given is string {
  return typeof given === 'string' && /^https?:\/\/./.test(given) && URL.canParse(given);
}

/** Without a password that somebody has put into it. */
export function serverShown(given: unknown): string {
  return String(JSON.stringify(typeof given === 'string' ? given.replace(/\/\/.*@/s, '//...@') : given));
}

/** What the current context names, checked as kubectl checks it. A context without a user calls without credentials. */
export function checkReferences({ clusters, users, contexts, current }: Merged, where: string): Current {
  if (!current) throw invalid(where, 'no current-context', 'set current-context, or pass `context`');
  const context = bodyOf(contexts, current, 'context');
  if (!context) throw invalid(where, `no context "${current}" among: ${names(contexts)}`);
  const cluster = bodyOf(clusters, context.cluster, 'cluster');
  if (!cluster) throw invalid(where, `no cluster "${context.cluster}" among: ${names(clusters)}`);
  const user = context.user ? bodyOf(users, context.user, 'user') : {};
  if (!user) throw invalid(where, `no user "${context.user}" among: ${names(users)}`);
  if (!isServer(cluster.server))
    throw invalid(where, `cluster "${context.cluster}" with server ${serverShown(cluster.server)}`);
  const authority = cluster['certificate-authority'] || cluster['certificate-authority-data'];
  if (authority && cluster['insecure-skip-tls-verify']) {
    throw invalid(where, `cluster "${context.cluster}" with a certificate authority that is not to be asked`);
  }
  const userName = String(context.user || 'nobody');
  return { name: current, cluster, userName, user, namespace: context.namespace };
}

const CERTIFICATE = ['client-certificate', 'client-certificate-data'];
const KEY = ['client-key', 'client-key-data'];

/** One way to say who one is: with two, kubectl does not choose either. */
export function checkUser(user: Body, where: string): Body {
  const has = (...fields: readonly string[]) => fields.some((field) => Boolean(user[field]));
  if (has('token') && has('username', 'password'))
    throw invalid(where, 'a user with a token and a user name');
  if (has('exec') && has('auth-provider')) throw invalid(where, 'a user with a program and an auth provider');
  if (has(...CERTIFICATE) && !has(...KEY)) throw invalid(where, 'a client certificate without a key');
  if (has('exec')) checkProgram(user.exec as Body, where);
  return user;
}

const V1 = 'client.authentication.k8s.io/v1';

/** Who is asked for credentials has to be known. Where nobody is, on a way without TLS, kubectl does not look either. */
export function checkAsked(user: Body, where: string): void {
  const { exec, 'auth-provider': given } = user;
  if (KEY.some((field) => user[field]) && !CERTIFICATE.some((field) => user[field]))
    throw invalid(where, 'a client key without a certificate');
  const provider = given as AuthProvider | null | undefined;
  if (provider && !isKnownProvider(provider)) {
    throw invalid(where, `an auth provider ${JSON.stringify(provider.name)}`, 'use an exec plug-in instead');
  }
  const { apiVersion = V1 } = (exec ?? {}) as Body;
  if (apiVersion !== V1 && apiVersion !== `${V1}beta1`) throw unknownVersion(where, apiVersion);
}

function unknownVersion(where: string, apiVersion: unknown): KubeError {
  return invalid(where, `a program that speaks ${JSON.stringify(apiVersion)}`, `let it speak ${V1}`);
}

/** What kubectl wants to know of every program. */
function checkProgram({ command, apiVersion, interactiveMode }: Body, where: string): void {
  if (typeof command !== 'string' || command === '')
    throw invalid(where, 'a user with a program without `command`');
  if (typeof apiVersion !== 'string' || apiVersion === '') throw unknownVersion(where, apiVersion);
  const modes = ['Never', 'IfAvailable', 'Always', ...(apiVersion === V1 ? [] : [undefined, ''])];
  if (!modes.includes(interactiveMode as string | undefined)) {
    throw invalid(
      where,
      `a program with interactiveMode ${JSON.stringify(interactiveMode)}`,
      'set it to IfAvailable',
    );
  }
}

function bodyOf(list: readonly Named[], name: unknown, key: string): Body | undefined {
  return list.find((entry) => entry.name === name)?.[key] as Body | undefined;
}

function names(list: readonly Named[]): string {
  return list.map((entry) => entry.name).join(', ') || 'none';
}

export function invalid(path: string, found: string, remedy = 'correct the file'): KubeError {
  return new KubeError('KUBECONFIG_INVALID', {
    where: path,
    found,
    expected: 'a kubeconfig: clusters, users, contexts and a current-context that fit together',
    remedy,
  });
}
