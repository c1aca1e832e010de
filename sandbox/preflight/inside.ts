import { setTimeout as pause } from 'node:timers/promises';
import type { Sandbox } from '../sandbox';
import { bad, type Finding, good, unknown } from './report';

/** Connects to an address with whatever the image has; 0 is a connection, 100 no tool, everything else none. */
const CONNECT = `
h=$KUBERNETES_SERVICE_HOST p=$KUBERNETES_SERVICE_PORT
if command -v nc >/dev/null; then exec nc -w 3 "$h" "$p" </dev/null
elif command -v bash >/dev/null; then exec bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$h" "$p"
elif command -v python3 >/dev/null; then
  exec python3 -c 'import socket,sys; socket.create_connection((sys.argv[1],int(sys.argv[2])),3)' "$h" "$p"
else exit 100; fi`;

const UID_MAP =
  'while read -r inside outside count; do echo "$inside $outside $count"; done </proc/self/uid_map';

/** Whether uid 0 of the sandbox would be another user on the node. */
export async function userNamespace({ commands, isSupervised }: Sandbox): Promise<Finding> {
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
export async function networkPolicy({ commands, isSupervised }: Sandbox): Promise<Finding> {
  const check = 'network-policy';
  if (!isSupervised) return needsShell(check);
  const startedAt = Date.now();
  for (;;) {
    const triedAt = Date.now() - startedAt;
    const { outcome, exitCode } = await commands.run(['sh', '-c', CONNECT], { timeoutMs: 6_000 });
    if (outcome === 'exited' && exitCode === 100) {
      return unknown(
        check,
        'no nc, bash or python3 in the image',
        'Try it with an image that has one of them.',
      );
    }
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
