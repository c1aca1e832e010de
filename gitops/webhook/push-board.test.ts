import { Connection } from '../../kube';
import { ModelCluster } from '../../kube/testing-only/model-cluster';
import {
  configTo,
  type ScriptedServer,
  scriptedServer,
  sendJson,
  statusBody,
} from '../../kube/testing-only/scripted-server';
import { PushBoard } from './push-board';

let server: ScriptedServer;
let model: ModelCluster;
let writes: string[];
let refuse: ((method: string) => boolean) | undefined;
const connections: Connection[] = [];

beforeEach(async () => {
  [model, writes, refuse] = [new ModelCluster(), [], undefined];
  server = await scriptedServer((seen, response) => {
    if (seen.method === 'GET') return model.handle(seen, response);
    writes.push(seen.method);
    if (refuse?.(seen.method)) return sendJson(response, 403, statusBody(403, 'Forbidden', 'no'));
    const { data = {}, metadata } = JSON.parse(seen.body);
    const name = metadata?.name ?? seen.path.split('/').at(-1);
    const known = model.objects.get(name);
    if (seen.method === 'POST' && known)
      return sendJson(response, 409, statusBody(409, 'AlreadyExists', name));
    if (seen.method === 'PATCH' && !known) return sendJson(response, 404, statusBody(404, 'NotFound', name));
    const merged = Object.entries({ ...known?.data, ...data }).filter(([, value]) => value !== null);
    sendJson(response, 200, model.put(name, { data: Object.fromEntries(merged) as Record<string, string> }));
  });
});
afterEach(async () => {
  for (const connection of connections.splice(0)) connection.close();
  await server.close();
});

async function replica() {
  const connection = new Connection({ kubeconfig: configTo(server.url), namespace: 'here' });
  connections.push(connection);
  const board = new PushBoard(connection, 'drydock-gitops');
  const seen: string[] = [];
  await board.follow((mark) => seen.push(mark), connection.closing);
  return { board, seen };
}

async function until(happened: () => boolean): Promise<void> {
  const begun = performance.now();
  while (!happened()) {
    if (performance.now() - begun > 30_000) throw new Error(`never: ${happened}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

test('what one replica notes is seen by each of them, each time, and what was there before is not', async () => {
  const one = await replica();
  await one.board.note(['a']);
  const other = await replica();
  await other.board.note(['b', 'c']);
  await one.board.note(['a']);
  await until(() => other.seen.length === 3 && one.seen.length === 4);
  expect([one.seen, other.seen]).toEqual([
    ['a', 'b', 'c', 'a'],
    ['b', 'c', 'a'],
  ]);
});

test('two that find no board at the same moment make one', async () => {
  const [one, other] = [await replica(), await replica()];
  await Promise.all([one.board.note(['a']), other.board.note(['b'])]);
  await until(() => one.seen.length === 2 && other.seen.length === 2);
  expect(Object.keys(model.objects.get('drydock-gitops-pushes')!.data).sort()).toEqual(['a', 'b']);
});

test('a thousand messages at once are a write or two, and none of them is lost', async () => {
  const { board, seen } = await replica();
  await board.note(['first']);
  writes = [];
  const marks = Array.from({ length: 1_000 }, (_, index) => `mark-${index % 40}`);
  await Promise.all(marks.map((mark) => board.note([mark])));
  await until(() => new Set(seen).size === 41);
  expect(writes.length).toBeLessThan(4);
});

test('the oldest marks go', async () => {
  const { board, seen } = await replica();
  const marks = Array.from({ length: 600 }, (_, index) => `mark-${index}`);
  await board.note(marks);
  await until(() => seen.length === 600);
  await board.note(['new']);
  await until(() => seen.length === 601);
  const { data } = model.objects.get('drydock-gitops-pushes')!;
  expect([Object.keys(data).length, 'new' in data]).toEqual([501, true]);
});

test('a board that may not be written is told to whoever notes, and is written once it may', async () => {
  const { board, seen } = await replica();
  refuse = () => true;
  await expect(board.note(['a'])).rejects.toMatchObject({ code: 'FORBIDDEN' });
  refuse = undefined;
  await board.note(['b']);
  await until(() => seen.length === 1);
  expect(seen).toEqual(['b']);
});
