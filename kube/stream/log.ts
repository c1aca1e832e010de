import type { Readable } from 'node:stream';
import type { Pod } from '../../imports/k8s';
import { checkObject } from '../arguments';
import type { CallOptions, Query } from '../call';
import type { Connection } from '../connection';
import { KubeError } from '../errors';
import { requestBytes } from '../request';
import { objectPath, resource } from '../resource';
import type { LivenessTiming } from './liveness-timing';
import { StreamSocket } from './stream-socket';

export interface LogSelection {
  /** @default the connection's namespace */
  readonly namespace?: string;
  readonly pod: string;
  /** @default the pod's only or default container */
  readonly container?: string;
  /** The log of the container that ran before the last restart. @default false */
  readonly previous?: boolean;
  /** Starts each line with its time. @default false */
  readonly timestamps?: boolean;
  /** Only the last lines. @default all */
  readonly tailLines?: number;
  /** Only lines from this time on, as RFC 3339. */
  readonly sinceTime?: string;
  /** Ends the log after this many bytes. @default no limit, but readLog() refuses more than 64 MiB */
  readonly limitBytes?: number;
}

const pods = resource<Pod>('v1', 'Pod');

function logPath(connection: Connection, selection: LogSelection): string {
  checkObject('log', 'options', selection);
  const { namespace, pod: name } = selection;
  return objectPath(connection, pods, { namespace, name, subresource: 'log' });
}

function logQuery({
  container,
  previous,
  timestamps,
  tailLines,
  sinceTime,
  limitBytes,
}: LogSelection): Query {
  return { container, previous, timestamps, tailLines, sinceTime, limitBytes };
}

/** The log as it is now. */
export function readLog(
  connection: Connection,
  selection: LogSelection,
  options: CallOptions = {},
): Promise<Buffer> {
  return requestBytes(connection, {
    ...options,
    method: 'GET',
    path: logPath(connection, selection),
    resource: 'pods/log',
    query: logQuery(selection),
    idempotent: true,
  });
}

export interface FollowLogOptions extends LogSelection {
  readonly signal?: AbortSignal;
  readonly openDeadlineMs?: number;
  readonly liveness?: Partial<LivenessTiming>;
}

/**
 * `complete`: the server ended the log in good order, which it does when the container ended, and also when it lost
 * the node; the pod's status tells which. `unknown`: the connection broke, and lines may be missing.
 */
export type LogEnd = { readonly type: 'complete' } | { readonly type: 'unknown'; readonly error: KubeError };

export interface LogFollow {
  /** Fails when `ended` is unknown. A slow reader slows the connection down, not the container. */
  readonly output: Readable;
  /** Never rejects. */
  readonly ended: Promise<LogEnd>;
  close(): void;
}

/** The log as it grows. Over a WebSocket, because a plain response cannot tell a quiet container from a dead server. */
export async function followLog(connection: Connection, options: FollowLogOptions): Promise<LogFollow> {
  const path = logPath(connection, options);
  const where = `LOG ${path}`;
  const socket = await StreamSocket.open(connection, {
    where,
    path,
    resource: 'pods/log',
    query: { ...logQuery(options), follow: true },
    protocols: ['binary.k8s.io'],
    signal: options.signal,
    openDeadlineMs: options.openDeadlineMs,
    liveness: options.liveness,
    afterLoss: 'follow again with `sinceTime`, and look at the status of the pod',
  });
  const output = socket.addOutput();
  const ended = socket.closed.then(({ failure }): LogEnd => {
    output.finish(failure);
    return failure ? { type: 'unknown', error: failure } : { type: 'complete' };
  });
  socket.start((data) => output.push(data));
  return { output: output.readable, ended, close: () => socket.fail(closedByCaller(where)) };
}

function closedByCaller(where: string): KubeError {
  return new KubeError('CLOSED', {
    where,
    found: 'close()',
    expected: 'the log until its end',
    remedy: 'await `ended` before you close',
  });
}
