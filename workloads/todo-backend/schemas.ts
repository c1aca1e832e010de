import { z } from 'zod';
import { lines, oneLine } from '../shared/text';

const Email = z.string().max(254).toLowerCase().pipe(z.email('an e-mail address'));
const title = z
  .string()
  .trim()
  .min(1, 'a title')
  .max(200, 'at most 200 characters')
  .regex(oneLine, 'text on one line');
const notes = z.string().max(4000, 'at most 4000 characters').regex(lines, 'text');

export const SignUp = z.strictObject({
  email: Email,
  password: z
    .string()
    .min(10, 'a password of at least 10 characters')
    .max(200, 'at most 200 characters')
    .regex(oneLine, 'text on one line'),
});
/** Of any length: rules for new passwords say nothing of old ones. */
export const SignIn = z.strictObject({ email: Email, password: z.string().min(1).max(200) });

export const NewTodo = z.strictObject({ title, notes: notes.optional() });
export const TodoChange = z
  .strictObject({ title: title.optional(), notes: notes.optional(), done: z.boolean().optional() })
  .refine((change) => Object.keys(change).length > 0, 'at least one of title, notes and done');
export const TodoId = z.strictObject({ id: z.uuid('the id of a todo') });

const nextOfAPage = 'the `next` of another page';
/** Where the next page begins: the place of the last todo of this one. */
const cursor = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The pattern takes the 30th of February too, which the database does not. */
function isMoment(after: string): boolean {
  const [time = ''] = after.split('_');
  const date = new Date(time);
  return !Number.isNaN(date.getTime()) && date.toISOString() === time;
}
export const TodoQuery = z.strictObject({
  state: z.enum(['all', 'open', 'done']).default('all'),
  limit: z
    .string()
    .regex(/^[1-9]\d?$|^1\d\d$|^200$/, 'a number from 1 to 200')
    .default('100'),
  after: z.string().regex(cursor, nextOfAPage).refine(isMoment, nextOfAPage).optional(),
});

export const UserAnswer = z.strictObject({ user: z.strictObject({ id: z.uuid(), email: z.string() }) });
export const Todo = z.strictObject({
  id: z.uuid(),
  title: z.string(),
  notes: z.string(),
  done: z.boolean(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export const TodoAnswer = z.strictObject({ todo: Todo });
export const TodoList = z.strictObject({ todos: z.array(Todo), next: z.string().nullable() });
export const ProblemAnswer = z.strictObject({
  error: z.strictObject({
    status: z.int(),
    code: z.string(),
    message: z.string(),
    details: z.array(z.strictObject({ where: z.string(), expected: z.string() })).optional(),
  }),
});
