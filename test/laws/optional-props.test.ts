import { guardedObject, objectsWithin, synthOrder } from '../../core/tree';
import { GIVEN, withLiterals, withOptionalValues } from './optional-props';

const objects = (chart: ReturnType<typeof withLiterals>, values: object = {}) =>
  chart.render(chart.inputs({ values: values as never })).map((one) => JSON.parse(JSON.stringify(one)));

test.each(GIVEN.map((given, index) => [index, given] as const))(
  'optional values are what they are as literals, and nothing where they are not set: values %i',
  (_, given) => {
    expect(objects(withOptionalValues(), given)).toEqual(objects(withLiterals(given)));
  },
);

test('a wrong one is refused by name where it is set, and not where it is not', () => {
  const chart = withOptionalValues();
  const order = synthOrder(chart.node.root);
  expect(
    objectsWithin(chart, order, (one) => order.objectsOf(one).map(guardedObject)).length,
  ).toBeGreaterThan(5);
  expect(() => objects(chart, { priority: '-high' })).toThrow(
    expect.objectContaining({
      code: 'ASSERTION_FAILED',
      expected: expect.stringContaining('priorityClassName'),
    }),
  );
  expect(() => objects(chart, { priority: 'high' })).not.toThrow();
});
