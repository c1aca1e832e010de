import { createHash } from 'node:crypto';
import { tooMany } from '../shared/problem';
import type { Database } from './database';

/** How often something may be done in a span of time. */
export interface Limit {
  readonly name: string;
  readonly times: number;
  readonly seconds: number;
}

/** Sign-ins of one address from one place: what guesses a password. */
export const signInLimit: Limit = { name: 'sign-in', times: 10, seconds: 60 };
/** Sign-ins and sign-ups from one place: what tries many addresses. Behind one proxy may be many people. */
export const placeLimit: Limit = { name: 'place', times: 60, seconds: 60 };
export const chatLimit: Limit = { name: 'chat', times: 20, seconds: 60 };
export const writeLimit: Limit = { name: 'write', times: 300, seconds: 60 };

/**
 * Counts one more of what `who` does, and refuses what is too many. The counts are in the database, so that they hold for all
 * pods together.
 */
export async function countAttempt(database: Database, limit: Limit, who: string): Promise<void> {
  // A hash: addresses of people have no business in this table.
  const key = createHash('sha256').update(`${limit.name} ${who}`).digest('base64url');
  const [row] = await database.rows<{ count: number; left: number }>(
    `insert into attempts as old (key, count, ends_at) values ($1, 1, now() + make_interval(secs => $2))
     on conflict (key) do update set
       count = case when old.ends_at <= now() then 1 else old.count + 1 end,
       ends_at = case when old.ends_at <= now() then excluded.ends_at else old.ends_at end
     returning count, ceil(extract(epoch from ends_at - now()))::int as left`,
    [key, limit.seconds],
  );
  if (row && row.count > limit.times) throw tooMany(Math.max(1, row.left));
}
