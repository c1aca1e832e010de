/// <reference lib="es2018.asynciterable" preserve="true" />

import { checkMs } from '../amounts';
import { ApiError } from '../api-error';
import { checkObject, checkTexts } from '../arguments';
import { backoffMs } from '../backoff';
import type { Connection } from '../connection';
import { KubeError, type KubeErrorCode } from '../errors';
import { type KubeEvent, report } from '../hooks';
import { limitOf } from '../limit';
import { listPages, type Selection } from '../list';
import { asAsked, metadataHeaders } from '../metadata-only';
import { open } from '../request';
import { collectionPath, type KubeObject, type Resource, type Stored } from '../resource';
import { onAbort, pause } from '../timer';
import { abortedError, transportError } from '../transport-error';
import { Channel } from './channel';
import { parseEvent, type WatchEvent } from './event';
import {
  endedTooEarly,
  hasNoInitialEvents,
  InitialEvents,
  initialEventsQuery,
  type WholeState,
} from './initial-events';
import { type Change, KnownObjects } from './known-objects';
import { lines } from './lines';

export interface WatchOptions extends Selection {
  /** Only the object of this name. */
  readonly name?: string;
  /**
   * Begins with the events of all that exists, where the server has them (`sendInitialEvents`), and with a list where it
   * has not: one call instead of two, and no page of a list is held in memory.
   * @default false
   */
  readonly initialEvents?: boolean;
  /**
   * What is kept of each object, so that a state takes less memory; name, namespace, UID and resourceVersion must stay.
   * Must not throw. @default - all of it
   */
  readonly keep?: (object: Stored<KubeObject>) => Stored<KubeObject>;
  readonly signal?: AbortSignal;
  readonly timing?: Partial<WatchTiming>;
}

export interface WatchTiming {
  /** Silence longer than this is a dead connection. Servers send a bookmark about every minute. @default 100000 */
  readonly stallMs: number;
  /** The first wait after a failure; it doubles. @default 200 */
  readonly firstBackoffMs: number;
  /** The longest wait after a failure. @default 30000 */
  readonly longestBackoffMs: number;
}

/** A server may ask for more patience than a failure deserves, but not for so much that a dead watch is not noticed. */
const longestAskedMs = 300_000;
const usualTiming: WatchTiming = { stallMs: 100_000, firstBackoffMs: 200, longestBackoffMs: 30_000 };
/** A watch that fails this often at one version may never get past it, so then the state is listed anew. */
const failuresUntilRelist = 5;
const queuedChanges = 256;

export interface WatchStatus {
  readonly phase: 'listing' | 'watching' | 'waiting' | 'ended';
  /** When the server was last heard, in milliseconds since 1970; 0 for never. A bookmark counts. */
  readonly lastHeardAt: number;
  /** Failures since the server was last heard. */
  readonly failures: number;
  readonly lastError: KubeError | undefined;
}

/** A sequence of changes; `for await` works where the language level has it. */
export interface Watch<Kind extends KubeObject> extends AsyncIterable<Change<Kind>> {
  /** The next change. Rejects once when the watch cannot ever work; done after close(). */
  next(): Promise<IteratorResult<Change<Kind>, undefined>>;
  status(): WatchStatus;
  close(): void;
}

/**
 * Tells every object that is selected and then every change, for as long as the caller reads. Lost connections,
 * forgotten versions and restarted servers are survived without end, by going on where it was or by listing anew and
 * telling the difference; only an error that comes before the first success and that waiting does not mend (no
 * permission, no such kind, no trust) ends it.
 *
 * Between two changes of one object others can have been skipped; the last one is never skipped.
 */
export function watch<Kind extends KubeObject>(
  connection: Connection,
  of: Resource<Kind>,
  options: WatchOptions = {},
): Watch<Kind> {
  checkObject(`watch of ${of.kind}`, 'options', options);
  const { name, labelSelector, fieldSelector: fields } = options;
  checkTexts(`watch of ${of.kind}`, { name, labelSelector, fieldSelector: fields });
  const channel = new Channel<Change<Kind>>(queuedChanges);
  const ending = new AbortController();
  const path = collectionPath(connection, of, options.namespace);
  const status = { phase: 'listing', lastHeardAt: 0, failures: 0, lastError: undefined } as {
    -readonly [Field in keyof WatchStatus]: WatchStatus[Field];
  };
  checkMs(`WATCH ${path}`, { ...options.timing });
  const ends: Array<() => void> = [];
  const finish = (error: KubeError | undefined) => {
    for (const forget of ends.splice(0)) forget();
    status.phase = 'ended';
    if (error) channel.fail(error);
    else channel.close();
    ending.abort();
  };
  const handle: Watch<Kind> = {
    next: () => channel.next(),
    status: () => ({ ...status }),
    close: () => finish(undefined),
    [Symbol.asyncIterator]: () => ({
      next: () => channel.next(),
      return: () => {
        finish(undefined);
        return Promise.resolve({ value: undefined, done: true as const });
      },
    }),
  };
  const { signal } = options;
  if (signal) ends.push(onAbort(signal, () => finish(abortedError(`WATCH ${path}`, signal, true))));
  ends.push(onAbort(connection.closing, () => finish(undefined)));
  if (!ending.signal.aborted) {
    follow({ connection, of, options, path, channel, signal: ending.signal, status }).then(
      (error) => finish(error),
      (error) => finish(transportError(`WATCH ${path}`, error, true)),
    );
  }
  return handle;
}

