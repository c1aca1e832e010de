import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { markOf } from '../source/mark';
import { BoardServer } from '../testing-only/board-server';
import { Followers } from './followers';
import { Pushes } from './pushes';

const SECRET = 'correct-horse-battery';
const URL = 'https://git.example.com/team/shop.git';
const mark = markOf(URL, 'main')!;

let server: BoardServer;
let folder: string;
const closing: Array<() => Promise<void>> = [];
beforeEach(async () => {
  server = await BoardServer.start();
  folder = mkdtempSync(join(tmpdir(), 'drydock-pushes-'));
  writeFileSync(join(folder, 'secrets'), SECRET);
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  await server.close();
  rmSync(folder, { recursive: true });
});

/** One replica, with all that it does of a push in its order. */
async function replica() {
  const did: string[] = [];
  const followers = new Followers();
  const pushes = new Pushes(followers, (of) => did.push(`forgets ${of}`));
  let port = 0;
  const onListening = (one: number) => {
    port = one;
  };
  const options = { secretFile: join(folder, 'secrets'), port: 0, host: '127.0.0.1', onListening };
  const start = pushes.service(options, () => server.connect(), 'drydock-gitops');
  closing.push(await start(new AbortController().signal));
  const lead = () => pushes.waker((key) => did.push(`wakes ${key}`));
  const tell = async (body = JSON.stringify({ ref: 'refs/heads/main', repository: { clone_url: URL } })) => {
    const signature = createHmac('sha256', SECRET).update(body).digest('hex');
    const answer = await fetch(`http://127.0.0.1:${port}/push`, {
      ...{ method: 'POST', body },
      headers: {
        'content-type': 'application/json',
        'x-gitea-event': 'push',
        'x-gitea-signature': signature,
      },
    });
    return answer.status;
  };
  return { did, followers, lead, tell };
}

async function until(happened: () => boolean): Promise<void> {
  const begun = performance.now();
  while (!happened()) {
    if (performance.now() - begun > 30_000) throw new Error(`never: ${happened}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

test('what one replica takes wakes the Applications of that branch where it leads, once what was known is forgotten', async () => {
  const [leader, standby] = [await replica(), await replica()];
  const over = leader.lead();
  leader.followers.follow('team/shop', mark);
  leader.followers.follow('team/other', markOf(URL, 'next'));
  leader.followers.follow('team/moved', mark);
  leader.followers.follow('team/moved', markOf(URL, 'next'));
  leader.followers.follow('team/gone', mark);
  leader.followers.forget('team/gone');
  leader.followers.follow('team/none', undefined);
  expect(await standby.tell()).toBe(202);
  await until(() => leader.did.length > 1 && standby.did.length > 0);
  expect([leader.did, standby.did]).toEqual([[`forgets ${mark}`, 'wakes team/shop'], [`forgets ${mark}`]]);

  over();
  expect(await standby.tell()).toBe(202);
  await until(() => leader.did.length > 2);
  expect(leader.did.slice(2)).toEqual([`forgets ${mark}`]);
});

test('where it may not be noted the forge is told so, and what follows is noted again', async () => {
  const { tell, did } = await replica();
  server.isForbidden = true;
  expect(await tell()).toBe(503);
  server.isForbidden = false;
  expect(await tell()).toBe(202);
  await until(() => did.length === 1);
});
