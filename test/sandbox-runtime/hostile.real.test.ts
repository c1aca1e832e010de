import { sharedCluster, startCluster } from '../../cluster';
import type { Attempt, Observed } from './hostile/attempt';
import { ATTEMPTS, EXHAUSTING_ATTEMPTS } from './hostile/attempts';
import { floodManager } from './hostile/flood-manager';
import { Grounds, PIDS } from './hostile/grounds';

jest.setTimeout(300_000);

interface Both {
  readonly inSandbox: Observed;
  readonly inControl: Observed;
}

let grounds: Grounds;
let stop: () => Promise<void>;
/** Under way from the start: two of them wait for the kubelet, and the others need not wait for them. */
const exhausting = new Map<string, Promise<Both>>();

async function both({ inSandbox, inControl }: Attempt): Promise<Both> {
  const [sandboxed, control] = await Promise.all([inSandbox(grounds), inControl(grounds)]);
  return { inSandbox: sandboxed, inControl: control };
}

beforeAll(async () => {
  const cluster = await startCluster({ podPidsLimit: PIDS });
  stop = () => cluster.stop();
  grounds = new Grounds(cluster, sharedCluster);
  await grounds.prepare();
  for (const attempt of EXHAUSTING_ATTEMPTS) {
    const trying = both(attempt);
    // Awaited by its own test; until then a failure must not count as unhandled.
    trying.catch(() => {});
    exhausting.set(attempt.name, trying);
  }
});
afterAll(async () => {
  await Promise.allSettled(exhausting.values());
  await grounds?.remove();
  await stop?.();
});

describe.each(['privilege', 'network', 'client'] as const)('%s', (kind) => {
  const attempts = ATTEMPTS.filter((attempt) => attempt.kind === kind);
  test.each(attempts.map((attempt) => [attempt.name, attempt] as const))(
    '%s: works in the control, fails in a sandbox',
    async (_, attempt) => {
      const { inSandbox, inControl } = await both(attempt);
      expect(inControl).toEqual({ worked: true, got: inControl.got });
      expect(inSandbox).toEqual({ worked: false, got: inSandbox.got });
    },
  );
});

test.each(EXHAUSTING_ATTEMPTS.map(({ name }) => name))(
  '%s: exceeds the bound in the control, and not in a sandbox',
  async (name) => {
    const { inSandbox, inControl } = await exhausting.get(name)!;
    expect(inControl).toEqual({ worked: true, got: inControl.got });
    expect(inSandbox).toEqual({ worked: false, got: inSandbox.got });
  },
);

test('after all of that the manager is well, the neighbour noticed nothing, and a next sandbox runs', async () => {
  expect(await floodManager(grounds)).toMatchObject({ isBounded: true });
  const { neighbour } = grounds;
  expect((await neighbour.commands.run(['cat', '/tmp/www/index.html'])).stdout.text).toContain(
    'another sandbox',
  );
  expect((await grounds.sandbox.commands.run(['echo', 'alive'])).stdout.text).toBe('alive\n');
  const next = await grounds.claim();
  expect((await next.commands.run(['id', '-u'])).stdout.text).toBe('10001\n');
  await next.close();
});
