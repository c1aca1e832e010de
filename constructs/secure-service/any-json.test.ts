import fc from 'fast-check';
import { Testing } from '../../core/synth';
import { DrydockError } from '../../core/template';
import { chart, REQUIRED } from '../../test/support/one-service';
import { SecureService, type SecureServiceProps } from '..';
import { shapeOfProps } from './shapes';

/** Every prop that there is: those of the shape, which the compiler holds to the interface. */
const unknown = shapeOfProps({}).requirements({ '?': 1 }, '')[0]?.expected ?? '';
const names = unknown.replace('one of ', '').split(', ');

const texts = fc.constantFrom(
  '',
  'a',
  'x:1',
  '/',
  '/a',
  '10.0.0.0/8',
  '1',
  '100m',
  '1Gi',
  'true',
  '$(A)',
  'ä',
  'a b',
);
const numbers = fc.constantFrom(-1, 0, 1, 1.5, 80, 8080, 30_000, 70_000, 1e21);
const leaf = fc.oneof(texts, numbers, fc.boolean(), fc.constant(null), fc.string());
const keys = fc.constantFrom(
  ...[
    'name',
    'path',
    'size',
    'host',
    'tls',
    'enabled',
    'secretName',
    'port',
    'cidr',
    'key',
    'cpu',
    'memory',
    'ask',
  ],
  ...[
    'maxReplicas',
    'liveness',
    'exec',
    'command',
    'A',
    '__proto__',
    'constructor',
    'toString',
    'resolve',
    'map',
  ],
);
/** Any JSON, of the keys and texts that props know more often than of others. */
const anyJson = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, leaf, fc.array(tie('value'), { maxLength: 3 }), tie('object')),
  object: fc.dictionary(keys, tie('value'), { maxKeys: 3 }),
})).value;

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
