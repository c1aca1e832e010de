import type { ServerResponse } from 'node:http';
import type { Metrics } from './metrics';
import { answer, type SmallServer, type SmallServerOptions, startSmallServer } from './small-server';

export interface HealthServerOptions extends Pick<SmallServerOptions, 'port' | 'host'> {
  readonly metrics: Metrics;
  /** What is wrong with the process, so that a new one would be better; undefined for nothing. */
  readonly isSick: () => string | undefined;
  /** What it still waits for before it can work; undefined for nothing. */
  readonly isWaiting: () => string | undefined;
}

/** Answers `/healthz`, `/readyz` and `/metrics`, and 404 to all else. Nothing it tells is secret, and it takes nothing. */
export function startHealthServer({
  metrics,
  isSick,
  isWaiting,
  ...where
}: HealthServerOptions): Promise<SmallServer> {
  return startSmallServer(where, (request, response) => {
    request.resume();
    const path = (request.url ?? '').split('?')[0];
    if (request.method !== 'GET' && request.method !== 'HEAD') answer(response, 405, 'GET only');
    else if (path === '/healthz') answerHealth(response, isSick());
    else if (path === '/readyz') answerHealth(response, isSick() ?? isWaiting());
    else if (path === '/metrics')
      answer(response, 200, metrics.text(), 'text/plain; version=0.0.4; charset=utf-8');
    else answer(response, 404, 'there are /healthz, /readyz and /metrics');
  });
}

function answerHealth(response: ServerResponse, problem: string | undefined): void {
  answer(response, problem === undefined ? 200 : 503, problem ?? 'ok');
}
