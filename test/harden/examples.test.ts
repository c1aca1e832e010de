import { App, type AppProps } from 'cdk8s';
import { check, podSecurityViolations } from '../../check';
import { harden } from '../../harden';
import { podsOf } from '../../harden/surroundings';
import { corpus } from '../laws/stock-corpus';
import { plusExamples } from './plus-examples';

// biome-ignore lint/suspicious/noExplicitAny: objects as Kubernetes has them
type Any = any;

const kit = { newApp: (props?: AppProps) => new App(props), helm: undefined, saw: () => {} };
const programs = Object.entries(corpus)
  .filter(([name]) => name.startsWith('cdk8s-plus'))
  .map(([name, program]) => ({ name, app: program(kit) as App }));
const objectsOf = (app: App): Any[] => app.charts.flatMap((chart) => chart.toJson());
const named = ({ kind, metadata }: Any) => `${kind}/${metadata.name}`;

test('programs of the documentation of cdk8s-plus, and larger ones, are restricted once they are hardened, and lose no object', () => {
  let refusedBefore = 0;
  for (const { name, app } of [...plusExamples(), ...programs]) {
    const before = objectsOf(app);
    const pods = before.flatMap((object) => podsOf(object) ?? []);
    refusedBefore += pods.filter((one) => podSecurityViolations(one, 'restricted').length > 0).length;
    harden(app);
    const after = objectsOf(app);
    expect(after.map(named)).toEqual(expect.arrayContaining(before.map(named)));
    // One program of the documentation makes a Service that no server takes, with harden or without.
    const known = check(before).filter(({ rule }) => rule === 'api-schema');
    const found = check(after)
      .filter(({ rule }) => rule === 'pod-security' || rule === 'api-schema')
      .filter(({ field, object }) => !known.some((one) => one.field === field && one.object === object));
    expect({ name, found }).toEqual({ name, found: [] });
  }
  expect(refusedBefore).toBeGreaterThan(5);
});
