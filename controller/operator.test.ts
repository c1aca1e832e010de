import { setTimeout as wait } from 'node:timers/promises';
import type { ConfigMap } from '../imports/k8s';
import { resource, type Stored, withoutManagedFields } from '../kube';
import { ModelCluster } from '../kube/testing-only/model-cluster';
import {
  configTo,
  type ScriptedServer,
  scriptedServer,
  sendJson,
  statusBody,
} from '../kube/testing-only/scripted-server';
import type { ControllerOptions, Reconcile, Waker } from './controller';
import { Operator, type OperatorEvent, type OperatorOptions } from './operator';

const configMaps = resource<ConfigMap>('v1', 'ConfigMap');
let server: ScriptedServer | undefined;
const ending = () => new AbortController();
let stop = ending();
let running: Promise<void> | undefined;
afterEach(async () => {
  stop.abort();
  await running?.catch(() => {});
  await server?.close();
  stop = ending();
  running = undefined;
});

/** An operator over a model of a cluster. */
async function start(
  reconcile: Reconcile<ConfigMap>,
  options: Partial<OperatorOptions> = {},
  more: Pick<ControllerOptions<ConfigMap>, 'wakers'> = {},
): Promise<{ readonly cluster: ModelCluster; readonly told: OperatorEvent[]; readonly operator: Operator }> {
  const cluster = new ModelCluster();
  server = await scriptedServer((seen, response) => {
    if (seen.method === 'GET' && seen.path.endsWith('/configmaps')) cluster.handle(seen, response);
    else sendJson(response, 404, statusBody(404, 'NotFound'));
  });
  const told: OperatorEvent[] = [];
  const operator = new Operator({
    ...{ name: 'test', kubeconfig: configTo(server.url), election: false, port: false, graceMs: 200 },
    onEvent: (event) => told.push(event),
    ...options,
  });
  operator.controller({ of: configMaps, reconcile, firstRetryMs: 1, longestRetryMs: 20, ...more });
  running = operator.run(stop.signal);
  running.catch(() => {});
  return { cluster, told, operator };
}

async function until(happened: () => boolean): Promise<void> {
  const begun = performance.now();
  while (!happened()) {
    if (performance.now() - begun > 30_000) throw new Error(`never: ${happened}`);
    await wait(5);
  }
}

const nameOf = ({ metadata }: Stored<ConfigMap>) => metadata.name;

test('every object is reconciled, a changed one anew, and one that fails until it does not', async () => {
  const seen: string[] = [];
  const { cluster, told } = await start(async (object) => {
    seen.push(`${nameOf(object)}=${object.data?.value}`);
    if (nameOf(object) === 'b' && seen.filter((one) => one === 'b=1').length < 3) throw new Error('not yet');
  });
  cluster.set('a', '1');
  cluster.set('b', '1');
  await until(() => seen.filter((one) => one === 'b=1').length === 3 && seen.includes('a=1'));
  cluster.set('a', '2');
  await until(() => seen.includes('a=2'));
  await until(() => told.filter((event) => event.type === 'reconciled').length >= 5);
  const results = told.flatMap((event) =>
    event.type === 'reconciled' ? [`${event.key} ${event.result}`] : [],
  );
  expect(results.filter((one) => one === 'here/b error')).toHaveLength(2);
  expect(results.filter((one) => one === 'here/b success')).toHaveLength(1);
});

test('of each object no more is kept in memory than the options say, and that is what is reconciled', async () => {
  const seen: object[] = [];
  const reconcile: Reconcile<ConfigMap> = async ({ metadata }) => {
    seen.push(Object.keys(metadata));
  };
  const { cluster } = await start(reconcile, { keep: withoutManagedFields });
  cluster.put('a', { metadata: { labels: { app: 'shop' }, managedFields: [{ manager: 'kubectl' }] } });
  await until(() => seen.length > 0);
  expect(seen[0]).toContain('labels');
  expect(seen[0]).not.toContain('managedFields');
});

test('no object is worked on by two at once, however often it changes, and the last state is seen', async () => {
  let working = 0;
  let most = 0;
  let last = '';
  const { cluster } = await start(async (object) => {
    working += 1;
    most = Math.max(most, working);
    await wait(3);
    last = object.data?.value ?? '';
    working -= 1;
  });
  for (let value = 0; value <= 40; value += 1) {
    cluster.set('a', String(value));
    await wait(1);
  }
  await until(() => last === '40');
  expect(most).toBe(1);
});

