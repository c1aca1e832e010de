import { impersonation } from './impersonation';

test('a user without `as` calls in its own name, whatever empty fields are beside', () => {
  const empty: object[] = [
    {},
    { token: 't' },
    { as: '' },
    { 'as-uid': '', 'as-groups': null },
    { 'as-user-extra': null },
  ];
  for (const user of empty) expect(impersonation({ ...user })).toEqual({});
});

test('the fields of a user become the headers that the API server knows', () => {
  const user = {
    as: 'jane',
    'as-uid': 'u-1',
    'as-groups': ['dev', 'ops'],
    'as-user-extra': { scopes: ['view', 'edit'], 'example.com/team': ['x'], none: [], nothing: null },
  };
  expect(impersonation(user)).toEqual({
    'Impersonate-User': 'jane',
    'Impersonate-Uid': 'u-1',
    'Impersonate-Group': ['dev', 'ops'],
    'Impersonate-Extra-scopes': ['view', 'edit'],
    'Impersonate-Extra-example.com%2Fteam': ['x'],
  });
});

test('what is left out or empty beside `as` sends no header', () => {
  const only = { 'Impersonate-User': 'jane' };
  expect(impersonation({ as: 'jane' })).toEqual(only);
  const nulls = { 'as-uid': null, 'as-groups': null, 'as-user-extra': null };
  expect(impersonation({ as: 'jane', ...nulls })).toEqual(only);
  expect(impersonation({ as: 'jane', 'as-uid': '', 'as-groups': [], 'as-user-extra': {} })).toEqual(only);
});

test('of a key, exactly what no name of a header can hold is written by its bytes in UTF-8', () => {
  const nameOf = (key: string) =>
    Object.keys(impersonation({ as: 'j', 'as-user-extra': { [key]: ['x'] } }))[1];
  const plain = "!#$&'*+-.^_`|~0189AZaz";
  expect(nameOf(plain)).toBe(`Impersonate-Extra-${plain}`);
  expect(nameOf('a/b c%d\n')).toBe('Impersonate-Extra-a%2Fb%20c%25d%0A');
  expect(nameOf('ä@[{')).toBe('Impersonate-Extra-%C3%A4%40%5B%7B');
});

test.each<[user: object, wrong: string]>([
  [{ 'as-uid': 'u' }, '`as-uid`, `as-groups` or `as-user-extra` without `as`'],
  [{ 'as-groups': ['g'] }, '`as-uid`, `as-groups` or `as-user-extra` without `as`'],
  [{ as: '', 'as-user-extra': { a: ['b'] } }, '`as-uid`, `as-groups` or `as-user-extra` without `as`'],
  [{ as: 5 }, '`as` that is no text'],
  [{ as: 'j', 'as-uid': 5 }, '`as-uid` that is no text'],
  [{ as: 'j', 'as-groups': 'dev' }, '`as-groups` that is no list of texts'],
  [{ as: 'j', 'as-groups': ['dev', 5] }, '`as-groups` that is no list of texts'],
  [{ as: 'j', 'as-user-extra': ['a'] }, '`as-user-extra` that is no mapping of lists of texts'],
  [{ as: 'j', 'as-user-extra': 'a' }, '`as-user-extra` that is no mapping of lists of texts'],
  [
    { as: 'j', 'as-user-extra': { a: ['b'], c: 'd' } },
    '`as-user-extra` that is no mapping of lists of texts',
  ],
  [{ as: 'j', 'as-user-extra': { a: [5] } }, '`as-user-extra` that is no mapping of lists of texts'],
])('%j is refused, and nobody is called in another name: %s', (user, wrong) => {
  expect(impersonation({ ...user })).toEqual({ wrong });
});
