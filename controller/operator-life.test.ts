import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { type KubeObject, resource } from '../kube';
import { ModelCluster } from '../kube/testing-only/model-cluster';
import {
  configTo,
  type ScriptedServer,
  type Seen,
  scriptedServer,
  sendJson,
  statusBody,
} from '../kube/testing-only/scripted-server';
import { Operator, type OperatorEvent, type OperatorOptions } from './operator';
import { OperatorMetrics } from './operator-metrics';

const configMaps = resource<KubeObject>('v1', 'ConfigMap');

let server: ScriptedServer;
let stop: AbortController;
let running: Promise<void> | undefined;
beforeEach(() => {
  stop = new AbortController();
});
afterEach(async () => {
  stop.abort();
  await running?.catch(() => {});
  await server?.close();
  running = undefined;
});

async function until(happened: () => boolean): Promise<void> {
  const begun = performance.now();
  while (!happened()) {
    if (performance.now() - begun > 30_000) throw new Error(`never: ${happened}`);
    await wait(2);
  }
}

type Answer = (seen: Seen, response: ServerResponse, cluster: ModelCluster) => void;
const answering: Answer = (seen, response, cluster) => cluster.handle(seen, response);

async function operatorOf(options: Partial<OperatorOptions> = {}, answer: Answer = answering) {
  const cluster = new ModelCluster();
  server = await scriptedServer((seen, response) => answer(seen, response, cluster));
  const told: OperatorEvent[] = [];
  const operator = new Operator({
    ...{ name: 'test', kubeconfig: configTo(server.url), election: false, port: 0, host: '127.0.0.1' },
    onEvent: (event) => told.push(event),
    ...options,
  });
  const ask = async (path: string) => {
    const listening = told.find((event) => event.type === 'listening');
    const { port } = listening as { readonly port: number };
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return [response.status, await response.text()];
  };
  return { cluster, told, operator, ask };
}

test('it is ready once what it watches is listed, and says what it waits for before', async () => {
  let list = () => {};
  const { operator, told, ask } = await operatorOf({}, (seen, response, cluster) => {
    list = () => cluster.handle(seen, response);
  });
  operator.controller({ of: configMaps, reconcile: async () => {} });
  running = operator.run(stop.signal);
  await until(() => told.length > 0 && server.seen.length > 0);
  expect(await ask('/readyz')).toEqual([503, 'the first list of what is watched']);
  expect(await ask('/healthz')).toEqual([200, 'ok']);
  list();
  await until(() => operator.metrics.text().includes('workqueue_depth{'));
  expect(await ask('/readyz')).toEqual([200, 'ok']);
});

test('it is sick when something may be listed and not watched, also of what is related, and says why', async () => {
  const { operator, ask } = await operatorOf({}, (seen, response, cluster) => {
    // An older server, which lists first.
    cluster.servesInitialEvents = false;
    const isWatch = seen.query.get('watch') && !seen.query.get('sendInitialEvents');
    if (isWatch && seen.path.endsWith('/secrets'))
      sendJson(response, 403, statusBody(403, 'Forbidden', 'you may not watch'));
    else cluster.handle(seen, response);
  });
  const secrets = resource<KubeObject>('v1', 'Secret');
  operator.controller({
    of: configMaps,
    reconcile: async () => {},
    related: [{ of: secrets as never, keys: () => [] }],
  });
  running = operator.run(stop.signal);
  await until(() => operator.metrics.text().includes('workqueue_depth{'));
  let answer = await ask('/healthz');
  for (const begun = performance.now(); answer[0] === 200 && performance.now() - begun < 30_000; ) {
    await wait(5);
    answer = await ask('/healthz');
  }
  expect(answer).toEqual([503, expect.stringContaining('you may not watch')]);
});