interface Run<Kind extends KubeObject> {
  readonly connection: Connection;
  readonly of: Resource<Kind>;
  readonly options: WatchOptions;
  readonly path: string;
  readonly channel: Channel<Change<Kind>>;
  readonly signal: AbortSignal;
  readonly status: { -readonly [Field in keyof WatchStatus]: WatchStatus[Field] };
}

/** Lists, watches, and starts again; resolves with the error that no repetition mends, or when it was closed. */
async function follow<Kind extends KubeObject>(run: Run<Kind>): Promise<KubeError | undefined> {
  const { signal, status } = run;
  const timing = { ...usualTiming, ...run.options.timing };
  const known = new KnownObjects<Kind>();
  const progress: Progress = {
    listed: false,
    synced: false,
    watched: false,
    openedAt: Infinity,
    expiredLists: 0,
    initialEvents: run.options.initialEvents ? 'next' : 'never',
  };
  while (!signal.aborted) {
    try {
      if (!progress.listed && progress.initialEvents !== 'next') {
        await relist(run, known, progress, timing.stallMs);
      }
      await watchOnce(run, known, progress, timing.stallMs);
      tell(run, 'ended');
    } catch (error) {
      if (signal.aborted) return undefined;
      if (wasRefusedBeginning(progress, error)) continue;
      const failure = noted(run, progress, error, timing);
      if (!progress.watched && isPermanent(failure)) return failure;
      status.phase = 'waiting';
      await pause(waitAfter(failure, status.failures, timing), signal);
    }
  }
  return undefined;
}

/** Whether the server has no initial events, which is no failure. Another failure of theirs may be their own: then a list is next. */
function wasRefusedBeginning(progress: Progress, error: unknown): boolean {
  if (progress.listed || progress.initialEvents !== 'next') return false;
  progress.initialEvents = hasNoInitialEvents(error) ? 'never' : 'after a list';
  return progress.initialEvents === 'never';
}

function noted<Kind extends KubeObject>(
  run: Run<Kind>,
  progress: Progress,
  error: unknown,
  timing: WatchTiming,
): KubeError {
  const { status } = run;
  const failure = transportError(`WATCH ${run.path}`, error, true);
  // A connection that lived for a while failed for a new reason, whatever ended the ones before it.
  if (Date.now() - progress.openedAt > timing.longestBackoffMs) status.failures = 0;
  status.lastError = failure;
  status.failures += 1;
  tell(run, 'lost', failure.code);
  if (isForgotten(failure) || status.failures % failuresUntilRelist === 0) progress.listed = false;
  return failure;
}

function waitAfter(failure: KubeError, failures: number, timing: WatchTiming): number {
  const asked = failure instanceof ApiError ? failure.retryAfterMs : undefined;
  if (asked !== undefined) return Math.min(asked, longestAskedMs);
  return backoffMs(failures, timing.firstBackoffMs, timing.longestBackoffMs);
}

interface Progress {
  /** The state that is known is one of the server's, so a watch can go on from it. */
  listed: boolean;
  synced: boolean;
  watched: boolean;
  /** When the last watch was opened. */
  openedAt: number;
  /** How often a list expired before its last page was read. */
  expiredLists: number;
  /** Whether the next state is asked for by initial events. After one that failed a list comes first: it may be the cause. */
  initialEvents: 'next' | 'after a list' | 'never';
}

async function relist<Kind extends KubeObject>(
  run: Run<Kind>,
  known: KnownObjects<Kind>,
  progress: Progress,
  stallMs: number,
): Promise<void> {
  const { status, options, signal } = run;
  const { deadlineMs } = run.connection;
  status.phase = 'listing';
  const { namespace, labelSelector } = options;
  const items: Stored<Kind>[] = [];
  const selected = {
    namespace,
    labelSelector,
    fieldSelector: fieldSelector(options),
    // Pages that expire before the last one is read never end, so then all of it is asked for at once.
    pageSize: progress.expiredLists > 2 ? 0 : undefined,
    signal,
    deadlineMs: Math.min(stallMs, deadlineMs),
  };
  const version = await listPages(run.connection, run.of, selected, (object) => {
    items.push(known.same(keptOf(run, object)));
  }).catch((error: unknown) => {
    if (error instanceof KubeError && error.code === 'GONE') progress.expiredLists += 1;
    throw error;
  });
  progress.expiredLists = 0;
  if (progress.initialEvents === 'after a list') progress.initialEvents = 'next';
  status.lastHeardAt = Date.now();
  await tellState(run, known, progress, { items, version });
}

