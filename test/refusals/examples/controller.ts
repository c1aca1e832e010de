import { Metrics, Operator, outcomeConditions, withConditions } from '../../../controller';
import { Term } from '../../../controller/election/term';
import { create, HeldLease, Moment, realClock, resource } from '../../../kube';
import { scriptedServer } from '../../../kube/testing-only/scripted-server';
import { asserted, type Examples, on } from '../example';

/** A term that has ended. */
function ended(): Term {
  const lease = { metadata: { uid: 'u', resourceVersion: '1' }, spec: { holderIdentity: 'us' } };
  const api = { read: async () => lease, create: async () => lease, change: async () => lease };
  const askedAt = new Moment(realClock);
  const held = new HeldLease({ api, lease, askedAt, durationMs: 15_000, now: Date.now });
  const term = new Term(held, realClock, 'Lease operators/greeter', 7, false);
  term.end();
  void held.stop();
  return term;
}

export const controllerExamples: Examples = {
  LEADERSHIP_LOST: on('a write of a leader whose term is over', () => ended().check()),
  FENCED: on('the same, as the call says it', async () => {
    const server = await scriptedServer(() => {});
    const connection = server.connect({ mayWrite: () => ended().check() });
    try {
      const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'shop' } };
      await create(connection, resource('v1', 'ConfigMap'), object);
    } finally {
      await server.close();
    }
  }),
  CONTROLLER_OPTION: on(
    'an operator whose name no Lease can have',
    () => new Operator({ name: 'Greeter 1' }),
  ),
  CONDITION_INVALID: on('a sentence for a reason', () => {
    const said = outcomeConditions('failed', { reason: 'no such image', message: 'no such image' });
    return withConditions([], said, 1);
  }),
  METRIC_INVALID: on('a metric with a dash in its name', () => new Metrics().counter('greetings-total', 'x')),
  RECONCILE_SLOW: asserted('a reconcile that does not end with its signal', 'controller/operator.test.ts'),
};
