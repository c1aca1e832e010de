import type { Stored } from '../../kube';
import type { Application } from '../api/application';
import { waitsFor } from './dependencies';

type Phase = 'Healthy' | 'Degraded' | 'Stale' | 'New';

/** Applications as `name: what it depends on`, all healthy but those that are named. */
function world(
  edges: Readonly<Record<string, readonly string[]>>,
  phases: Readonly<Record<string, Phase>> = {},
) {
  const apps = new Map(
    Object.entries(edges).map(([name, dependsOn]) => {
      const phase = phases[name] ?? 'Healthy';
      const status =
        phase === 'New'
          ? {}
          : { phase: phase === 'Stale' ? 'Healthy' : phase, observedGeneration: phase === 'Stale' ? 1 : 2 };
      const app = { metadata: { name, namespace: 'team', generation: 2 }, spec: { dependsOn }, status };
      return [name, app as unknown as Stored<Application>];
    }),
  );
  return (name: string) => waitsFor(apps.get(name)!, async (other) => apps.get(other));
}

test('nothing holds what depends on nothing, or on what is healthy', async () => {
  const ask = world({ a: [], b: ['a'], c: ['a', 'b'], d: ['b', 'c'] });
  for (const name of 'abcd') expect(await ask(name)).toBeUndefined();
});

test.each<[Phase, string]>([
  ['Degraded', 'which is Degraded'],
  ['Stale', 'which is Healthy'],
  ['New', 'not yet looked at'],
])('one that is %s is waited for, and named', async (phase, words) => {
  const ask = world({ a: [], b: ['a'], c: ['b'] }, { a: phase });
  expect(await ask('b')).toContain(words);
  // It looks at its own alone: b was healthy before.
  expect(await ask('c')).toBeUndefined();
});

test('one that is not there is waited for', async () => {
  expect(await world({ b: ['a'] })('b')).toContain('Application a, which is not there');
});

test('a circle is told with all that are in it, and what only leads to one is not', async () => {
  const ask = world({ a: ['b'], b: ['c'], c: ['a'], d: ['a'], e: ['e'] });
  expect(await ask('a')).toContain('a -> b -> c -> a');
  expect(await ask('e')).toContain('e -> e');
  expect(await ask('d')).toBeUndefined();
});
