import type { ServerResponse } from 'node:http';
import type { ConfigMap } from '../../../imports/k8s';
import { type Connection, create, type Exec, exec, findResource, get, resource } from '../../../kube';
import { loadConfig } from '../../../kube/config';
import { Connection as KubeConnection } from '../../../kube/connection';
import { newKubeConfig } from '../../../kube/kube-config';
import { makeCertificates } from '../../../kube/testing-only/certificates';
import { frame, type Session, scriptedPod } from '../../../kube/testing-only/scripted-pod';
import {
  connectTo,
  type Handler,
  type ScriptedServer,
  scriptedServer,
  sendJson,
  statusBody,
  type Tls,
} from '../../../kube/testing-only/scripted-server';
import { type Example, type Examples, on, PLANTED } from '../example';

const configMaps = resource<ConfigMap>('v1', 'ConfigMap');
const read = (connection: Connection) => get(connection, configMaps, { name: 'one' });
const object: ConfigMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one' } };

async function closing<Result>(server: ScriptedServer, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } finally {
    await server.close();
  }
}

/** A call to a server that does this. */
const call = (
  what: string,
  handler: Handler,
  run: (connection: Connection) => Promise<unknown> = read,
): Example =>
  on(what, async () => {
    const server = await scriptedServer(handler);
    return closing(server, () =>
      run(connectTo(server.url, { deadlineMs: 2_000 } as never, undefined, PLANTED)),
    );
  });

/** A server that refuses with a Status. */
const status = (what: string, code: number, reason: string, message: string): Example =>
  call(what, (_seen, response) => sendJson(response, code, statusBody(code, reason, message)));

let made: ReturnType<typeof makeCertificates> | undefined;

/** A call over TLS to a server with this certificate, by a client that trusts this authority. */
const overTls = (
  what: string,
  tlsOf: (all: Awaited<typeof made> & object) => { readonly server?: Tls; readonly ca: string },
): Example =>
  on(what, async () => {
    made ??= makeCertificates();
    const { server: tls, ca } = tlsOf(await made);
    const server = await scriptedServer((_seen, response) => sendJson(response, 200, object), tls);
    const url = server.url.replace('http:', 'https:');
    return closing(server, () =>
      read(connectTo(url, {}, { ...(tls ?? { cert: '', key: '' }), ca }, PLANTED)),
    );
  });

/** A command in a pod that does this. */
const command = (
  what: string,
  session: Session,
  run: (started: Exec) => Promise<unknown>,
  protocols?: string[],
): Example =>
  on(what, async () => {
    const server = await scriptedPod(session, protocols);
    return closing(server, async () =>
      run(await exec(server.connect(), { pod: 'one', command: ['run'], stdin: true, stdinEnd: !protocols })),
    );
  });

const ending = async ({ ended }: Exec) => {
  const end = await ended;
  return 'error' in end ? end.error : end;
};

/** A kubeconfig with this user. */
function configWith(user: object, server = 'http://127.0.0.1:1') {
  const config = newKubeConfig();
  config.loadFromString(
    JSON.stringify({
      'current-context': 'test',
      contexts: [{ name: 'test', context: { cluster: 'test', user: 'dev' } }],
      clusters: [{ name: 'test', cluster: { server } }],
      users: [{ name: 'dev', user }],
    }),
  );
  return new KubeConnection({ kubeconfig: config });
}

const ok: Handler = (_seen, response: ServerResponse) => sendJson(response, 200, object);
const endless: Handler = (_seen, response) => {
  const chunk = Buffer.alloc(1 << 20, 'x');
  const more = () => {
    while (response.writable && response.write(chunk));
    if (response.writable) response.once('drain', more);
  };
  response.writeHead(200);
  more();
};
const never: Handler = () => undefined;

