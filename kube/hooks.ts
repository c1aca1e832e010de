import { KubeError, type KubeErrorCode } from './errors';

/**
 * What this room reports for metrics and traces. No event holds a token, a header, a body or the query of a URL, and
 * `path` is the only field with names of objects in it: leave it out of metric labels.
 */
export type KubeEvent =
  | {
      /** One call ended; `attempts` counts the HTTP requests it took. */
      readonly type: 'call';
      readonly method: string;
      readonly resource: string;
      readonly path: string;
      readonly statusCode: number | undefined;
      readonly error: KubeErrorCode | undefined;
      readonly attempts: number;
      /** All of it, waiting included. */
      readonly durationMs: number;
      /** How long the call waited for its turn, because `maxCalls` others were in flight. */
      readonly queuedMs: number;
    }
  | {
      /** A call is about to be repeated. */
      readonly type: 'retry';
      readonly method: string;
      readonly resource: string;
      readonly path: string;
      readonly because: KubeErrorCode;
      readonly waitMs: number;
    }
  | {
      /** The server sent a Warning header, for example for a deprecated API or an unknown field. */
      readonly type: 'warning';
      readonly resource: string;
      readonly path: string;
      readonly text: string;
    }
  | {
      readonly type: 'watch';
      readonly resource: string;
      readonly path: string;
      readonly what: 'listed' | 'watching' | 'ended' | 'lost';
      readonly error: KubeErrorCode | undefined;
    }
  | {
      readonly type: 'stream';
      readonly resource: string;
      readonly path: string;
      readonly what: 'opened' | 'closed';
      readonly error: KubeErrorCode | undefined;
      readonly durationMs: number;
    };

export interface KubeHooks {
  /** Called for every event, at once. What it throws is ignored: a metric must not break a call. */
  readonly onEvent?: (event: KubeEvent) => void;
  /**
   * Extra headers for each request, for example `traceparent`. They cannot replace Authorization. What it throws ends
   * the call before anything is sent.
   */
  readonly headers?: () => Readonly<Record<string, string>>;
}

export function report(hooks: KubeHooks, event: KubeEvent): void {
  tellQuietly(hooks.onEvent, event);
}

/** Tells a listener of the caller's. What it throws is its own affair: the call goes on as if it had not listened. */
export function tellQuietly<Told>(listener: ((told: Told) => void) | undefined, told: Told): void {
  try {
    listener?.(told);
  } catch {
    // See above.
  }
}

/** The caller's headers, or an error that says that it was the caller's function that failed. */
export function extraHeaders(hooks: KubeHooks, where: string): Readonly<Record<string, string>> {
  try {
    return { ...hooks.headers?.() };
  } catch (error) {
    throw new KubeError(
      'ARGUMENT_INVALID',
      {
        where: `${where} hooks.headers`,
        found: 'a function that throws (see `cause`)',
        expected: 'names and values of headers',
        remedy: 'catch in that function what may fail in it',
      },
      { cause: error },
    );
  }
}
