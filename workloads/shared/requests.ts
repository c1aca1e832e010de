import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import type { z } from 'zod';
import type { Log } from './log';
import { type Detail, Problem } from './problem';

/** What every request of every program carries along. */
export interface Env {
  Variables: {
    /** Goes through all programs that one click reaches, so that their logs can be read together. */
    requestId: string;
    log: Log;
  };
}

/** The id that the caller gave, where it is one, else a new one. */
export function requestIdOf(c: Context): string {
  const given = c.req.header('x-request-id') ?? '';
  return /^[A-Za-z0-9-]{8,64}$/.test(given) ? given : randomUUID();
}

/** The JSON of a request's body, checked. */
export async function jsonBody<S extends z.ZodType>(c: Context, schema: S): Promise<z.infer<S>> {
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  // A form of another site can send a body, but not one of this type.
  if (type !== 'application/json') {
    throw new Problem(415, 'not_json', 'Send the body as application/json.');
  }
  return checked(schema, parsed(await c.req.arrayBuffer()), 'body');
}

function parsed(bytes: ArrayBuffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new Problem(400, 'not_json', 'The body is no JSON in UTF-8.');
  }
}

/** What a schema makes of what was sent; what is wrong is said with its place, and never repeated. */
export function checked<S extends z.ZodType>(schema: S, found: unknown, where: string): z.infer<S> {
  const result = schema.safeParse(found);
  if (result.success) return result.data;
  const details: Detail[] = result.error.issues.slice(0, 10).map(({ path, message }) => ({
    where: [where, ...path].map(String).join('.').slice(0, 100),
    expected: message.slice(0, 200),
  }));
  throw new Problem(400, 'invalid_input', 'Some of what was sent is not as expected.', { details });
}

/** The token of an `Authorization: Bearer` header. */
export function bearerOf(c: Context): string | undefined {
  return c.req.header('authorization')?.match(/^Bearer ([A-Za-z0-9._-]+)$/)?.[1];
}