/** Tells the difference between what was told before and a state of the server; a watch goes on from there. */
async function tellState<Kind extends KubeObject>(
  run: Run<Kind>,
  known: KnownObjects<Kind>,
  progress: Progress,
  { items, version }: WholeState<Kind>,
): Promise<void> {
  tell(run, 'listed');
  for (const change of known.listed(items, version)) await run.channel.push(change);
  if (!progress.synced) await run.channel.push({ type: 'synced' });
  progress.listed = true;
  progress.synced = true;
}

function keptOf<Kind extends KubeObject>({ of, options }: Run<Kind>, object: Stored<Kind>): Stored<Kind> {
  const asked = asAsked(of, object);
  return options.keep ? (options.keep(asked) as Stored<Kind>) : asked;
}

/** One connection, from opening it to its regular end. */
async function watchOnce<Kind extends KubeObject>(
  run: Run<Kind>,
  known: KnownObjects<Kind>,
  progress: Progress,
  stallMs: number,
): Promise<void> {
  const { connection, of, options, path, status } = run;
  const where = `WATCH ${path}`;
  const initial = progress.listed ? undefined : new InitialEvents(known);
  const opening = limitOf(connection, run.signal, Math.min(stallMs, connection.deadlineMs), where);
  try {
    const response = await open(
      connection,
      {
        method: 'GET',
        path,
        resource: of.plural,
        query: {
          watch: true,
          ...(initial ? initialEventsQuery : { resourceVersion: known.version }),
          allowWatchBookmarks: true,
          labelSelector: options.labelSelector,
          fieldSelector: fieldSelector(options),
          // Spread, so that many watches do not come back at the same moment.
          timeoutSeconds: 240 + Math.floor(Math.random() * 60),
        },
        ...metadataHeaders(of, 'PartialObjectMetadata'),
        idempotent: true,
      },
      opening,
      'streams',
    );
    opening.clear();
    const forget = onAbort(run.signal, () => response.destroy());
    progress.watched = true;
    progress.openedAt = Date.now();
    status.phase = 'watching';
    tell(run, 'watching');
    let events = 0;
    try {
      for await (const line of lines(response, where, stallMs)) {
        const event = keptIn(run, parseEvent<Kind>(line, where));
        events += 1;
        status.lastHeardAt = Date.now();
        if (!initial || progress.listed) {
          status.failures = 0;
          for (const change of known.heard(event)) await run.channel.push(change);
          continue;
        }
        const state = initial.heard(event, where);
        if (!state) continue;
        status.failures = 0;
        await tellState(run, known, progress, state);
      }
    } finally {
      forget();
    }
    if (!progress.listed) throw endedTooEarly(where);
    if (events === 0 && Date.now() - progress.openedAt < 1000) throw endedAtOnce(where);
  } finally {
    opening.clear();
  }
}

function keptIn<Kind extends KubeObject>(run: Run<Kind>, event: WatchEvent<Kind>): WatchEvent<Kind> {
  return event.type === 'BOOKMARK' ? event : { ...event, object: keptOf(run, event.object) };
}

/** A server or proxy that ends every watch at once would otherwise be asked without a pause. */
function endedAtOnce(where: string): KubeError {
  return new KubeError('CONNECTION_LOST', {
    where,
    found: 'an end without an event, at once',
    expected: 'a watch that lasts',
    remedy: 'nothing: it is opened again after a pause',
  });
}

function fieldSelector(options: WatchOptions): string | undefined {
  const name = options.name === undefined ? undefined : `metadata.name=${options.name}`;
  return [name, options.fieldSelector].filter(Boolean).join(',') || undefined;
}

function tell<Kind extends KubeObject>(
  run: Run<Kind>,
  what: (KubeEvent & { type: 'watch' })['what'],
  error?: KubeErrorCode,
): void {
  report(run.connection.hooks, { type: 'watch', resource: run.of.plural, path: run.path, what, error });
}

/** The server no longer has this version, or, restored from a backup, does not have it yet. */
function isForgotten(error: KubeError): boolean {
  if (!(error instanceof ApiError)) return false;
  return (
    error.code === 'GONE' ||
    error.causes.some((cause) => cause.reason === 'ResourceVersionTooLarge') ||
    /too large resource version/i.test(error.found)
  );
}

/** Whether no repetition mends it. Of the refusals of a server that have no code of their own, those that are about the request. */
function isPermanent(error: KubeError): boolean {
  if (permanent.has(error.code)) return true;
  if (error.code !== 'API_ERROR' || !(error instanceof ApiError)) return false;
  const { statusCode } = error;
  return statusCode >= 400 && statusCode < 500 && !PASSING.includes(statusCode);
}

/** "Too late" and "too early". */
const PASSING: readonly number[] = [408, 425];

const permanent: ReadonlySet<KubeErrorCode> = new Set([
  'BAD_REQUEST',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND',
  'INVALID',
  'EXEC_PLUGIN_NOT_ALLOWED',
  'CREDENTIALS_FAILED',
  'CERTIFICATE_EXPIRED',
  'CERTIFICATE_UNTRUSTED',
  'ARGUMENT_INVALID',
]);
