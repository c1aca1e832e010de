import { createHash } from 'node:crypto';
import {
  type Clock,
  type Connection,
  create,
  type KubeObject,
  microTime,
  patch,
  realClock,
  resource,
  type Stored,
} from '../../kube';

/** What people read with `kubectl describe` and `kubectl events`. */
export interface Told {
  /** @default 'Normal' */
  readonly type?: 'Normal' | 'Warning';
  /** One word in CamelCase. */
  readonly reason: string;
  /** What was done or tried, in one word. @default 'Reconcile' */
  readonly action?: string;
  readonly note: string;
}

interface Event extends KubeObject {
  readonly eventTime: string;
  readonly reportingController: string;
  readonly reportingInstance: string;
  readonly action: string;
  readonly reason: string;
  readonly type: string;
  readonly note: string;
  readonly regarding: object;
  readonly series?: { readonly count: number; readonly lastObservedTime: string };
}

const events = resource<Event>('events.k8s.io/v1', 'Event', { plural: 'events', namespaced: true });

/** The same said again within this time is counted, and not told anew. */
const SERIES_MS = 6 * 60_000;
/** A count is written at most this often. */
const COUNT_EVERY_MS = 30_000;
/** As many different events an object has at once; after that one more every five minutes, as kubelet and others do. */
const BURST = 25;
const REFILL_MS = 5 * 60_000;
/** Series that are remembered; the oldest are forgotten first. */
const REMEMBERED = 4_096;
const LONGEST_NOTE = 1_024;

interface Series {
  readonly event: Event;
  readonly namespace: string;
  count: number;
  lastAt: number;
  writtenAt: number;
  writing: Promise<void>;
}

interface Bucket {
  left: number;
  at: number;
}

/**
 * Writes events. The same one again is counted in its series; an object that has too many different ones is told less
 * often. An event that cannot be written is lost: no work fails for it.
 */
export class EventRecorder {
  readonly #connection: Connection;
  readonly #controller: string;
  readonly #instance: string;
  readonly #clock: Clock;
  readonly #series = new Map<string, Series>();
  readonly #buckets = new Map<string, Bucket>();
  /** Events that were not written, since an object had too many, or the server refused them. */
  dropped = 0;

  constructor(connection: Connection, controller: string, instance: string, clock: Clock = realClock) {
    this.#connection = connection;
    this.#controller = controller;
    this.#instance = instance.slice(0, 128);
    this.#clock = clock;
  }

  /** Resolves when it was written or given up; there is no need to wait for it. */
  async tell(object: Stored<KubeObject>, told: Told): Promise<void> {
    const now = this.#clock.monotonicMs();
    const { type = 'Normal', reason, action = 'Reconcile', note } = told;
    const key = [object.metadata.uid, type, reason, action, note].join('\n');
    const known = this.#series.get(key);
    if (known && now - known.lastAt < SERIES_MS) return this.#count(known, now);
    if (!this.#mayTell(object.metadata.uid, now)) {
      this.dropped += 1;
      return;
    }
    const namespace = object.metadata.namespace ?? 'default';
    const event = this.#eventOf(object, { type, reason, action, note }, namespace, key);
    const series: Series = {
      ...{ event, namespace, count: 1, lastAt: now, writtenAt: now },
      writing: this.#write(() => create(this.#connection, events, event)),
    };
    remember(this.#series, key, series);
    await series.writing;
  }

  async #count(series: Series, now: number): Promise<void> {
    series.count += 1;
    series.lastAt = now;
    // The second time is written at once: that it goes on is news.
    if (series.count > 2 && now - series.writtenAt < COUNT_EVERY_MS) return;
    series.writtenAt = now;
    await series.writing;
    const name = series.event.metadata!.name!;
    const merge = { series: { count: series.count, lastObservedTime: microTime(this.#clock.wallMs()) } };
    series.writing = this.#write(() =>
      patch(this.#connection, events, { name, namespace: series.namespace }, { merge }),
    );
    await series.writing;
  }

  #mayTell(uid: string, now: number): boolean {
    const bucket = this.#buckets.get(uid) ?? { left: BURST, at: now };
    const refilled = Math.floor((now - bucket.at) / REFILL_MS);
    bucket.left = Math.min(BURST, bucket.left + refilled);
    bucket.at += refilled * REFILL_MS;
    remember(this.#buckets, uid, bucket);
    if (bucket.left < 1) return false;
    bucket.left -= 1;
    return true;
  }

  async #write(call: () => Promise<unknown>): Promise<void> {
    try {
      await call();
    } catch {
      this.dropped += 1;
    }
  }

  #eventOf(object: Stored<KubeObject>, told: Required<Told>, namespace: string, key: string): Event {
    const { apiVersion, kind, metadata } = object;
    const { name, uid, resourceVersion } = metadata;
    const wallMs = this.#clock.wallMs();
    const hash = createHash('sha256')
      .update(`${key}\n${wallMs}\n${this.#instance}`)
      .digest('hex')
      .slice(0, 16);
    return {
      apiVersion: events.apiVersion,
      kind: 'Event',
      metadata: { name: `${name.slice(0, 200)}.${hash}`, namespace },
      eventTime: microTime(wallMs),
      reportingController: this.#controller,
      reportingInstance: this.#instance,
      regarding: { apiVersion, kind, name, uid, resourceVersion, namespace: metadata.namespace },
      ...told,
      note: told.note.slice(0, LONGEST_NOTE),
    };
  }
}

function remember<Value>(all: Map<string, Value>, key: string, value: Value): void {
  all.delete(key);
  all.set(key, value);
  if (all.size > REMEMBERED) all.delete(all.keys().next().value!);
}
