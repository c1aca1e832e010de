import { setTimeout as pause } from 'node:timers/promises';

export interface Reach {
  /** How long a try that may be repeated waits for the beginning of an answer. @default 3000 */
  readonly patienceMs?: number;
  /** How long it waits before the next try. @default - 100 ms, then 500 ms */
  readonly pausesMs?: readonly number[];
}

/** The connection was never there: the program at the other end has seen nothing. */
const unsent = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/**
 * Asks another program of ours, through its Service. While its pods are replaced a connection may lead to one that has just
 * ended, so what can be asked twice without harm is: all that was never sent, and what only reads.
 */
export async function reach(url: string, given: RequestInit, options: Reach = {}): Promise<Response> {
  const { patienceMs = 3000, pausesMs = [100, 500] } = options;
  const init = { ...given, headers: onItsOwnConnection(given.headers) };
  const onlyReads = init.method === undefined || init.method === 'GET' || init.method === 'HEAD';
  for (const pauseMs of pausesMs) {
    try {
      return await (onlyReads ? answerWithin(patienceMs, url, init) : fetch(url, init));
    } catch (error) {
      if (init.signal?.aborted || !(onlyReads || wasUnsent(error))) throw error;
      await pause(pauseMs, undefined, init.signal ? { signal: init.signal } : {});
    }
  }
  return fetch(url, init);
}

/**
 * One that was kept may have been closed by the other end, and a busy program hears of it when it has sent the next request
 * there: nobody can tell whether that was read, so what changes something would be lost.
 */
function onItsOwnConnection(given: RequestInit['headers']): Headers {
  const headers = new Headers(given);
  headers.set('connection', 'close');
  return headers;
}

/** The patience ends with the beginning of an answer: its body may take as long as it takes. */
async function answerWithin(ms: number, url: string, init: RequestInit): Promise<Response> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new Error(`no answer within ${ms} ms`)), ms);
  try {
    const signals = init.signal ? [init.signal, late.signal] : [late.signal];
    return await fetch(url, { ...init, signal: AbortSignal.any(signals) });
  } finally {
    clearTimeout(timer);
  }
}

function wasUnsent(error: unknown): boolean {
  const cause = (error as { cause?: { code?: string; errors?: readonly { code?: string }[] } }).cause;
  const codes = [cause?.code, ...(cause?.errors ?? []).map(({ code }) => code)];
  return codes.some((code) => code !== undefined && unsent.has(code));
}
