import { API_CALLS, roleRules } from './api-calls';

const granted = roleRules().flatMap(({ resources, verbs }) =>
  resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}`)),
);

test('the Role of the runtime is this and no more', () => {
  expect(granted.sort()).toEqual([
    'create jobs',
    'create pods/exec',
    'delete jobs',
    'get jobs',
    'get pods',
    'get pods/exec',
    'get pods/log',
    'list events',
    'list jobs',
    'list pods',
    'list resourcequotas',
    'patch jobs',
    'watch events',
    'watch jobs',
    'watch pods',
  ]);
});

test('every line says what it is for', () => {
  for (const { why } of API_CALLS) expect(why.length).toBeGreaterThan(20);
});
