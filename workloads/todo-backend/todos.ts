import type { z } from 'zod';
import { notFound, Problem } from '../shared/problem';
import type { Database } from './database';
import type { NewTodo, Todo, TodoChange, TodoQuery } from './schemas';

type TodoRow = {
  id: string;
  title: string;
  notes: string;
  done: boolean;
  created_at: Date;
  updated_at: Date;
};

/** More than these are no list that a person looks at, and fill a database that others use too. */
export const MOST_TODOS = 2000;

const columns = 'id, title, notes, done, created_at, updated_at';

/** The todos of one user: every statement names the user, so that there is none that could reach another's. */
export class Todos {
  constructor(
    private readonly database: Database,
    private readonly userId: string,
  ) {}

  async list(
    query: z.infer<typeof TodoQuery>,
  ): Promise<{ todos: z.infer<typeof Todo>[]; next: string | null }> {
    const limit = Number(query.limit);
    const [time, id] = query.after?.split('_') ?? [null, null];
    const rows = await this.database.rows<TodoRow>(
      `select ${columns} from todos
       where user_id = $1 and ($2::boolean is null or done = $2)
         and ($3::timestamptz is null or (created_at, id) < ($3, $4::uuid))
       order by created_at desc, id desc limit $5`,
      [this.userId, query.state === 'all' ? null : query.state === 'done', time, id, limit + 1],
    );
    const todos = rows.slice(0, limit).map(answerOf);
    const last = todos.at(-1);
    return { todos, next: rows.length > limit && last ? `${last.createdAt}_${last.id}` : null };
  }

  async get(id: string): Promise<z.infer<typeof Todo>> {
    return one(
      await this.database.rows<TodoRow>(`select ${columns} from todos where user_id = $1 and id = $2`, [
        this.userId,
        id,
      ]),
    );
  }

  async add({ title, notes = '' }: z.infer<typeof NewTodo>): Promise<z.infer<typeof Todo>> {
    const [row] = await this.database.rows<TodoRow>(
      `insert into todos (user_id, title, notes) select $1, $2, $3
       where (select count(*) from todos where user_id = $1) < $4 returning ${columns}`,
      [this.userId, title, notes, MOST_TODOS],
    );
    if (row === undefined) {
      throw new Problem(409, 'list_full', `A list holds ${MOST_TODOS} todos: delete some that are done.`);
    }
    return answerOf(row);
  }

  async change(id: string, change: z.infer<typeof TodoChange>): Promise<z.infer<typeof Todo>> {
    const { title = null, notes = null, done = null } = change;
    return one(
      await this.database.rows<TodoRow>(
        `update todos set title = coalesce($3, title), notes = coalesce($4, notes), done = coalesce($5, done),
           updated_at = now() where user_id = $1 and id = $2 returning ${columns}`,
        [this.userId, id, title, notes, done],
      ),
    );
  }

  async remove(id: string): Promise<void> {
    one(
      await this.database.rows<TodoRow>(
        `delete from todos where user_id = $1 and id = $2 returning ${columns}`,
        [this.userId, id],
      ),
    );
  }
}

/** The todo of another user is as absent as one that never was. */
function one(rows: readonly TodoRow[]): z.infer<typeof Todo> {
  const [row] = rows;
  if (row === undefined) throw notFound('todo with this id');
  return answerOf(row);
}

function answerOf({ created_at, updated_at, ...rest }: TodoRow): z.infer<typeof Todo> {
  return { ...rest, createdAt: created_at.toISOString(), updatedAt: updated_at.toISOString() };
}