describe('with an election', () => {
  const LEASE = '/apis/coordination.k8s.io/v1/namespaces/here/leases';

  /** A server with a Lease that nobody holds, or none at all. */
  function leaseServer() {
    const lease = { version: 1, spec: {} as Record<string, unknown>, lost: false };
    const stored = () => ({
      ...{ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', spec: lease.spec },
      metadata: { name: 'test', namespace: 'here', uid: 'l', resourceVersion: `${lease.version}` },
    });
    const answer: Answer = (seen, response, cluster) => {
      if (!seen.path.startsWith(LEASE)) return cluster.handle(seen, response);
      if (lease.lost) return sendJson(response, 409, statusBody(409, 'Conflict'));
      if (seen.method === 'PATCH') {
        lease.version += 1;
        lease.spec = { ...lease.spec, ...JSON.parse(seen.body).spec };
      }
      sendJson(response, 200, stored());
    };
    return { lease, answer };
  }

  test('it works once it leads, says so, and frees the Lease at its end', async () => {
    const { lease, answer } = leaseServer();
    const { operator, told, cluster } = await operatorOf({ election: true, leaseMs: 60_000 }, answer);
    const seen: boolean[] = [];
    operator.controller({
      of: configMaps,
      reconcile: async () =>
        void seen.push(operator.metrics.text().includes('leader_election_master_status 1')),
    });
    cluster.set('a', '1');
    expect(operator.metrics.text()).toContain('leader_election_master_status 0\n');
    running = operator.run(stop.signal);
    await until(() => seen.length > 0);
    expect(seen[0]).toBe(true);
    expect(lease.spec.holderIdentity).toMatch(/./);
    expect(lease.spec.renewTime).toMatch(/^20\d\d-/);
    stop.abort();
    await running;
    expect(lease.spec.holderIdentity).toBeNull();
    expect(operator.metrics.text()).toContain('leader_election_master_status 0\n');
    const elections = told.flatMap((event) => (event.type === 'election' ? [event.event] : []));
    expect(elections).toEqual([
      { type: 'won', term: 1, tookOver: false },
      { type: 'ended', term: 1 },
    ]);
    expect(told.map(({ type }) => type)).toContain('stopping');
  });

  test('a leader that has lost the Lease stops its work at once, and what it writes then is refused', async () => {
    const { lease, answer } = leaseServer();
    const { operator, told, cluster } = await operatorOf(
      { election: true, leaseMs: 3_000, graceMs: 30_000 },
      answer,
    );
    let refused: unknown;
    operator.controller({
      of: configMaps,
      reconcile: async (object, { signal, status }) => {
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        await status({ seen: object.metadata.name }).catch((error) => {
          refused = error;
        });
      },
    });
    cluster.set('a', '1');
    running = operator.run(stop.signal);
    await until(() => told.some((event) => event.type === 'election' && event.event.type === 'won'));
    lease.lost = true;
    await until(() => told.some((event) => event.type === 'election' && event.event.type === 'ended'));
    expect(told.find((event) => event.type === 'election' && event.event.type === 'ended')).toMatchObject({
      event: { why: 'a Lease that somebody else has changed or deleted' },
    });
    // Its connection is closed with it, so nothing is sent.
    expect(refused).toMatchObject({ code: 'CLOSED' });
    expect(server.seen.filter(({ method, path }) => method !== 'GET' && !path.startsWith(LEASE))).toEqual([]);
  });

  test('trouble with the Lease is told, and is no end of leading', async () => {
    const { lease, answer } = leaseServer();
    let isDown = true;
    const { operator, told } = await operatorOf(
      { election: true, leaseMs: 1_000 },
      (seen, response, cluster) => {
        if (isDown && seen.path.startsWith(LEASE)) sendJson(response, 500, statusBody(500, 'InternalError'));
        else answer(seen, response, cluster);
      },
    );
    operator.controller({ of: configMaps, reconcile: async () => {} });
    running = operator.run(stop.signal);
    await until(() => told.some((event) => event.type === 'election' && event.event.type === 'trouble'));
    expect(operator.metrics.text()).toContain('leader_election_master_status 0\n');
    isDown = false;
    await until(() => operator.metrics.text().includes('leader_election_master_status 1\n'));
    expect(lease.spec.holderIdentity).toMatch(/./);
  });
});

test('work that has begun may finish before its signal is aborted', async () => {
  let finish = () => {};
  const aborted: boolean[] = [];
  const { operator, cluster } = await operatorOf({ port: false, graceMs: 30_000 });
  operator.controller({
    of: configMaps,
    reconcile: async (_object, { signal }) => {
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      aborted.push(signal.aborted);
    },
  });
  cluster.set('a', '1');
  running = operator.run(stop.signal);
  await until(() => /^controller_runtime_active_workers\S+ 1$/m.test(operator.metrics.text()));
  stop.abort();
  await wait(20);
  finish();
  await running;
  expect(aborted).toEqual([false]);
});

test('without a signal it ends with SIGTERM, and listens to it no more', async () => {
  const { operator, told } = await operatorOf({ port: false });
  operator.controller({ of: configMaps, reconcile: async () => {} });
  const before = process.listenerCount('SIGTERM');
  running = operator.run();
  await until(() => operator.metrics.text().includes('workqueue_depth{'));
  expect(process.listenerCount('SIGTERM')).toBe(before + 1);
  process.emit('SIGTERM');
  await running;
  expect(told.map(({ type }) => type)).toEqual(['stopping']);
  expect(process.listenerCount('SIGTERM')).toBe(before);
  process.removeAllListeners('SIGINT');
});

test('without a listener, what a person wants to know is a line of JSON on stderr, and what goes well is not', async () => {
  const lines: string[] = [];
  const spy = jest.spyOn(process.stderr, 'write').mockImplementation((line) => {
    lines.push(String(line));
    return true;
  });
  try {
    const { operator, cluster } = await operatorOf({ onEvent: undefined, port: false });
    let runs = 0;
    operator.controller({
      ...{ of: configMaps, firstRetryMs: 1 },
      reconcile: async () => {
        runs += 1;
        if (runs === 1) throw new Error('no image');
      },
    });
    cluster.set('a', '1');
    running = operator.run(stop.signal);
    await until(() => /result="success"\} 1/.test(operator.metrics.text()));
    stop.abort();
    await running;
  } finally {
    spy.mockRestore();
  }
  const told = lines.map((line) => JSON.parse(line));
  expect(told).toMatchObject([
    { type: 'reconciled', key: 'here/a', result: 'error', error: 'no image' },
    { type: 'stopping' },
  ]);
  for (const { at } of told) expect(at).toMatch(/^20\d\d-.*Z$/);
});

