import { startHealthServer } from './health-server';
import { Metrics } from './metrics';

test('metrics are told as Prometheus reads them', () => {
  const metrics = new Metrics();
  const counter = metrics.counter('greetings_total', 'Greetings\nby \\ language');
  counter.add({ language: 'a "b"\n\\' });
  counter.add({ language: 'a "b"\n\\' }, 2);
  counter.add({ language: 'a "b"\n\\' }, 0);
  metrics.gauge('depth', 'x', () => [[{}, 3]]);
  const histogram = metrics.histogram('seconds', 'y', [1, 5]);
  for (const value of [0.5, 1, 3, 9]) histogram.observe(value, { of: 'z' });
  expect(metrics.text().split('\n')).toEqual([
    '# HELP greetings_total Greetings\\nby \\\\ language',
    '# TYPE greetings_total counter',
    'greetings_total{language="a \\"b\\"\\n\\\\"} 3',
    ...['# HELP depth x', '# TYPE depth gauge', 'depth 3'],
    ...['# HELP seconds y', '# TYPE seconds histogram'],
    ...[
      'seconds_bucket{of="z",le="1"} 2',
      'seconds_bucket{of="z",le="5"} 3',
      'seconds_bucket{of="z",le="+Inf"} 4',
    ],
    ...['seconds_sum{of="z"} 13.5', 'seconds_count{of="z"} 4', ''],
  ]);
});

test.each<[string, (metrics: Metrics) => unknown]>([
  ['a dash in its name', (metrics) => metrics.counter('a-b', '')],
  ['a name that is there', (metrics) => [metrics.counter('a', ''), metrics.counter('a', '')]],
  ['a label with a dot', (metrics) => metrics.counter('a', '').add({ 'b.c': '' })],
  ['less than nothing', (metrics) => metrics.counter('a', '').add({}, -1)],
  ['no number', (metrics) => metrics.counter('a', '').add({}, Number.NaN)],
])('%s is refused', (_what, make) => {
  expect(() => make(new Metrics())).toThrow(expect.objectContaining({ code: 'METRIC_INVALID' }));
});

test('health, readiness and metrics are answered, and nothing else', async () => {
  const metrics = new Metrics();
  metrics.gauge('depth', 'x', () => [[{}, 3]]);
  const state: { sick?: string; waiting?: string } = { waiting: 'the first list' };
  const options = { port: 0, host: '127.0.0.1', metrics };
  const server = await startHealthServer({
    ...options,
    isSick: () => state.sick,
    isWaiting: () => state.waiting,
  });
  const ask = async (path: string, method = 'GET') => {
    const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, { method });
    return [answer.status, await answer.text()];
  };
  expect(await ask('/healthz')).toEqual([200, 'ok']);
  expect(await ask('/readyz')).toEqual([503, 'the first list']);
  state.waiting = undefined;
  expect(await ask('/readyz?x')).toEqual([200, 'ok']);
  state.sick = 'no permission';
  expect(await ask('/healthz')).toEqual([503, 'no permission']);
  expect(await ask('/readyz')).toEqual([503, 'no permission']);
  expect(await ask('/metrics')).toEqual([200, '# HELP depth x\n# TYPE depth gauge\ndepth 3\n']);
  expect(await ask('/metrics', 'POST')).toEqual([405, 'GET only']);
  expect(await ask('/healthz', 'HEAD')).toEqual([503, '']);
  expect(await ask('/')).toEqual([404, 'there are /healthz, /readyz and /metrics']);
  await server.close();
  await expect(ask('/healthz')).rejects.toThrow('fetch failed');
});
