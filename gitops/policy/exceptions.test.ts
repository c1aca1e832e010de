import { exceptionsIn, isExcepted, stillHold } from './exceptions';

const right = {
  ...{ rule: 'main.deny', object: 'Deployment/web', application: 'team/shop' },
  ...{ reason: 'It is moved in March.', until: '2027-03-01' },
};
const read = (...exceptions: readonly unknown[]) => exceptionsIn('exceptions.yaml', { exceptions });

test('one that says all is taken', () => expect(read(right)).toEqual([right]));

test.each([
  ...['rule', 'object', 'application', 'reason', 'until'].map(
    (field) => [`one without ${field}`, { [field]: undefined }, `[0].${field}`] as const,
  ),
  ['a day that is none', { until: '2027-13-01' }, '[0].until'],
  ['a reason of two words', { reason: 'as ever' }, '[0].reason'],
  ['an object without a kind', { object: 'web' }, '[0].object'],
  ['an Application without a namespace', { application: 'shop' }, '[0].application'],
  ['a field that is misspelt', { untill: '2027-03-01' }, 'exceptions[0]'],
] as const)('%s is refused', (_what, more, place) => {
  expect(() => read({ ...right, ...more })).toThrow(
    expect.objectContaining({ code: 'POLICY_FAILED', where: expect.stringContaining(place) }),
  );
});

test.each([
  ['no list', { exceptions: right }],
  ['nothing', {}],
  ['another field', { exceptions: [], more: 1 }],
  ['a text in the list', { exceptions: ['main.deny'] }],
])('%s is refused', (_what, document) =>
  expect(() => exceptionsIn('exceptions.yaml', document)).toThrow(
    expect.objectContaining({ code: 'POLICY_FAILED' }),
  ),
);

test.each([
  ['2027-02-28', 1],
  ['2027-03-01', 1],
  ['2027-03-02', 0],
])('on %s it holds: %i', (day, count) => {
  expect(stillHold([right], new Date(`${day}T12:00:00Z`))).toHaveLength(count);
});

test.each([
  ['its own', {}, {}, true],
  ['another rule', { rule: 'main.deny_x' }, {}, false],
  ['another object', { object: 'Deployment/api' }, {}, false],
  ['an Application of the same name elsewhere', {}, { namespace: 'others' }, false],
  ['another Application', {}, { name: 'api' }, false],
])('it is for %s: %j %j', (_what, finding, application, is) => {
  const found = { rule: 'main.deny', object: 'Deployment/web', field: '', why: 'w', fix: '' };
  expect(
    isExcepted({ ...found, ...finding }, { namespace: 'team', name: 'shop', ...application }, [right]),
  ).toBe(is);
});
