import type { KubeEvent } from '../../kube';
import { checkOptions, invalid } from '../arguments';
import type { OperationEnd, OperationFacts, SandboxHooks, SandboxOperation } from './sandbox-hooks';

/** As `Span` of `@opentelemetry/api`: what is needed of it. */
export interface SpanLike {
  setAttributes(attributes: OperationFacts): unknown;
  setStatus(status: { readonly code: number; readonly message?: string }): unknown;
  end(endTime?: number): void;
}

/** How a span begins. */
export interface SpanOptionsLike {
  readonly kind?: number;
  readonly attributes?: OperationFacts;
  readonly startTime?: number;
}

/** As `Tracer` of `@opentelemetry/api`. */
export interface TracerLike {
  startSpan(name: string, options?: SpanOptionsLike): SpanLike;
  startActiveSpan<Result>(name: string, options: SpanOptionsLike, work: (span: SpanLike) => Result): Result;
}

/** A histogram or a counter of `@opentelemetry/api`. */
export interface HistogramLike {
  record(value: number, attributes?: OperationFacts): void;
}

export interface CounterLike {
  add(value: number, attributes?: OperationFacts): void;
}

/** How an instrument is described. */
export interface InstrumentOptionsLike {
  readonly description: string;
  readonly unit: string;
}

/** As `Meter` of `@opentelemetry/api`. */
export interface MeterLike {
  createHistogram(name: string, options: InstrumentOptionsLike): HistogramLike;
  createCounter(name: string, options: InstrumentOptionsLike): CounterLike;
}

/** The parts of OpenTelemetry that a program has; each may be left out. */
export interface OpenTelemetryOptions {
  /** `trace.getTracer('...')`. @default - no spans */
  readonly tracer?: TracerLike;
  /** `metrics.getMeter('...')`. @default - no metrics */
  readonly meter?: MeterLike;
  /**
   * Writes the context of the trace into the headers of each request, so that the API server's own spans belong to it:
   * `(headers) => propagation.inject(context.active(), headers)`.
   * @default - none
   */
  readonly inject?: (headers: Record<string, string>) => void;
}

/** Numbers of `SpanKind` and `SpanStatusCode`, which are part of the API's contract. */
const INTERNAL = 0;
const CLIENT = 2;
const ERROR = 2;

/**
 * Hooks that make spans and metrics of claims, commands and calls of the API server, through the objects of
 * `@opentelemetry/api` that the program has: this package does not need it. Spans of calls lie within those of claims
 * where a context manager is set up. Names follow the semantic conventions; metrics have codes and kinds for attributes,
 * spans also names of sandboxes, and neither has arguments, environment or output of commands.
 *
 * @example
 * // Of @opentelemetry/api: trace.getTracer('app'), metrics.getMeter('app').
 * declare const tracer: TracerLike;
 * declare const meter: MeterLike;
 * import { readFileSync } from 'node:fs';
 * const template = readFileSync('template.json', 'utf8');
 * const hooks = openTelemetryHooks({ tracer, meter });
 * const traced = new Sandboxes({ template, namespace: 'boxes', hooks });
 */
export function openTelemetryHooks(options: OpenTelemetryOptions): SandboxHooks {
  const place = { where: 'openTelemetryHooks' };
  checkOptions(place, options, { tracer: 'object', meter: 'object', inject: 'function' });
  const { tracer, meter, inject } = options;
  if (tracer) checkMethods('tracer', tracer, ['startSpan', 'startActiveSpan']);
  if (meter) checkMethods('meter', meter, ['createHistogram', 'createCounter']);
  const operations = meter?.createHistogram('drydock.sandbox.operation.duration', {
    description: 'From the call of a claim or a command to its outcome',
    unit: 's',
  });
  const requests = meter?.createHistogram('http.client.request.duration', {
    description: 'Calls of the API server, with their repetitions',
    unit: 's',
  });
  const retries = meter?.createCounter('drydock.kube.retries', {
    description: 'Requests to the API server that were sent again',
    unit: '{request}',
  });
  return {
    ...(inject && { headers: () => headersOf(inject) }),
    ...((tracer || operations) && {
      around: (operation, work) => around(tracer, operations, operation, work),
    }),
    onEvent: (event) => {
      if (event.type === 'retry') retries?.add(1, { 'error.type': event.because });
      if (event.type !== 'call') return;
      requests?.record(event.durationMs / 1000, attributesOf(event));
      if (tracer) traceCall(tracer, event);
    },
  };
}

async function around(
  tracer: TracerLike | undefined,
  operations: HistogramLike | undefined,
  operation: SandboxOperation,
  work: () => Promise<OperationEnd>,
): Promise<void> {
  const record = ({ durationMs, error, kinds }: OperationEnd) => {
    const attributes = { ...prefixed(kinds), 'drydock.sandbox.operation': operation.name };
    operations?.record(durationMs / 1000, error ? { ...attributes, 'error.type': error } : attributes);
  };
  if (!tracer) {
    record(await work());
    return;
  }
  const options = { kind: INTERNAL, attributes: prefixed(operation.facts) };
  await tracer.startActiveSpan(`sandbox ${operation.name}`, options, async (span) => {
    const end = await work();
    try {
      span.setAttributes(prefixed({ ...end.kinds, ...end.facts }));
      if (end.error) {
        span.setAttributes({ 'error.type': end.error });
        span.setStatus({ code: ERROR, message: end.error });
      }
    } finally {
      span.end();
      record(end);
    }
  });
}

/** A call is told when it is over, so its span begins in the past. */
function traceCall(tracer: TracerLike, event: Extract<KubeEvent, { type: 'call' }>): void {
  const endTime = Date.now();
  const span = tracer.startSpan(`${event.method} ${event.resource}`, {
    kind: CLIENT,
    startTime: endTime - event.durationMs,
    attributes: {
      ...attributesOf(event),
      'url.path': event.path,
      ...(event.attempts > 1 && { 'http.request.resend_count': event.attempts - 1 }),
    },
  });
  if (event.error) span.setStatus({ code: ERROR, message: event.error });
  span.end(endTime);
}

function attributesOf(event: Extract<KubeEvent, { type: 'call' }>): OperationFacts {
  return {
    'http.request.method': event.method,
    'drydock.kube.resource': event.resource,
    ...(event.statusCode !== undefined && { 'http.response.status_code': event.statusCode }),
    ...(event.error && { 'error.type': event.error }),
  };
}

function prefixed(facts: OperationFacts): OperationFacts {
  return Object.fromEntries(Object.entries(facts).map(([name, fact]) => [NAMES[name] ?? name, fact]));
}

/** Names of the semantic conventions where they have one. */
const NAMES: Readonly<Record<string, string>> = {
  sandbox: 'k8s.job.name',
  pod: 'k8s.pod.name',
  namespace: 'k8s.namespace.name',
  program: 'process.executable.name',
  exitCode: 'process.exit.code',
  way: 'drydock.sandbox.claim.way',
  why: 'drydock.sandbox.claim.why',
  outcome: 'drydock.sandbox.command.outcome',
};

function headersOf(inject: NonNullable<OpenTelemetryOptions['inject']>): Record<string, string> {
  const headers: Record<string, string> = {};
  inject(headers);
  return headers;
}

function checkMethods(name: string, given: object, methods: readonly string[]): void {
  for (const method of methods)
    if (typeof (given as Record<string, unknown>)[method] !== 'function')
      throw invalid(
        { where: 'openTelemetryHooks' },
        name,
        given,
        `an object of @opentelemetry/api, which has ${method}()`,
      );
}
