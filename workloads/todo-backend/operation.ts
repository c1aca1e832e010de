import type { Context } from 'hono';
import type { z } from 'zod';
import type { Env } from '../shared/requests';
import type { Limit } from './limits';
import type { Caller } from './sessions';

type Nothing = z.ZodType<undefined>;

/** What a handler gets: all of it checked. */
interface Input<Body, Query, Params, Who> {
  readonly c: Context<Env>;
  readonly body: Body;
  readonly query: Query;
  readonly params: Params;
  readonly caller: Who;
}

/** Who may call: everybody, a signed-in user, or also the chat in the name of one. */
export type Access = 'everybody' | 'user' | 'user or chat';

/** One operation of the API: routes and the OpenAPI document are both made of these. */
export interface Operation {
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  /** As the document writes it: `/todos/{id}`. */
  readonly path: string;
  readonly summary: string;
  readonly access: Access;
  readonly body?: z.ZodType;
  readonly query?: z.ZodType;
  readonly params?: z.ZodType;
  /** How often one user may do it. */
  readonly limit?: Limit;
  /** What it answers when all is well: a status, and a schema unless there is no JSON. */
  readonly answer: { readonly status: number; readonly schema?: z.ZodType; readonly type?: string };
  /** Statuses of its own besides those that follow from the rest. */
  readonly problems?: Readonly<Record<number, string>>;
  readonly run: (input: Input<unknown, unknown, unknown, Caller | undefined>) => Promise<Response>;
}

/** Declares one, so that its handler has the types of its schemas. */
export function operation<
  A extends Access,
  Body extends z.ZodType = Nothing,
  Query extends z.ZodType = Nothing,
  Params extends z.ZodType = Nothing,
>(
  declared: Omit<Operation, 'run' | 'body' | 'query' | 'params' | 'access'> & {
    readonly access: A;
    readonly body?: Body;
    readonly query?: Query;
    readonly params?: Params;
    readonly run: (
      input: Input<
        z.infer<Body>,
        z.infer<Query>,
        z.infer<Params>,
        A extends 'everybody' ? Caller | undefined : Caller
      >,
    ) => Promise<Response>;
  },
): Operation {
  return declared as Operation;
}
