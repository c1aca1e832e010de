import { Pool, type QueryResultRow } from 'pg';
import type { Log } from '../shared/log';
import { unavailable } from '../shared/problem';

/** Asks the database; what its being away means for a request is decided here, once. */
export interface Database {
  rows<Row extends QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

export function openDatabase(connectionString: string, log: Log): Database {
  const pool = new Pool({
    connectionString,
    max: 10,
    connectionTimeoutMillis: 3000,
    idleTimeoutMillis: 30_000,
    statement_timeout: 10_000,
    query_timeout: 12_000,
    application_name: 'todo-backend',
  });
  // A connection that breaks while nothing uses it: the next request gets a new one.
  pool.on('error', (error) => log.warn('lost a connection to the database', { error }));
  return {
    rows: async <Row extends QueryResultRow>(sql: string, values: readonly unknown[] = []) => {
      try {
        return (await pool.query<Row>(sql, [...values])).rows;
      } catch (error) {
        if (!isAway(error)) throw error;
        log.warn('the database cannot be reached', { error });
        throw unavailable('The database');
      }
    },
    close: () => pool.end(),
  };
}

/** SQLSTATE: connection lost, too many connections, shutting down or starting, a table that no migration has made yet. */
const awayStates = /^(08|53300|57P0|42P01|3D000)/;
const awayWords = /ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|EPIPE|timeout|Connection terminated/i;

/** Whether an error says that nobody answers, or not yet. */
export function isAway(error: unknown): boolean {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  return awayStates.test(code) || awayWords.test(`${code} ${message}`);
}

/** Whether an error is the refusal of a second row with the same key. */
export function isDuplicate(error: unknown): boolean {
  return (error as { code?: string }).code === '23505';
}
