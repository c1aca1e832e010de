import { createLog } from './log';

function written(secrets: string[], say: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = [];
  say(createLog({ program: 'p', secrets, write: (line) => lines.push(line) }));
  return lines.join('');
}

test('a line is JSON with time, level, program, message and what else is given', () => {
  const line = written([], (log) => log.with({ requestId: 'r' }).info('hello', { count: 2 }));
  expect(JSON.parse(line)).toEqual({
    time: expect.stringMatching(/^\d{4}-.*Z$/),
    level: 'info',
    program: 'p',
    message: 'hello',
    requestId: 'r',
    count: 2,
  });
  expect(line).toMatch(/^[^\n]*\n$/);
});

const url = 'postgres://todo:p%40ss"word@db:5432/todo';
test.each([
  ['a secret in a message', 'failed with sk-1234567'],
  ['a database address', `cannot connect to ${url}`],
  ['its password alone, decoded', 'no user with p@ss"word'],
])('%s is not in it', (_, message) => {
  const line = written(['sk-1234567', url], (log) =>
    log.error(message, { error: new Error(message), list: [message] }),
  );
  expect(line).not.toMatch(/sk-1234567|p%40ss|p@ss/);
  expect(JSON.parse(line).message).toContain('[redacted]');
});

test.each([
  'password',
  'sessionToken',
  'cookie',
  'Authorization',
  'apiKey',
  'OPENAI_API_KEY',
  'DATABASE_URL',
])('what is called %s is not in it, at any depth', (name) => {
  expect(written([], (log) => log.info('m', { a: { [name]: 'hunter2', other: 'shown' } }))).toMatch(
    /^(?!.*hunter2).*shown/,
  );
});
