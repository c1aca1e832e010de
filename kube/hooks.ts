import type { KubeErrorCode } from './errors';

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
      readonly durationMs: number;
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
  /** Extra headers for each request, for example `traceparent`. They cannot replace Authorization. */
  readonly headers?: () => Readonly<Record<string, string>>;
}

export function report(hooks: KubeHooks, event: KubeEvent): void {
  try {
    hooks.onEvent?.(event);
  } catch {
    // See onEvent.
  }
}
