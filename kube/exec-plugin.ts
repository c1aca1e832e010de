import { spawn } from 'node:child_process';
import { KubeError } from './errors';
import type { KubeCluster, KubeUser } from './kube-config';
import { onAbort, startTimer } from './timer';

/** What a kubeconfig says of the program that gives credentials. */
export interface ExecConfig {
  readonly apiVersion?: string;
  readonly command?: string;
  readonly args?: readonly string[] | null;
  readonly env?: ReadonlyArray<{ readonly name: string; readonly value: string }> | null;
  readonly installHint?: string;
  readonly provideClusterInfo?: boolean;
  readonly interactiveMode?: string;
}

/** What the program gave. */
export interface PluginCredential {
  readonly token: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  /** In milliseconds since 1970; undefined for as long as the server takes it. */
  readonly expiresAt: number | undefined;
}

/** A program that may ask somebody for a password is given up after this long. */
const longestRunMs = 120_000;
/** A token or a certificate with its key is some kilobytes. */
const maxOutputBytes = 1 << 20;

/** The plug-in of a user, which client-node also finds in the auth provider of older files. */
export function execOf(user: KubeUser | null): ExecConfig | undefined {
  const provider = (user?.authProvider ?? {}) as { readonly config?: { readonly exec?: ExecConfig } };
  return (user?.exec ?? provider.config?.exec ?? undefined) as ExecConfig | undefined;
}

/** Runs the program once, told what kubectl tells it, and reads what it prints. It is ended by `closing`. */
export async function runPlugin(
  exec: ExecConfig,
  cluster: KubeCluster | null,
  closing?: AbortSignal,
): Promise<PluginCredential> {
  const { command, apiVersion = '' } = exec;
  if (!command) throw new Error('no command');
  if (!/^client\.authentication\.k8s\.io\/v1(beta1)?$/.test(apiVersion)) {
    throw new Error(`apiVersion ${JSON.stringify(apiVersion)}, which no plug-in of today speaks`);
  }
  if (exec.interactiveMode === 'Always')
    throw new Error('a program that wants a terminal, which is not there');
  const info = {
    apiVersion,
    kind: 'ExecCredential',
    spec: { interactive: false, ...(exec.provideClusterInfo ? { cluster: clusterInfo(cluster) } : {}) },
  };
  const env = { ...process.env, KUBERNETES_EXEC_INFO: JSON.stringify(info) };
  for (const { name, value } of exec.env ?? []) Object.assign(env, { [name]: value });
  return parseCredential(await outputOf(exec, command, env, closing), apiVersion);
}

function clusterInfo(cluster: KubeCluster | null): object {
  return {
    server: cluster?.server,
    'tls-server-name': cluster?.tlsServerName,
    'insecure-skip-tls-verify': cluster?.skipTLSVerify || undefined,
    'certificate-authority-data': cluster?.caData,
    'proxy-url': cluster?.proxyUrl,
  };
}

function outputOf(
  exec: ExecConfig,
  command: string,
  env: NodeJS.ProcessEnv,
  closing: AbortSignal | undefined,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const program = spawn(command, [...(exec.args ?? [])], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const texts = { stdout: '', stderr: '' };
    const end = (error: Error) => {
      program.kill('SIGKILL');
      // What it has started may hold its output open.
      for (const output of [program.stdout, program.stderr]) output.destroy();
      stop();
      reject(error);
    };
    const stopTimer = startTimer(longestRunMs, () => end(new Error(`no answer within ${longestRunMs} ms`)));
    let forget = () => {};
    const stop = () => {
      stopTimer();
      forget();
    };
    if (closing) forget = onAbort(closing, () => end(new Error('a close() of the connection')));
    for (const name of ['stdout', 'stderr'] as const) {
      program[name].setEncoding('utf8').on('data', (text: string) => {
        texts[name] += text;
        if (texts[name].length > maxOutputBytes)
          end(new Error(`more than ${maxOutputBytes} bytes of output`));
      });
    }
    program.once('error', (error: NodeJS.ErrnoException) => {
      stop();
      const hint = exec.installHint ? `; ${exec.installHint}` : '';
      reject(error.code === 'ENOENT' ? new Error(`no program ${JSON.stringify(command)}${hint}`) : error);
    });
    program.once('close', (code, signal) => {
      stop();
      if (code === 0) resolve(texts.stdout);
      else reject(new Error(`${signal ?? `exit code ${code}`}: ${texts.stderr.trim() || 'no words'}`));
    });
  });
}

function parseCredential(text: string, apiVersion: string): PluginCredential {
  // What does not parse may be a credential: a SyntaxError quotes it, so it is told without its text.
  const answer = JSON.parse(text) as {
    readonly apiVersion?: unknown;
    readonly kind?: unknown;
    readonly status?: Readonly<Record<string, unknown>> | null;
  } | null;
  if (answer?.kind !== 'ExecCredential') throw new Error('output that is no ExecCredential');
  if (answer.apiVersion !== apiVersion)
    throw new Error(`an ExecCredential of another version than ${apiVersion}`);
  const status = answer.status ?? {};
  const text64 = (name: string) =>
    typeof status[name] === 'string' && status[name] ? status[name] : undefined;
  const [token, cert, key] = ['token', 'clientCertificateData', 'clientKeyData'].map(text64);
  if (!token && !cert && !key) throw new Error('an ExecCredential without a token and without a certificate');
  if (Boolean(cert) !== Boolean(key))
    throw new Error('a client certificate and a key of which one is missing');
  const expiresAt = text64('expirationTimestamp')
    ? Date.parse(String(status.expirationTimestamp))
    : undefined;
  if (Number.isNaN(expiresAt)) throw new Error('an expirationTimestamp that is no time');
  return { token, cert, key, expiresAt };
}

/** The program that a kubeconfig names is not run unless the caller allowed it. */
export function pluginNotAllowed(user: KubeUser, command: string | undefined): KubeError {
  return new KubeError('EXEC_PLUGIN_NOT_ALLOWED', {
    where: `kubeconfig user "${user.name}"`,
    found: `credentials from running ${command ? JSON.stringify(command) : 'a program'}`,
    expected: 'a token, a token file or a client certificate',
    remedy: 'pass `allowExecPlugin: true` if you trust this kubeconfig to run programs here',
  });
}
