import type { ClaimOptions, Sandbox } from '../../../sandbox';
import { CommandResult } from '../../../sandbox/commands/result';
import type { Fault } from './fault';
import { FAULTS } from './faults';
import type { Manager } from './ground';
import type { Row } from './round';

/** What the checker has to find in the row of a manager that is broken on purpose. */
export type Found = 'doubleClaims' | 'ranTwice' | 'orphans' | 'wrongSuccesses' | 'fullAgainMs';

/** A manager that does what others have done (test, see the issues of runner-container-hooks, inspect_k8s_sandbox, agent-sandbox). */
export interface Broken {
  readonly name: string;
  /** Under which fault it is looked at. */
  readonly fault: Fault;
  readonly found: Found;
  make(manager: Manager): Manager;
}

const faultOf = (name: string): Fault => {
  const fault = FAULTS.find((one) => one.name === name);
  if (!fault) throw new Error(`no fault ${name}`);
  return { ...fault, ways: ['cold'], atOnce: 2 };
};

/** The same with another `start`, for every sandbox that is claimed. */
function withStart(
  manager: Manager,
  change: (claimed: ClaimOptions, sandbox: Sandbox, start: Sandbox['commands']['start']) => unknown,
): Manager {
  const claim: Manager['claim'] = async (options = {}) => {
    const sandbox = await manager.claim(options);
    const start = sandbox.commands.start.bind(sandbox.commands);
    return over(sandbox, { commands: over(sandbox.commands, { start: change(options, sandbox, start) }) });
  };
  return over(manager, { claim });
}

/** An object with some of its members replaced; its own private ones stay within reach of its methods. */
function over<Whole extends object>(whole: Whole, changes: object): Whole {
  return new Proxy(whole, {
    get(target, key) {
      if (key in changes) return changes[key as keyof typeof changes];
      const found = target[key as keyof Whole];
      return typeof found === 'function' ? found.bind(target) : found;
    },
  });
}

type Handle = Awaited<ReturnType<Sandbox['commands']['start']>>;

/** The same handle with another last word. */
function withEnd(handle: Handle, change: (result: CommandResult) => Promise<CommandResult>): Handle {
  const events = (async function* () {
    for await (const event of handle.events) {
      yield event.type === 'end' ? { type: 'end' as const, result: await change(event.result) } : event;
    }
  })();
  return over(handle, { events });
}

const isLost = ({ outcome }: CommandResult) => outcome === 'connectionLost';

export const BROKEN: readonly Broken[] = [
  {
    name: 'hands a sandbox out again',
    fault: { ...faultOf('none'), keepsOpen: true, ttl: 45 },
    found: 'doubleClaims',
    make(manager) {
      let first: Promise<Sandbox> | undefined;
      const claim: Manager['claim'] = (options) => {
        first ??= manager.claim(options);
        return first;
      };
      return over(manager, { claim });
    },
  },
  {
    name: 'runs a command again whose end was lost',
    fault: faultOf('cut in the middle of stdout'),
    found: 'ranTwice',
    make: (manager) =>
      withStart(
        manager,
        (claimed, _, start) => async (argv: string[], options: object) =>
          withEnd(await start(argv, options), async (result) => {
            if (!isLost(result)) return result;
            // The first is ended with its stream.
            const { name: _name, ...values } = claimed.values as { readonly name?: string };
            await using again = await manager.claim({ ...claimed, values });
            await again.commands.shell('touch go');
            return await again.commands.run(argv);
          }),
      ),
  },
  {
    name: 'takes a lost end for a success',
    fault: faultOf('cut in the middle of stdout'),
    found: 'wrongSuccesses',
    make: (manager) =>
      withStart(
        manager,
        (_, sandbox, start) => async (argv: string[], options: object) =>
          withEnd(await start(argv, options), async (result) =>
            isLost(result)
              ? new CommandResult({ ...result, outcome: 'exited', exitCode: 0 }, argv, sandbox.id)
              : result,
          ),
      ),
  },
  {
    name: 'lets sandboxes live for longer than it says',
    fault: { ...faultOf('none'), keepsOpen: true, ttl: 8 },
    found: 'orphans',
    make(manager) {
      const claim: Manager['claim'] = (options) => manager.claim({ ...options, ttl: 300 });
      return over(manager, { claim });
    },
  },
  {
    name: 'does not fill its pool',
    fault: { ...faultOf('none'), ways: ['cold'] },
    found: 'fullAgainMs',
    make(manager) {
      const warmUp: Manager['warmUp'] = async () => {
        await manager.close();
      };
      return over(manager, { warmUp });
    },
  },
];

/** Whether the checker has seen in a row what it has to. */
export function isConvicted(row: Row, found: Found): boolean {
  const seen = row[found];
  return found === 'fullAgainMs' ? seen === undefined : (seen as readonly string[]).length > 0;
}
