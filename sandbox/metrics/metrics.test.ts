import { SandboxError } from '../errors';
import { Histogram, SECONDS } from './histogram';
import { Metrics } from './metrics';

const facts = { where: 'here', found: 'x', expected: 'y', remedy: 'z' };

test('counts what is made, what fails and why, and what lives', () => {
  const metrics = new Metrics();
  metrics.spawned();
  metrics.spawned();
  metrics.claimed(1_200);
  metrics.failed(new SandboxError('ImagePull', facts, { sandboxId: 'sandbox-secret-id' }));
  metrics.failed(new Error('anything'));
  const text = metrics.text();
  for (const line of [
    'drydock_sandbox_jobs_spawned_total 2',
    'drydock_sandbox_jobs_failed_total{cause="ImagePull"} 1',
    'drydock_sandbox_jobs_failed_total{cause="Unknown"} 1',
    'drydock_sandboxes_live 1',
    'drydock_sandbox_claim_seconds_bucket{le="1"} 0',
    'drydock_sandbox_claim_seconds_bucket{le="2.5"} 1',
    'drydock_sandbox_claim_seconds_sum 1.2',
    'drydock_sandbox_claim_seconds_count 1',
  ]) {
    expect(text.split('\n')).toContain(line);
  }
  expect(text).not.toContain('secret-id');
  metrics.ended();
  expect(metrics.text()).toContain('drydock_sandboxes_live 0');
});

test('counts failed calls by verb, kind and code, hears its caller’s hooks, and puts no name into a label', () => {
  const metrics = new Metrics();
  const heard: string[] = [];
  const hooks = metrics.hooks({ onEvent: ({ type }) => heard.push(type) });
  const call = {
    type: 'call',
    method: 'POST',
    resource: 'jobs',
    path: '/jobs/my-name',
    attempts: 1,
  } as const;
  hooks.onEvent?.({ ...call, statusCode: 403, error: 'FORBIDDEN', durationMs: 1, queuedMs: 0 });
  hooks.onEvent?.({ ...call, statusCode: 201, error: undefined, durationMs: 1, queuedMs: 0 });
  expect(metrics.text()).toContain(
    'drydock_sandbox_api_errors_total{verb="POST",resource="jobs",code="FORBIDDEN"} 1\n',
  );
  expect(metrics.text()).not.toContain('my-name');
  expect(heard).toEqual(['call', 'call']);
});

test('what breaks of watches and streams is counted by its code, and what ends in good order is not', () => {
  const metrics = new Metrics();
  const hooks = metrics.hooks();
  const place = { resource: 'pods', path: '/x' };
  const watch = { type: 'watch', ...place } as const;
  hooks.onEvent?.({ ...watch, what: 'lost', error: 'GONE' });
  hooks.onEvent?.({ ...watch, what: 'lost', error: undefined });
  hooks.onEvent?.({ ...watch, what: 'ended', error: undefined });
  hooks.onEvent?.({ ...watch, what: 'ended', error: 'FORBIDDEN' });
  const stream = { type: 'stream', ...place, durationMs: 1 } as const;
  hooks.onEvent?.({ ...stream, what: 'closed', error: 'ABORTED' });
  hooks.onEvent?.({ ...stream, what: 'closed', error: 'CLOSED' });
  hooks.onEvent?.({ ...stream, what: 'closed', error: undefined });
  hooks.onEvent?.({ ...stream, what: 'opened', error: undefined });
  const counted = metrics
    .text()
    .split('\n')
    .filter((line) => line.startsWith('drydock_sandbox_api_errors_total{'));
  expect(counted).toEqual([
    'drydock_sandbox_api_errors_total{verb="STREAM",resource="pods",code="ABORTED"} 1',
    'drydock_sandbox_api_errors_total{verb="WATCH",resource="pods",code="CONNECTION_LOST"} 1',
    'drydock_sandbox_api_errors_total{verb="WATCH",resource="pods",code="GONE"} 1',
  ]);
});

test('the headers of the caller are sent on', () => {
  const headers = () => ({ traceparent: 'x' });
  expect(new Metrics().hooks({ headers }).headers).toBe(headers);
});

test('each family says what it counts', () => {
  const names = [
    ['drydock_sandbox_jobs_spawned_total', 'counter'],
    ['drydock_sandbox_jobs_failed_total', 'counter'],
    ['drydock_sandboxes_live', 'gauge'],
    ['drydock_sandbox_claim_seconds', 'histogram'],
    ['drydock_sandbox_command_seconds', 'histogram'],
    ['drydock_sandbox_api_errors_total', 'counter'],
  ] as const;
  const text = new Metrics().text();
  for (const [name, type] of names)
    expect(text).toMatch(new RegExp(`# HELP ${name} \\w.+\\.\n# TYPE ${name} ${type}\n`));
});

test('a time counts in every bucket from its bound on, and the longest in the last alone', () => {
  const histogram = new Histogram();
  for (const seconds of [0.0005, 0.001, 60, 61, 1000]) histogram.observe(seconds);
  const lines = histogram.lines('x');
  expect(lines).toHaveLength(SECONDS.length + 3);
  for (const line of [
    'x_bucket{le="0.001"} 2',
    'x_bucket{le="30"} 2',
    'x_bucket{le="60"} 3',
    'x_bucket{le="300"} 4',
    'x_bucket{le="+Inf"} 5',
    'x_sum 1121.0015',
    'x_count 5',
  ])
    expect(lines).toContain(line);
  expect(new Histogram().lines('y')).toContain('y_bucket{le="+Inf"} 0');
});

test('is the text format: each line a comment or a sample, each sample below its type', () => {
  const metrics = new Metrics();
  metrics.claimed(5);
  metrics.commandTook(1);
  for (const line of metrics.text().trimEnd().split('\n')) {
    expect(line).toMatch(/^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{([a-z]+="[^"\\]*",?)+\})? [0-9.e+-]+)$/);
  }
});
