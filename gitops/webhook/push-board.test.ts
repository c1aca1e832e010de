import { BoardServer } from '../testing-only/board-server';
import { PushBoard } from './push-board';

let server: BoardServer;
beforeEach(async () => {
  server = await BoardServer.start();
});
afterEach(() => server.close());

const noted = () => Object.keys(server.annotationsOf('drydock-gitops-pushes'));

async function replica() {
  const connection = server.connect();
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
  expect(noted().sort()).toEqual(['pushed.ajj.io/a', 'pushed.ajj.io/b']);
});

test('a thousand messages at once are a write or two, and none of them is lost', async () => {
  const { board, seen } = await replica();
  await board.note(['first']);
  server.writes.length = 0;
  const marks = Array.from({ length: 1_000 }, (_, index) => `mark-${index % 40}`);
  await Promise.all(marks.map((mark) => board.note([mark])));
  await until(() => new Set(seen).size === 41);
  expect(server.writes.length).toBeLessThan(4);
});

test('the oldest marks go', async () => {
  const { board, seen } = await replica();
  const marks = Array.from({ length: 600 }, (_, index) => `mark-${index}`);
  await board.note(marks);
  await until(() => seen.length === 600);
  await board.note(['new']);
  await until(() => seen.length === 601);
  expect([noted().length, noted().includes('pushed.ajj.io/new')]).toEqual([501, true]);
});

test('a board that may not be written is told to whoever notes, and is written once it may', async () => {
  const { board, seen } = await replica();
  server.isForbidden = true;
  await expect(board.note(['a'])).rejects.toMatchObject({ code: 'FORBIDDEN' });
  server.isForbidden = false;
  await board.note(['b']);
  await until(() => seen.length === 1);
  expect(seen).toEqual(['b']);
});