test('who works on an object is told when it is deleted meanwhile, and not of what others have', async () => {
  const told: string[] = [];
  let begun = 0;
  const { cluster } = await start(async (object, { changed }) => {
    begun += 1;
    await new Promise<void>((resolve) => {
      changed.addEventListener('abort', () => {
        told.push(nameOf(object));
        resolve();
      });
    });
  });
  cluster.set('a', '1');
  cluster.set('b', '1');
  await until(() => begun === 2);
  cluster.delete('a');
  await until(() => told.length > 0);
  expect(told).toEqual(['a']);
  cluster.delete('b');
  await until(() => told.length === 2);
});

test('a waker wakes whom it names while this process leads, and is ended with it', async () => {
  const seen: string[] = [];
  let wake: (key: string) => void = () => {};
  let isEnded = false;
  const waker: Waker = (call) => {
    wake = call;
    return () => {
      isEnded = true;
    };
  };
  const reconcile: Reconcile<ConfigMap> = async (object) => void seen.push(nameOf(object));
  const { cluster } = await start(reconcile, {}, { wakers: [waker] });
  cluster.set('a', '1');
  cluster.set('b', '1');
  await until(() => seen.length === 2);
  wake('here/b');
  wake('here/none');
  await until(() => seen.length === 3);
  expect([seen[2], isEnded]).toEqual(['b', false]);
  stop.abort();
  await running;
  expect(isEnded).toBe(true);
});

test('at its end nothing more is begun, and what has begun may finish', async () => {
  let begun = 0;
  let finish = () => {};
  const { cluster } = await start(
    () => {
      begun += 1;
      return new Promise<void>((resolve) => {
        finish = resolve;
      });
    },
    { graceMs: 30_000 },
  );
  cluster.set('a', '1');
  await until(() => begun === 1);
  stop.abort();
  cluster.set('b', '1');
  let isOver = false;
  running?.then(() => {
    isOver = true;
  });
  await wait(30);
  expect(isOver).toBe(false);
  finish();
  await running;
  expect(begun).toBe(1);
});

test('a reconcile that goes on after its signal is told, and not waited for without end', async () => {
  let signal: AbortSignal | undefined;
  const { cluster } = await start((_object, context) => {
    signal = context.signal;
    return new Promise(() => {});
  });
  cluster.set('a', '1');
  await until(() => signal !== undefined);
  stop.abort();
  await expect(running).rejects.toMatchObject({ code: 'RECONCILE_SLOW' });
  expect(signal?.aborted).toBe(true);
});

test('what may not be watched ends the operator with the words of the server', async () => {
  server = await scriptedServer((_seen, response) => sendJson(response, 403, statusBody(403, 'Forbidden')));
  const operator = new Operator({
    name: 'test',
    kubeconfig: configTo(server.url),
    election: false,
    port: false,
  });
  operator.controller({ of: configMaps, reconcile: async () => {} });
  await expect(operator.run(stop.signal)).rejects.toMatchObject({ code: 'FORBIDDEN' });
});

test('it tells its health, its readiness and its metrics', async () => {
  const { cluster, told, operator } = await start(async () => {}, { port: 0, host: '127.0.0.1' });
  cluster.set('a', '1');
  await until(() => told.some((event) => event.type === 'reconciled'));
  const listening = told.find((event) => event.type === 'listening');
  const url = `http://127.0.0.1:${(listening as { readonly port: number }).port}`;
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  const text = await (await fetch(`${url}/metrics`)).text();
  expect(text).toMatch(
    /^controller_runtime_reconcile_total\{controller="configmaps",result="success"\} [1-9]/m,
  );
  expect(text).toMatch(/^workqueue_depth\{controller="configmaps",name="configmaps"\} 0$/m);
  expect(operator.metrics.text()).toMatch(/^process_resident_memory_bytes [1-9]/m);
});

test.each(['Greeter', '', 'a/b', 'x'.repeat(64), '-a'])('the name "%s" is refused', (name) => {
  expect(() => new Operator({ name })).toThrow(expect.objectContaining({ code: 'CONTROLLER_OPTION' }));
});
