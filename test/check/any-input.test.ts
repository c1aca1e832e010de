import fc from 'fast-check';
import { check } from '../../check';
import { holdAgainstSchema } from '../../core/schema';
import type { JsonObject } from '../../core/template';
import { validObjects } from '../schema/corpus';
import { mutants } from '../schema/mutate';

const labels = { app: 'web', 'app.kubernetes.io/name': 'web' };
const kinds = validObjects.map(({ apiVersion, kind }) => ({ apiVersion, kind }));
/** Something for each rule to look at beside the object that was changed. */
const others = validObjects.filter(({ kind }) =>
  ['Service', 'NetworkPolicy', 'PodDisruptionBudget'].includes(String(kind)),
);

function expectFindings(objects: readonly unknown[]): void {
  const findings = check(objects);
  for (const finding of findings) {
    const facts = [finding.rule, finding.object, finding.field, finding.why, finding.fix];
    if (facts.some((fact) => typeof fact !== 'string')) throw new Error(JSON.stringify({ finding, objects }));
  }
  // An object of Kubernetes that no rule can read has a finding of its own: what was not looked at is not passed.
  const unread = objects.filter(
    (object) => isOwn(object) && !holdAgainstSchema(object as JsonObject).isTyped,
  );
  const told = findings.filter(({ rule }) => rule === 'api-schema' || rule === 'null-entry');
  if (unread.length > 0 && told.length === 0) throw new Error(JSON.stringify(unread));
}

function isOwn(object: unknown): boolean {
  return kinds.some(({ kind, apiVersion }) => {
    const of = (object ?? {}) as { readonly kind?: unknown; readonly apiVersion?: unknown };
    return of.kind === kind && of.apiVersion === apiVersion;
  });
}

test.each([
  'Pod',
  'Deployment',
  'CronJob',
  'Service',
  'NetworkPolicy',
  'PodDisruptionBudget',
  'HorizontalPodAutoscaler',
])('any change of a %s gives findings and never another error', (kind) => {
  const changed = validObjects.filter((object) => object.kind === kind).flatMap(mutants);
  // Every ninth: the pod alone has thousands.
  const some = changed.filter((_, index) => index % 9 === 0);
  for (const { object } of some) expectFindings([object, ...others]);
  expect(some.length).toBeGreaterThan(10);
});

test('any JSON gives findings and never another error', () => {
  const json = fc.jsonValue({ maxDepth: 4 });
  const objectLike = fc
    .tuple(fc.constantFrom(...kinds), fc.record({ metadata: json, spec: json, items: json, data: json }))
    .map(([kind, rest]) => ({ ...rest, ...kind }));
  fc.assert(
    fc.property(fc.array(fc.oneof(json, objectLike), { minLength: 1, maxLength: 3 }), (objects) => {
      expectFindings(objects);
    }),
    { numRuns: 500 },
  );
});

test.each<[string, unknown]>([
  ['a bare kind', { kind: 'Pod' }],
  ['a spec that is a number', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: 5 }],
  [
    'a container that is null',
    { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { containers: [null] } },
  ],
  ['a list whose items are none', { apiVersion: 'v1', kind: 'List', items: 5 }],
  ['null in a list', { apiVersion: 'v1', kind: 'List', items: [null] }],
  ['an object without a kind', { metadata: { name: 'a', labels } } as unknown as JsonObject],
  ['null', null],
  ['a text', 'hello'],
])('%s is found', (_, object) => {
  expect(check([object])).toContainEqual(expect.objectContaining({ rule: 'api-schema' }));
});
