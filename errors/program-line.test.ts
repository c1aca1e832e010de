import { DrydockError } from './drydock-error';
import { programLine, whereProgramIs } from './program-line';

test('the line of the program is that of who called, not of this library', () => {
  expect(programLine()).toMatch(/program-line\.test\.ts:\d+$/);
  const kept = whereProgramIs();
  expect(programLine(kept)).toMatch(/program-line\.test\.ts:6$/);
});

test.each([
  [
    'Error\n    at Scope.cannotPrint (/app/node_modules/cdk8s-drydock/core/x.js:1:2)\n    at node:internal/x:3:4',
    undefined,
  ],
  ['Error\n    at f (/app/node_modules/a/b.js:1:2)\n    at g (/srv/program/main.ts:14:3)', 'main.ts:14'],
  ['Error\n    at file:///srv/program/main.mts:7:1', 'main.mts:7'],
  ['', undefined],
])('of the stack %j', (stack, line) => {
  expect(programLine(Object.assign(new Error(), { stack }))).toBe(line);
});

test('an error says the line beside the place', () => {
  const facts = { where: 'shop/a', found: 'x', expected: 'y', remedy: 'z' };
  expect(new DrydockError('CODE', { ...facts, line: 'main.ts:3' }).message).toBe(
    'CODE at shop/a (main.ts:3): found x; expected y. Z.',
  );
  expect(new DrydockError('CODE', facts).message).toBe('CODE at shop/a: found x; expected y. Z.');
});
