import { httpUrl, port, postgresUrl, readSettings, SettingsError, secretText, signingKey } from './settings';

const shape = {
  DATABASE_URL: postgresUrl,
  BETTER_AUTH_SECRET: signingKey,
  OPENAI_API_KEY: secretText,
  BACKEND_URL: httpUrl('http://backend-svc:8000'),
  PORT: port(8000),
};
const right = {
  DATABASE_URL: 'postgres://user:hunter2@db:5432/todo',
  BETTER_AUTH_SECRET: 'k'.repeat(32),
  OPENAI_API_KEY: 'sk-x',
};

function refusal(env: Record<string, string | undefined>): string {
  try {
    readSettings({ ...right, ...env }, shape);
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  throw new Error('it was taken');
}

test('what is right is read, and what is not set has its default', () => {
  expect(readSettings({ ...right, PORT: '0', BACKEND_URL: 'https://b/base/' }, shape)).toEqual({
    ...right,
    PORT: 0,
    BACKEND_URL: 'https://b/base',
  });
  expect(readSettings(right, shape)).toMatchObject({ PORT: 8000, BACKEND_URL: 'http://backend-svc:8000' });
});

test.each<[keyof typeof shape, string | undefined]>([
  ['DATABASE_URL', undefined],
  ['DATABASE_URL', ''],
  ['DATABASE_URL', 'mysql://user:hunter2@db/todo'],
  ['DATABASE_URL', 'postgres://user:hunter2@db'],
  ['DATABASE_URL', 'hunter2'],
  ['BETTER_AUTH_SECRET', 'hunter2'],
  ['OPENAI_API_KEY', 'hunter2\n'],
  ['BACKEND_URL', 'backend-svc:8000'],
  ['BACKEND_URL', 'http://user:pass@b'],
  ['BACKEND_URL', 'ftp://b'],
  ['PORT', '65536'],
  ['PORT', '8e3'],
  ['PORT', '-1'],
])('%s of %j is refused, by its name and without a secret', (name, found) => {
  const message = refusal({ [name]: found });
  expect(message).toMatch(new RegExp(`^environment variable ${name}: found .*, expected .*; set it`));
  expect(message).not.toContain('hunter2');
});

test('all faults are told at once', () => {
  expect(refusal({ DATABASE_URL: '', PORT: 'x' }).split('\n')).toHaveLength(2);
});
