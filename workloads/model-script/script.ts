/** What the stand-in says next: text, or tools that it wants called. */
export type Reply =
  | { readonly text: string }
  | { readonly calls: readonly { readonly name: string; readonly arguments: string }[] };

/** A message as it arrives, as far as the script reads it. */
export interface Said {
  readonly role: string;
  readonly content?: string | null;
}

interface Todo {
  readonly id: string;
  readonly title: string;
  readonly done: boolean;
}

const call = (name: string, args: object): Reply => ({ calls: [{ name, arguments: JSON.stringify(args) }] });

/**
 * The script. It is no model: it knows four sentences, and finds in them what they are about. What tools answered since the
 * user spoke is all that it remembers.
 */
export function replyTo(messages: readonly Said[]): Reply {
  const last = messages.findLastIndex(({ role }) => role === 'user');
  const asked = messages[last]?.content?.trim() ?? '';
  const answers = messages.slice(last + 1).filter(({ role }) => role === 'tool');
  const [first, second] = answers.map(({ content }) => content ?? '');

  const added = asked.match(/^(?:please )?(?:add|create|remember)(?: a todo)?:? (.+)$/i)?.[1];
  if (added)
    return first === undefined ? call('create_todo', { title: added }) : said(first, `Added “${added}”.`);

  const change = asked.match(/^(?:please )?(tick|complete|finish|delete|remove) (.+)$/i);
  if (change) {
    const [, verb = '', title = ''] = change;
    if (first === undefined) return call('list_todos', {});
    const found = todosIn(first).find((todo) => todo.title.toLowerCase().includes(title.toLowerCase()));
    if (found === undefined) return { text: `There is no todo like “${title}”.` };
    const isDelete = /delete|remove/i.test(verb);
    if (second === undefined) return call(isDelete ? 'delete_todo' : 'complete_todo', { id: found.id });
    return said(second, `${isDelete ? 'Deleted' : 'Ticked'} “${found.title}”.`);
  }

  if (/\b(list|show|what|which|todos?)\b/i.test(asked)) {
    return first === undefined ? call('list_todos', {}) : { text: listed(todosIn(first)) };
  }
  return {
    text: 'I am a script and no model. I understand “list my todos”, “add …”, “tick …” and “delete …”.',
  };
}

/** What is to be said after a change, unless its tool said why there was none. */
function said(outcome: string, text: string): Reply {
  return { text: outcome.startsWith('{') ? text : `That did not work. ${outcome}` };
}

function todosIn(text: string): readonly Todo[] {
  try {
    return JSON.parse(text).todos ?? [];
  } catch {
    return [];
  }
}

function listed(todos: readonly Todo[]): string {
  if (todos.length === 0) return 'Your list is empty.';
  const lines = todos.map(({ title, done }) => `- ${title}${done ? ' (done)' : ''}`);
  return `You have ${todos.length} ${todos.length === 1 ? 'todo' : 'todos'}:\n${lines.join('\n')}`;
}
