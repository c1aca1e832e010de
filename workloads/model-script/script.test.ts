import { replyTo } from './script';

const user = (content: string) => ({ role: 'user', content });
const tool = (content: object | string) => ({
  role: 'tool',
  content: typeof content === 'string' ? content : JSON.stringify(content),
});
const todos = tool({ todos: [{ id: '1', title: 'Oat milk', done: false }] });
const calls = (name: string, args: object) => ({ calls: [{ name, arguments: JSON.stringify(args) }] });

test.each<[string, Parameters<typeof replyTo>[0], ReturnType<typeof replyTo>]>([
  ['a list is asked for', [user('What is on my list?')], calls('list_todos', {})],
  ['and told', [user('list my todos'), todos], { text: 'You have 1 todo:\n- Oat milk' }],
  ['also when it is empty', [user('list my todos'), tool({ todos: [] })], { text: 'Your list is empty.' }],
  ['a todo is added', [user('Add buy bread')], calls('create_todo', { title: 'buy bread' })],
  ['and that is said', [user('add bread'), tool({ todo: {} })], { text: 'Added “bread”.' }],
  [
    'or why not',
    [user('add bread'), tool('The list is full.')],
    { text: 'That did not work. The list is full.' },
  ],
  ['a todo is found before it is ticked', [user('tick oat'), todos], calls('complete_todo', { id: '1' })],
  ['and before it is deleted', [user('delete oat milk'), todos], calls('delete_todo', { id: '1' })],
  ['or not found', [user('delete bread'), todos], { text: 'There is no todo like “bread”.' }],
  ['what was before is over', [user('add a'), tool('{}'), user('list all')], calls('list_todos', {})],
])('%s', (_, messages, reply) => {
  expect(replyTo(messages)).toEqual(reply);
});

test('it says what it is to whoever says something else', () => {
  expect(replyTo([user('hello')])).toEqual({ text: expect.stringContaining('a script and no model') });
});
