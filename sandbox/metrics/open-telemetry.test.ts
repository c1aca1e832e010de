import { AsyncLocalStorage } from 'node:async_hooks';
import { first, refusal, type ScriptedRuntime, scriptedRuntime } from '../testing-only/scripted-runtime';
import {
  type MeterLike,
  type OpenTelemetryOptions,
  openTelemetryHooks,
  type SpanLike,
  type TracerLike,
} from './open-telemetry';
import type { OperationFacts } from './sandbox-hooks';

// The objects of OpenTelemetry are stand-ins of the same shape: the real ones are a dozen packages, of which nothing is
// asked but to be called so. The types and this way of use were held against the real ones once (API 1.9, SDK 2).

interface Span {
  readonly name: string;
  readonly parent: string | undefined;
  readonly kind: number | undefined;
  readonly attributes: Record<string, unknown>;
  status: unknown;
  ms: number | undefined;
}

function telemetry() {
  const spans: Span[] = [];
  const active = new AsyncLocalStorage<Span>();
  const begin = (name: string, options: Parameters<TracerLike['startSpan']>[1] = {}) => {
    const attributes = { ...options.attributes };
    const span: Span = {
      ...{ name, parent: active.getStore()?.name, kind: options.kind, attributes },
      ...{ status: undefined, ms: undefined },
    };
    const began = options.startTime ?? Date.now();
    const handle: SpanLike = {
      setAttributes: (more) => Object.assign(attributes, more),
      setStatus: (status) => {
        span.status = status;
      },
      end: (at = Date.now()) => {
        span.ms = at - began;
      },
    };
    spans.push(span);
    return { span, handle };
  };
  const tracer: TracerLike = {
    startSpan: (name, options) => begin(name, options).handle,
    startActiveSpan: (name, options, work) => {
      const { span, handle } = begin(name, options);
      return active.run(span, () => work(handle));
    },
  };
  const points: [name: string, value: number, attributes: OperationFacts | undefined][] = [];
  const units: Record<string, string> = {};
  const meter: MeterLike = {
    createHistogram: (name, { unit }) => {
      units[name] = unit;
      return { record: (value, attributes) => points.push([name, value, attributes]) };
    },
    createCounter: (name, { unit }) => {
      units[name] = unit;
      return { add: (value, attributes) => points.push([name, value, attributes]) };
    },
  };
  return { spans, points, units, tracer, meter };
}

let runtime: ScriptedRuntime | undefined;
afterEach(() => runtime?.end());

test('a call that was answered at the second try says so', async () => {
  const { spans, tracer } = telemetry();
  const fault = first('POST', { do: 'refuse', code: 429, reason: 'TooManyRequests' });
  runtime = await scriptedRuntime({ hasShell: false, fault }, { hooks: openTelemetryHooks({ tracer }) });
  await runtime.sandboxes.claim();
  const resent = spans.filter(({ attributes }) => 'http.request.resend_count' in attributes);
  expect(resent.map(({ name, attributes }) => [name, attributes['http.request.resend_count']])).toEqual([
    ['POST jobs', 1],
  ]);
});

test('claims and commands are spans, and calls of the API server lie within them', async () => {
  const { spans, tracer } = telemetry();
  runtime = await scriptedRuntime({ hasShell: false }, { hooks: openTelemetryHooks({ tracer }) });
  const sandbox = await runtime.sandboxes.claim();
  await sandbox.commands.run(['/bin/../echo', 'a secret']).catch(() => {});
  await sandbox.commands.run(['sh', '-c', 'exit 3']).catch(() => {});
  await sandbox.commands.shell('exit 3').catch(() => {});
  await sandbox.commands.run(['node', '-e', 'process.exitCode = 3']);
  await sandbox.close();
  const ofShells = spans.filter(({ attributes }) => attributes['process.executable.name'] === 'sh');
  expect(ofShells).toHaveLength(2);
  const claim = spans.find(({ name }) => name === 'sandbox claim')!;
  expect(claim).toMatchObject({ parent: undefined, kind: 0, status: undefined });
  expect(claim.attributes).toEqual({
    'k8s.namespace.name': 'boxes',
    'k8s.job.name': sandbox.id,
    'k8s.pod.name': sandbox.podName,
    'drydock.sandbox.claim.way': 'cold',
    'drydock.sandbox.claim.why': 'noPool',
  });
  const create = spans.find(({ name }) => name === 'POST jobs')!;
  expect(create).toMatchObject({ parent: 'sandbox claim', kind: 2 });
  expect(create.attributes).toMatchObject({
    'http.request.method': 'POST',
    'http.response.status_code': 201,
    'drydock.kube.resource': 'jobs',
    'url.path': expect.stringMatching(/\/namespaces\/boxes\/jobs$/),
  });
  expect(create.attributes).not.toHaveProperty('http.request.resend_count');
  expect(spans.filter(({ name }) => name === 'sandbox command').at(-1)!.attributes).toEqual({
    'k8s.job.name': sandbox.id,
    'process.executable.name': 'node',
    'process.exit.code': 3,
    'drydock.sandbox.command.outcome': 'exited',
  });
  expect(spans.find(({ name }) => name === 'DELETE jobs')).toMatchObject({ parent: undefined });
  for (const { ms } of spans) expect(ms).toBeGreaterThanOrEqual(0);
  expect(JSON.stringify(spans)).not.toContain('a secret');
});

