import fc from 'fast-check';
import { Testing } from '../../core/synth';
import { DrydockError } from '../../core/template';
import { anyJson } from '../../test/support/any-json';
import { chart, REQUIRED } from '../../test/support/one-service';
import { SecureService, type SecureServiceProps } from '..';
import { shapeOfProps } from './shapes';

/** Every prop that there is: those of the shape, which the compiler holds to the interface. */
const unknown = shapeOfProps({}).requirements({ '?': 1 }, '')[0]?.expected ?? '';
const names = unknown.replace('one of ', '').split(', ');

const wrongOrRight = fc.record({ name: fc.constantFrom(...names), given: anyJson });

test('any JSON in any prop is refused with where and what to do, or comes out as objects of Kubernetes', () => {
  let refused = 0;
  let accepted = 0;
  fc.assert(
    fc.property(wrongOrRight, ({ name, given }) => {
      const shop = chart();
      try {
        new SecureService(shop, 'api', { ...REQUIRED, [name]: given } as SecureServiceProps);
        Testing.synth(shop);
        accepted++;
      } catch (error) {
        if (!(error instanceof DrydockError)) throw error;
        expect([error.where, error.remedy].every((said) => said.length > 2)).toBe(true);
        refused++;
      }
    }),
    { numRuns: 2000 },
  );
  // Both happen, so that neither half of the sentence is empty.
  expect(refused).toBeGreaterThan(500);
  expect(accepted).toBeGreaterThan(50);
});

test('any JSON in place of the props is refused', () => {
  fc.assert(
    fc.property(anyJson, (given) => {
      expect(() => new SecureService(chart(), 'api', given as never)).toThrow(DrydockError);
    }),
    { numRuns: 300 },
  );
});