/** Talking to a cluster: a server, real or scripted, that refuses, fails or lies. */
export const kubeExamples: Examples = {
  ABORTED: call('a call that its caller gives up', never, (connection) =>
    get(connection, configMaps, { name: 'one' }, { signal: AbortSignal.timeout(50) }),
  ),
  ALREADY_EXISTS: call(
    'an object that is there already',
    (_seen, response) =>
      sendJson(response, 409, statusBody(409, 'AlreadyExists', 'configmaps "one" already exists')),
    (connection) => create(connection, configMaps, object),
  ),
  API_ERROR: status('a status that Kubernetes does not use', 418, 'Teapot', 'short and stout'),
  ARGUMENT_INVALID: call('a name with a slash', ok, (connection) =>
    get(connection, configMaps, { name: 'a/b' }),
  ),
  BAD_REQUEST: status(
    'a request that the server does not understand',
    400,
    'BadRequest',
    'the fieldSelector is wrong',
  ),
  BAD_RESPONSE: call('an answer that is no JSON', (_seen, response) => sendJson(response, 200, '<html>')),
  CERTIFICATE_EXPIRED: overTls('a certificate that is over', ({ expired }) => ({
    server: expired,
    ca: expired.ca,
  })),
  CERTIFICATE_UNTRUSTED: overTls('a certificate of a stranger', ({ good, strangerCa }) => ({
    server: good,
    ca: strangerCa,
  })),
  CLOSED: call('a call on a closed connection', ok, (connection) => {
    connection.close();
    return read(connection);
  }),
  CONFLICT: status('a change of what has changed meanwhile', 409, 'Conflict', 'the object has been modified'),
  CONNECTION_LOST: call(
    'a connection that breaks before the answer',
    (_seen, response) => response.destroy(),
    (connection) => create(connection, configMaps, object),
  ),
  CREDENTIALS_FAILED: on('a token with a line break', () =>
    read(connectTo('http://127.0.0.1:1', {}, undefined, `${PLANTED}\nx`)),
  ),
  DEADLINE_EXCEEDED: call('a server that does not answer', never, (connection) =>
    get(connection, configMaps, { name: 'one' }, { deadlineMs: 50 }),
  ),
  EXEC_PLUGIN_NOT_ALLOWED: on('a kubeconfig that would run a program', () =>
    read(
      configWith({
        exec: {
          apiVersion: 'client.authentication.k8s.io/v1',
          command: 'get-token',
          interactiveMode: 'Never',
        },
      }),
    ),
  ),
  FORBIDDEN: status(
    'a call without the right to it',
    403,
    'Forbidden',
    'User "dev" cannot get resource "configmaps"',
  ),
  GONE: status('a version that the server has forgotten', 410, 'Expired', 'too old resource version'),
  INVALID: status(
    'an object that does not pass validation',
    422,
    'Invalid',
    'metadata.name: Invalid value: "One"',
  ),
  KIND_UNKNOWN: call(
    'a kind that the server does not have',
    (_seen, response) => sendJson(response, 200, { resources: [{ name: 'gadgets', kind: 'Gadget' }] }),
    (connection) => findResource(connection, 'example.com/v1', 'Widget'),
  ),
  KUBECONFIG_INVALID: on('a cluster without an address', () =>
    read(configWith({ token: PLANTED }, 'localhost:8080')),
  ),
  KUBECONFIG_MISSING: on('no kubeconfig', () => loadConfig({ env: { HOME: '/nowhere' } })),
  NOT_FOUND: status('an object that is not there', 404, 'NotFound', 'configmaps "one" not found'),
  // 64 MiB come first, and take a busy machine longer than the other examples.
  RESPONSE_TOO_LARGE: call('an answer without an end', endless, (connection) =>
    get(connection, configMaps, { name: 'one' }, { deadlineMs: 90_000 }),
  ),
  SERVER_ERROR: call(
    'a server that breaks',
    (_seen, response) => sendJson(response, 500, statusBody(500, 'InternalError', 'etcdserver: no leader')),
    (connection) => create(connection, configMaps, object),
  ),
  STDIN_END_UNSUPPORTED: command(
    'the end of the input of a command, on an old server',
    () => undefined,
    (started) => {
      const broken = new Promise((resolve) => started.stdin?.once('error', resolve));
      started.stdin?.end();
      return broken;
    },
    ['v4.channel.k8s.io'],
  ),
  STREAM_PROTOCOL: command(
    'a status that says nothing',
    (socket) => socket.send(frame(3, '{}'), () => socket.close(1000)),
    ending,
  ),
  TLS_FAILED: overTls('https to a port that speaks no TLS', ({ good }) => ({ ca: good.ca })),
  TOO_MANY_REQUESTS: status('a busy server', 429, 'TooManyRequests', 'too many requests'),
  UNAUTHENTICATED: status('a token that the server does not know', 401, 'Unauthorized', 'Unauthorized'),
  UNREACHABLE: on('a server that is not there', () =>
    read(connectTo('http://127.0.0.1:1', {}, undefined, PLANTED)),
  ),
};
