import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Client } from 'pg';
import { createLog } from '../shared/log';
import { startPostgres, type TestPostgres } from '../shared/testing/postgres';
import { startBackend } from './backend';
import { migrate } from './migrations';
import { KEY } from './testing/backend-under-test';

const log = createLog({ program: 'test', write: () => {} });
let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.remove());

async function database(name: string): Promise<string> {
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  return postgres.url.replace(/postgres$/, name);
}

async function sql(url: string, text: string) {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(text);
  await client.end();
  return rows;
}

/** The program as a container starts it. */
function run(args: string[], env: NodeJS.ProcessEnv) {
  const program = ['--import', 'tsx', join(__dirname, 'main.ts')];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...program, ...args], {
    cwd: join(__dirname, '..', '..'),
    encoding: 'utf8',
    env: { PATH: process.env.PATH, ...env },
  });
  return { status, output: stdout + stderr };
}

test('the command migrates an empty database, and has nothing to do the second time', async () => {
  const url = await database('twice');
  expect(run(['migrate'], { DATABASE_URL: url })).toEqual({
    status: 0,
    output: expect.stringMatching(/"message":"migrated","step":1.*"message":"migrated","step":2/s),
  });
  const again = run(['migrate'], { DATABASE_URL: url });
  expect([again.status, again.output]).toEqual([0, expect.stringContaining('nothing to migrate')]);
});

test('five at once take turns, and each step is done once', async () => {
  const url = await database('at_once');
  const done = await Promise.all([1, 2, 3, 4, 5].map(() => migrate(url, log)));
  expect(done.sort()).toEqual([0, 0, 0, 0, 2]);
});

test('a database that is ahead, of a version that was rolled back, is left as it is', async () => {
  const url = await database('ahead');
  await migrate(url, log);
  await sql(url, 'insert into migrations (step) values (99)');
  expect(await migrate(url, log)).toBe(0);
});

test('a step that fails leaves nothing of itself, and is done when its cause is gone', async () => {
  const url = await database('fails');
  // In the way of the third table of the first step: two are made before it, and taken back.
  await sql(url, 'create table todos (title text)');
  await expect(migrate(url, log)).rejects.toThrow('"todos" already exists');
  expect(
    await sql(url, `select to_regclass('users') as users, count(*)::int as steps from migrations`),
  ).toEqual([{ users: null, steps: 0 }]);
  await sql(url, 'drop table todos');
  expect(await migrate(url, log)).toBe(2);
});

test('a backend that starts first is unready until the migration ran, and then ready by itself', async () => {
  const url = await database('first');
  const service = await startBackend({ DATABASE_URL: url, BETTER_AUTH_SECRET: KEY, PORT: '0' }, () => {});
  try {
    const ready = async () => {
      const answer = await fetch(`${service.url}/ready`);
      return [answer.status, ((await answer.json()) as { checks: { database: string } }).checks.database];
    };
    expect(await ready()).toEqual([503, 'migrations are missing: 0 of 2 are done']);
    expect((await fetch(`${service.url}/todos`)).status).toBe(401);
    await migrate(url, log);
    expect(await ready()).toEqual([200, 'ok']);
  } finally {
    await service.close();
  }
});

test('a database that only starts is waited for, by the same process: a network policy would not know another pod either', async () => {
  const url = await database('late');
  const lines: string[] = [];
  const told = createLog({ program: 'test', write: (line) => lines.push(line) });
  await postgres.stop();
  const migrated = migrate(url, told, 20_000);
  while (lines.length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  await postgres.start();
  expect(await migrated).toBe(2);
  expect(lines[0]).toContain('the database cannot be reached yet');
});

const right = () => ({ DATABASE_URL: postgres.url, BETTER_AUTH_SECRET: KEY });
test.each<[string, string[], NodeJS.ProcessEnv, RegExp]>([
  ['an empty DATABASE_URL', ['migrate'], { DATABASE_URL: '' }, /variable DATABASE_URL: found nothing/],
  [
    'a database that is away',
    ['migrate'],
    { DATABASE_URL: 'postgres://u:hunter2@127.0.0.1:1/x', DATABASE_PATIENCE_SECONDS: '0' },
    /ECONNREFUSED/,
  ],
  ['a short BETTER_AUTH_SECRET', [], { BETTER_AUTH_SECRET: 'hunter2' }, /at least 32 characters/],
  ['a command that there is not', ['migarte'], {}, /unknown command migarte/],
])('%s ends the program with 1 and a line that says why, without secrets', (_, args, env, says) => {
  const { status, output } = run(args, { ...right(), ...env });
  expect([status, output]).toEqual([1, expect.stringMatching(says)]);
  expect(output).not.toContain('hunter2');
  for (const line of output.trim().split('\n')) expect(JSON.parse(line).level).toBe('error');
});

test.each<[string, NodeJS.ProcessEnv, RegExp]>([
  ['no DATABASE_URL', { DATABASE_URL: undefined }, /variable DATABASE_URL: found nothing/],
  ['a DATABASE_URL of MySQL', { DATABASE_URL: 'mysql://u:hunter2@db/x' }, /found a text of 22 characters/],
  [
    'an AI_AGENT_URL without http',
    { AI_AGENT_URL: 'ai-svc:8002' },
    /variable AI_AGENT_URL: found "ai-svc:8002"/,
  ],
])('with %s the backend does not start, and says why without secrets', async (_, env, says) => {
  const start = startBackend({ ...right(), ...env, PORT: '0' });
  await expect(start).rejects.toThrow(says);
  await expect(start).rejects.not.toThrow('hunter2');
});
