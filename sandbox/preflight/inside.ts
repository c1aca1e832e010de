import { setTimeout as pause } from 'node:timers/promises';
import { said } from '../causes/cause';
import type { Commands } from '../commands';
import { CHOOSE, connectWith } from './connecting';
import { bad, type Finding, good, unknown } from './report';

const UID_MAP =
  'while read -r inside outside count; do echo "$inside $outside $count"; done </proc/self/uid_map';

/** What is tried from: a sandbox. */
export interface Inside {
  readonly commands: Pick<Commands, 'run' | 'shell'>;
  readonly isSupervised: boolean;
}

/** Whether uid 0 of the sandbox would be another user on the node. */
export async function userNamespace({ commands, isSupervised }: Inside): Promise<Finding> {
  const check = 'user-namespace';
  if (!isSupervised) return needsShell(check);
  const { stdout, exitCode } = await commands.run(['sh', '-c', UID_MAP], { timeoutMs: 10_000 });
  const [inside, outside, count] = stdout.text.trim().split(' ').map(Number);
  if (exitCode !== 0 || inside === undefined || outside === undefined || Number.isNaN(outside)) {
    return unknown(check, 'no /proc/self/uid_map', 'A runtime class with a kernel of its own has none.');
  }
  if (outside !== 0) return good(check, `uid ${inside} is uid ${outside} on the node (${count} ids)`);
  return bad(
    check,
    'users in the sandbox are users of the node',
    'Use Kubernetes 1.33 or newer with containerd 2 or CRI-O, which know `hostUsers: false`, or a runtimeClass.',
  );
}

/** Network plug-ins close a pod some moments after it has started; one that does not by then does not at all. */
const closedWithinMs = 15_000;
const againMs = 200;

/** Whether the network keeps a sandbox from the API server: tried, since a policy that nothing enforces looks alike. */
export async function networkPolicy({ commands, isSupervised }: Inside): Promise<Finding> {
  const check = 'network-policy';
  if (!isSupervised) return needsShell(check);
  const chosen = await commands.run(['sh', '-c', CHOOSE], { timeoutMs: 20_000 });
  const tools = chosen.stdout.text.trim();
  const connect = chosen.ok ? connectWith(tools) : undefined;
  if (connect === undefined) {
    const found =
      tools === ''
        ? 'no nc, bash or python3 in the image'
        : `nothing in the image connects over loopback, where no policy is in the way: tried ${said(tools)}`;
    return unknown(check, found, 'Try it with an image that has one of nc, bash and python3 that works.');
  }
  const startedAt = Date.now();
  for (;;) {
    const triedAt = Date.now() - startedAt;
    const { outcome, exitCode } = await commands.shell(connect, { timeoutMs: 6_000 });
    if (outcome === 'timedOut' || (outcome === 'exited' && exitCode !== 0)) {
      return good(check, closed(triedAt));
    }
    if (outcome !== 'exited') {
      return unknown(
        check,
        `an attempt that ended as ${outcome}`,
        'Try it again: the sandbox was lost meanwhile.',
      );
    }
    if (triedAt > closedWithinMs) {
      return bad(
        check,
        'a sandbox reached the API server',
        'Use a network plug-in that enforces NetworkPolicy, and install the policies of SandboxRbac.',
      );
    }
    await pause(againMs);
  }
}

function closed(triedAt: number): string {
  const words = 'a sandbox did not reach the API server';
  return triedAt < againMs ? words : `${words} from ${(triedAt / 1000).toFixed(1)} s after its start on`;
}

function needsShell(check: 'user-namespace' | 'network-policy'): Finding {
  return unknown(check, 'no shell in the image', 'Try it with an image that has `sh` and `head`.');
}