test('what fails is an error, in spans and in metrics, and its caller hears it as before', async () => {
  const { spans, points, tracer, meter } = telemetry();
  const fault = first('POST', { do: 'refuse', code: 403, reason: 'Forbidden' });
  const hooks = openTelemetryHooks({ tracer, meter });
  runtime = await scriptedRuntime({ hasShell: false, fault }, { hooks });
  const { code } = await refusal(runtime.sandboxes.claim());
  const claim = spans.find(({ name }) => name === 'sandbox claim')!;
  expect(claim).toMatchObject({ status: { code: 2, message: code }, attributes: { 'error.type': code } });
  expect(spans.find(({ name }) => name === 'POST jobs')).toMatchObject({
    status: { code: 2, message: 'FORBIDDEN' },
    attributes: { 'error.type': 'FORBIDDEN', 'http.response.status_code': 403 },
  });
  expect(points.find(([name]) => name === 'drydock.sandbox.operation.duration')?.[2]).toEqual({
    'drydock.sandbox.operation': 'claim',
    'error.type': code,
  });
});

test('metrics are in seconds, and have no name of a sandbox, a pod or a path', async () => {
  const { points, units, meter } = telemetry();
  const fault = first('POST', { do: 'refuse', code: 429, reason: 'TooManyRequests' });
  runtime = await scriptedRuntime({ hasShell: false, fault }, { hooks: openTelemetryHooks({ meter }) });
  const sandbox = await runtime.sandboxes.claim();
  await sandbox.commands.run(['true']);
  await sandbox.close();
  expect(units).toEqual({
    'drydock.sandbox.operation.duration': 's',
    'http.client.request.duration': 's',
    'drydock.kube.retries': '{request}',
  });
  expect(points.map(([name, , attributes]) => [name, attributes])).toEqual(
    expect.arrayContaining([
      ['drydock.kube.retries', { 'error.type': 'TOO_MANY_REQUESTS' }],
      [
        'drydock.sandbox.operation.duration',
        {
          'drydock.sandbox.operation': 'claim',
          'drydock.sandbox.claim.way': 'cold',
          'drydock.sandbox.claim.why': 'noPool',
        },
      ],
      [
        'drydock.sandbox.operation.duration',
        { 'drydock.sandbox.operation': 'command', 'drydock.sandbox.command.outcome': 'exited' },
      ],
      [
        'http.client.request.duration',
        {
          'http.request.method': 'DELETE',
          'drydock.kube.resource': 'jobs',
          'http.response.status_code': 200,
        },
      ],
    ]),
  );
  for (const [, value] of points) expect(value).toBeGreaterThanOrEqual(0);
  const text = JSON.stringify(points);
  for (const name of [sandbox.id, sandbox.podName, '/namespaces/']) expect(text).not.toContain(name);
});

test('the context of a trace travels with every request', async () => {
  const inject = (headers: Record<string, string>) => {
    headers.traceparent = '00-1-2-01';
  };
  runtime = await scriptedRuntime({ hasShell: false }, { hooks: openTelemetryHooks({ inject }) });
  await runtime.sandboxes.claim();
  for (const { headers } of runtime.cluster.seen) expect(headers.traceparent).toBe('00-1-2-01');
});

test.each<[string, (real: TracerLike) => Partial<TracerLike>]>([
  [
    'throws before a span begins',
    () => ({
      startActiveSpan: () => {
        throw new Error('no span');
      },
    }),
  ],
  ['forgets the work', () => ({ startActiveSpan: () => undefined as never })],
  [
    'does the work twice',
    (real) => ({
      startActiveSpan: (name, options, work) => {
        real.startActiveSpan(name, options, work);
        return real.startActiveSpan(name, options, work);
      },
    }),
  ],
  [
    'has spans that throw',
    () => ({
      startActiveSpan: (_name, _options, work) =>
        work(
          new Proxy({} as SpanLike, {
            get: () => () => {
              throw new Error('no span');
            },
          }),
        ),
      startSpan: () => {
        throw new Error('no span');
      },
    }),
  ],
])('a tracer that %s breaks no claim, and makes none twice', async (_what, broken) => {
  const { tracer } = telemetry();
  const hooks = openTelemetryHooks({ tracer: { ...tracer, ...broken(tracer) } });
  runtime = await scriptedRuntime({ hasShell: false }, { hooks });
  const sandbox = await runtime.sandboxes.claim();
  expect((await sandbox.commands.run(['true'])).ok).toBe(true);
  await sandbox.close();
  expect(runtime.cluster.created).toBe(1);
});

test.each<[unknown, string]>([
  [null, 'options'],
  ['text', 'options'],
  [{ tracer: 'text' }, 'tracer'],
  [{ tracer: {} }, 'tracer'],
  [{ meter: { createHistogram: () => {} } }, 'meter'],
  [{ inject: 5 }, 'inject'],
])('hooks of %p are refused', (options, name) => {
  expect(() => openTelemetryHooks(options as OpenTelemetryOptions)).toThrow(
    expect.objectContaining({
      code: 'ArgumentInvalid',
      where: 'openTelemetryHooks',
      found: expect.stringContaining(`${name}: `),
    }),
  );
  expect(openTelemetryHooks({})).not.toHaveProperty('around');
});
