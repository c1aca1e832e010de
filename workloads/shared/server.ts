import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type HttpBindings, serve } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { routePath } from 'hono/route';
import { readinessOf } from './health';
import type { Log } from './log';
import { Metrics } from './metrics';
import { notFound, Problem } from './problem';
import { type Env, requestIdOf } from './requests';

/** What makes an HTTP server of ours one program and not another. */
export interface Service {
  readonly name: string;
  readonly port: number;
  /** The one address that it listens on. @default - all of its machine */
  readonly host?: string;
  readonly log: Log;
  /** More bytes than these in a body are answered with 413, and not read. */
  readonly bodyLimit: number;
  /** What has to be so before requests are sent here, by name; each throws a sentence that says why it is not. */
  readonly readiness: Readonly<Record<string, () => Promise<void>>>;
  readonly routes: (app: Hono<Env>, metrics: Metrics) => void;
  /** How long a server that is to end still takes connections, for those who have not heard of it. @default 1000 */
  readonly lingerMs?: number;
  /** How long requests that are under way then have. Below what the chart's grace period leaves. @default 15000 */
  readonly graceMs?: number;
}

export interface RunningService {
  readonly url: string;
  /** Ends it: unready at once, then no new connections, then no requests. Returns when the last one has its answer. */
  close(): Promise<void>;
}

/** Paths that are asked every few seconds, and tell nothing in a log. */
const quiet = new Set(['/health', '/ready', '/metrics']);

/** Starts a program's server: its routes, and around them what all programs have. */
export async function startService(service: Service): Promise<RunningService> {
  const { name, port, host, log, lingerMs = 1000, graceMs = 15_000 } = service;
  const state = { isEnding: false };
  const app = appOf(service, state);
  // Without a host name Node listens on IPv6 and IPv4, and on IPv4 alone where the node has no IPv6.
  const server = serve({ fetch: app.fetch, port, hostname: host }) as Server;
  // A client that sends a byte a second holds a connection, and no more than that.
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  await new Promise<void>((resolve, reject) => server.once('listening', resolve).once('error', reject));
  const bound = (server.address() as AddressInfo).port;
  log.info('listening', { port: bound });
  let ending: Promise<void> | undefined;
  return {
    url: `http://127.0.0.1:${bound}`,
    close: () => {
      ending ??= end(server, state, lingerMs, graceMs).then(() => log.info('ended', { service: name }));
      return ending;
    },
  };
}

async function end(server: Server, state: { isEnding: boolean }, lingerMs: number, graceMs: number) {
  state.isEnding = true;
  await new Promise((resolve) => setTimeout(resolve, lingerMs));
  const closed = new Promise((resolve) => server.close(resolve));
  const impatience = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(impatience);
}

function appOf(service: Service, state: { readonly isEnding: boolean }): Hono<Env> {
  const { log, readiness, routes } = service;
  const metrics = new Metrics(service.name);
  const app = new Hono<Env>();

  app.use(async (c, next) => {
    const started = performance.now();
    const requestId = requestIdOf(c);
    c.set('requestId', requestId);
    c.set('log', log.with({ requestId }));
    await next();
    c.header('x-request-id', requestId);
    c.header('x-content-type-options', 'nosniff');
    if (!c.res.headers.has('cache-control')) c.header('cache-control', 'no-store');
    // Those who keep a connection open learn that it has no future before it is closed: when the server ends, and when
    // there is a body in it that nothing will read.
    if (state.isEnding || hasUnreadBody(c)) c.header('connection', 'close');
    report(c, metrics, performance.now() - started);
  });
  app.use(
    bodyLimit({
      maxSize: service.bodyLimit,
      onError: () => {
        throw new Problem(413, 'too_large', `The body is larger than ${service.bodyLimit} bytes.`);
      },
    }),
  );

  app.get('/health', (c) => c.json({ healthy: true }));
  app.get('/ready', async (c) => {
    const { ready, checks } = await readinessOf(readiness, state.isEnding);
    return c.json({ ready, checks }, ready ? 200 : 503);
  });
  app.get('/metrics', async (c) => {
    return c.body(await metrics.registry.metrics(), 200, { 'content-type': metrics.registry.contentType });
  });
  routes(app, metrics);
  refuseOtherMethods(app);

  app.notFound(() => {
    throw notFound('such path');
  });
  app.onError((error, c) => {
    if (error instanceof Problem) {
      return c.json(error.body(), error.status, error.more.headers);
    }
    c.get('log').error('a request failed', { error });
    return c.json(new Problem(500, 'internal', 'Something went wrong on our side.').body(), 500);
  });
  return app;
}

function hasUnreadBody(c: Context<Env>): boolean {
  const { incoming } = c.env as unknown as HttpBindings;
  return !incoming.complete && !c.req.raw.bodyUsed;
}

/** A known path with an unknown method: 405, with those that it has. */
function refuseOtherMethods(app: Hono<Env>): void {
  const methodsOf = new Map<string, string[]>();
  for (const { path, method } of app.routes) {
    if (method !== 'ALL') methodsOf.set(path, [...(methodsOf.get(path) ?? []), method]);
  }
  for (const [path, methods] of methodsOf) {
    app.all(path, () => {
      const allow = [...new Set(methods)].join(', ');
      throw new Problem(405, 'method_not_allowed', `This path takes ${allow}.`, { headers: { allow } });
    });
  }
}

function report(c: Context<Env>, metrics: Metrics, ms: number): void {
  const { method } = c.req;
  const { status } = c.res;
  const route = status === 404 && routePath(c, -1) === '/*' ? 'none' : routePath(c, -1);
  metrics.request({ method, route, status }, ms / 1000);
  if (quiet.has(c.req.path)) return;
  c.get('log')[status >= 500 ? 'warn' : 'info']('request', { method, route, status, ms: Math.round(ms) });
}
