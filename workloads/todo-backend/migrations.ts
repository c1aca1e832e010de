import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { NotReady } from '../shared/health';
import type { Log } from '../shared/log';
import { type Database, isAway } from './database';

/** What makes the tables, in order. A step that has been released is never changed: another one follows it. */
const steps: readonly string[] = [
  `create table users (
     id uuid primary key default gen_random_uuid(),
     email text not null unique check (email = lower(email)),
     password text not null,
     created_at timestamptz(3) not null default now()
   );
   create table sessions (
     id uuid primary key default gen_random_uuid(),
     user_id uuid not null references users on delete cascade,
     expires_at timestamptz(3) not null
   );
   create index on sessions (expires_at);
   create index on sessions (user_id);
   create table todos (
     id uuid primary key default gen_random_uuid(),
     user_id uuid not null references users on delete cascade,
     title text not null,
     notes text not null default '',
     done boolean not null default false,
     created_at timestamptz(3) not null default now(),
     updated_at timestamptz(3) not null default now()
   );
   create index on todos (user_id, created_at desc, id desc);`,
  `create table attempts (
     key text primary key,
     count integer not null,
     ends_at timestamptz(3) not null
   );
   create index on attempts (ends_at);`,
];

/** Any number, as long as each program that shares the database has another. */
const LOCK = 7_206_340;

/**
 * Brings the database to what this version expects, and says how many steps that took. Two of them at once take turns; where
 * the database is ahead, of a version that was rolled back, there is nothing to do.
 */
export async function migrate(connectionString: string, log: Log, patienceMs = 60_000): Promise<number> {
  const client = await connected(connectionString, log, patienceMs);
  try {
    // Held until the connection ends, in whatever way it ends.
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    await client.query(
      'create table if not exists migrations (step integer primary key, applied_at timestamptz not null default now())',
    );
    const [{ last }] = (await client.query('select coalesce(max(step), 0) as last from migrations')).rows;
    const missing = steps.slice(last);
    for (const [index, sql] of missing.entries()) {
      const step = last + index + 1;
      await inTransaction(client, async () => {
        await client.query(sql);
        await client.query('insert into migrations (step) values ($1)', [step]);
      });
      log.info('migrated', { step });
    }
    if (missing.length === 0) log.info('nothing to migrate', { step: last });
    return missing.length;
  } finally {
    await client.end();
  }
}

const AGAIN_MS = 1000;

/**
 * Connects, and tries again where nobody answers: a database that only starts, or a network policy that does not know this
 * pod yet. Another pod would be as new to the policy as this one, so it is this one that has to wait.
 */
async function connected(connectionString: string, log: Log, patienceMs: number): Promise<Client> {
  const started = Date.now();
  for (;;) {
    const client = new Client({ connectionString, connectionTimeoutMillis: 5000 });
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => undefined);
      if (!isAway(error) || Date.now() - started > patienceMs) throw error;
      log.warn('the database cannot be reached yet', { error });
      await pause(AGAIN_MS);
    }
  }
}

async function inTransaction(client: Client, work: () => Promise<void>): Promise<void> {
  await client.query('begin');
  try {
    await work();
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

/** Throws why the database is not what this version expects. */
export async function checkMigrated(database: Database): Promise<void> {
  const [table] = await database.rows<{ name: string | null }>(`select to_regclass('migrations') as name`);
  const last = table?.name
    ? await database.rows<{ step: number }>('select coalesce(max(step), 0) as step from migrations')
    : [];
  const step = last[0]?.step ?? 0;
  if (step < steps.length) throw new NotReady(`migrations are missing: ${step} of ${steps.length} are done`);
}