test('each metric says what it is', () => {
  const operator = new Operator({ name: 'test', kubeconfig: configTo('http://127.0.0.1:9') });
  expect(operator.metrics.text().match(/^# HELP .*$/gm)).toEqual([
    '# HELP controller_runtime_reconcile_total Reconciles by their result',
    '# HELP controller_runtime_reconcile_errors_total Reconciles that failed',
    '# HELP controller_runtime_reconcile_time_seconds How long reconciles took',
    '# HELP workqueue_queue_duration_seconds How long keys waited for a worker',
    '# HELP workqueue_retries_total Keys that have to be worked on again',
    '# HELP leader_election_master_status 1 for the process that leads',
    '# HELP workqueue_depth Keys that wait for a worker',
    '# HELP workqueue_delayed Keys that wait for a time',
    '# HELP controller_runtime_active_workers Keys that are worked on',
    '# HELP process_resident_memory_bytes Memory that the process has',
    '# HELP process_cpu_seconds_total Processor time that the process has used',
  ]);
});

test('how long work took and waited is told in seconds', () => {
  const measured = new OperatorMetrics();
  measured.reconciled({ controller: 'c', key: 'k', result: 'success', durationMs: 1_500, queuedMs: 250 });
  const lines = measured.metrics.text().split('\n');
  expect(lines).toContain('controller_runtime_reconcile_time_seconds_sum{controller="c"} 1.5');
  expect(lines).toContain('workqueue_queue_duration_seconds_sum{controller="c",name="c"} 0.25');
});

test('what runs beside the controllers begins with the operator and ends with it', async () => {
  const { operator, told } = await operatorOf();
  const said: string[] = [];
  operator.service(async () => {
    said.push('begun');
    return async () => void said.push('ended');
  });
  running = operator.run(stop.signal);
  await until(() => told.length > 0 && said.length > 0);
  expect(said).toEqual(['begun']);
  stop.abort();
  await running;
  expect(said).toEqual(['begun', 'ended']);
});

test('one that cannot begin ends the operator, and those that have begun', async () => {
  const { operator } = await operatorOf();
  const said: string[] = [];
  operator.service(async () => async () => void said.push('ended'));
  operator.service(async () => {
    throw new Error('no port');
  });
  await expect(operator.run(stop.signal)).rejects.toThrow('no port');
  expect(said).toEqual(['ended']);
});
