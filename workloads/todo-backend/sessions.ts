import { type Claims, sign, verify } from '../shared/token';
import type { Database } from './database';
import type { User } from './users';

/** Who calls, by which session, and what the token may do. */
export interface Caller {
  readonly user: User;
  readonly session: string;
  readonly scope: Claims['scope'];
}

const SESSION_SECONDS = 7 * 24 * 3600;
/** As long as an answer of the chat may take. */
const CHAT_SECONDS = 300;

/** Sessions are rows, and the tokens that name them are signed: one is of use only while its row is there. */
export class Sessions {
  constructor(
    private readonly database: Database,
    private readonly key: string,
  ) {}

  /** Begins a session. Its token is good for all that its user may do. */
  async begin(user: User): Promise<{ token: string; seconds: number }> {
    const [row] = await this.database.rows<{ id: string }>(
      'insert into sessions (user_id, expires_at) values ($1, now() + make_interval(secs => $2)) returning id',
      [user.id, SESSION_SECONDS],
    );
    return { token: this.tokenFor(row?.id as string, 'all', SESSION_SECONDS), seconds: SESSION_SECONDS };
  }

  /** A token of the same session for the chat: it reads and writes todos, and ends soon. */
  chatToken(caller: Caller): string {
    return this.tokenFor(caller.session, 'todos', CHAT_SECONDS);
  }

  private tokenFor(session: string, scope: Claims['scope'], seconds: number): string {
    return sign({ session, scope, expires: Math.floor(Date.now() / 1000) + seconds }, this.key);
  }

  /** Whose token it is; undefined where it is forged, or has ended, or its session has. */
  async callerOf(token: string): Promise<Caller | undefined> {
    const claims = verify(token, this.key);
    if (claims === undefined) return undefined;
    const [user] = await this.database.rows<User>(
      `select users.id, email from sessions join users on users.id = user_id
       where sessions.id = $1 and expires_at > now()`,
      [claims.session],
    );
    return user && { user, session: claims.session, scope: claims.scope };
  }

  async end(session: string): Promise<void> {
    await this.database.rows('delete from sessions where id = $1', [session]);
  }
}

/** Removes what has ended: sessions, and counts of attempts. */
export async function sweep(database: Database): Promise<void> {
  await database.rows('delete from sessions where expires_at <= now()');
  await database.rows('delete from attempts where ends_at <= now()');
}
