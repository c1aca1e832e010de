/**
 * A process that wants to lead, and writes all the time while it does. Tells each write and each refusal as a line of JSON.
 * The word `stop` on its standard input stops it between its next look at its term and the write that follows.
 *
 *     node leader.cjs KUBECONFIG IDENTITY
 */
import { createInterface } from 'node:readline';
import { Connection, Election, leaseOf, patch, resource, type Term } from '../../controller';

const [kubeconfig = '', identity = ''] = process.argv.slice(2);
const configMaps = resource('v1', 'ConfigMap');
const say = (what: object) => process.stdout.write(`${JSON.stringify(what)}\n`);
let isToStop = false;
createInterface({ input: process.stdin }).on('line', (line) => {
  if (line === 'stop') isToStop = true;
});

async function lead(term: Term): Promise<void> {
  say({ what: 'won', term: term.number });
  const fenced = new Connection({
    kubeconfig,
    mayWrite: () => {
      term.check();
      if (!isToStop) return;
      isToStop = false;
      process.kill(process.pid, 'SIGSTOP');
    },
  });
  for (let count = 1; ; count += 1) {
    const merge = { data: { [identity]: String(count) } };
    try {
      await patch(fenced, configMaps, { name: 'writes' }, { merge });
      say({ what: 'wrote', term: term.number });
    } catch (error) {
      const { code, message } = error as { readonly code: string; readonly message: string };
      say({ what: 'refused', term: term.number, code, message });
      // The server may not have seen yet who leads now; a term that is over never comes back.
      if (code === 'FENCED') break;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  fenced.close();
}

const connection = new Connection({ kubeconfig });
const api = leaseOf(connection, { name: 'leader' });
new Election({ api, identity, durationMs: 6_000 }).run(lead, new AbortController().signal);
