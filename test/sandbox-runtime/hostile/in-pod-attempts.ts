import { type Attempt, observed } from './attempt';
import { ATTACK_IN_SANDBOX, type Grounds, type Targets } from './grounds';
import { ATTACK } from './open-pod';

type Arguments = readonly string[] | ((targets: Targets) => readonly string[]);

/** The attack program with the same arguments in a sandbox and in the open pod. */
function inPods(
  kind: Attempt['kind'],
  name: string,
  meaning: string,
  args: Arguments,
  inOpenPod: Arguments = args,
): Attempt {
  const given = (of: Arguments, { targets }: Grounds) => (typeof of === 'function' ? of(targets) : of);
  return {
    kind,
    name,
    meaning,
    inSandbox: async (grounds) => {
      const run = [ATTACK_IN_SANDBOX, ...given(args, grounds)];
      const { exitCode, stdout, stderr } = await grounds.sandbox.commands.run(run, { timeoutMs: 30_000 });
      return observed(exitCode, stdout.text || stderr.text);
    },
    inControl: async (grounds) => {
      const { code, output } = await grounds.open.run([ATTACK, ...given(inOpenPod, grounds)]);
      return observed(code, output.toString('utf8'));
    },
  };
}

const privilege = (name: string, meaning: string, ...args: string[]) =>
  inPods('privilege', name, meaning, args);

export const PRIVILEGE_ATTEMPTS: readonly Attempt[] = [
  privilege('read the token of its account', 'it has no account at the API server', 'account-token'),
  privilege('become root with setuid', 'it stays an ordinary user', 'become-root'),
  privilege('leave a setuid program of root', 'nobody becomes root by a file either', 'setuid-program'),
  privilege('take capabilities', 'it administers neither kernel nor network', 'capability'),
  privilege('make a user namespace', 'the kernel behind namespaces is out of reach', 'user-namespace'),
  privilege('change the host name', 'it does not pose as another machine', 'hostname'),
  privilege('mount a file system', 'its files are the ones it was given', 'mount'),
  privilege('make its root writable again', 'the image stays as it is', 'remount-root'),
  privilege('write into its root', 'the image stays as it is', 'write', '/etc/owned'),
  privilege('change its root folder', 'no chroot, and none to break out of', 'change-root'),
  privilege(
    'open a switch of the kernel',
    'no core_pattern, through which a program of its own would run on the node',
    'open-for-writing',
    '/proc/sys/kernel/core_pattern',
  ),
  privilege(
    'open the interrupts of the node',
    'the hardware of the node is not its to configure',
    'open-for-writing',
    '/proc/irq/default_smp_affinity',
    '/proc/sysrq-trigger',
  ),
  privilege(
    'write below /sys',
    'the memory management of the node is not its to configure',
    'open-for-writing',
    '/sys/kernel/mm/transparent_hugepage/enabled',
    '/sys/kernel/mm/ksm/run',
  ),
  privilege(
    'lift its own memory limit',
    'what it may use is decided outside',
    'cgroup',
    '/sys/fs/cgroup/memory/memory.limit_in_bytes',
    '/sys/fs/cgroup/memory.max',
  ),
  privilege('read the timers of the kernel', 'nothing of others shows in /proc', 'read', '/proc/timer_list'),
  privilege('make a device node', "no disk of the node's", 'device'),
  privilege('open a raw socket', 'it forges no packets', 'raw-socket'),
  privilege('listen to every packet', 'it hears nobody else', 'packet-socket'),
  privilege('load code into the kernel (BPF)', 'a favourite way out is shut', 'bpf'),
  privilege('open the keyring of the kernel', 'keys of others are out of reach', 'keyring'),
  privilege('raise its priority', 'its neighbours get their time', 'nice'),
  privilege('see processes of the node', 'it knows of nobody else', 'node-processes', 'kubelet'),
];

const network = (name: string, meaning: string, ...args: Parameters<typeof inPods>[3][]) =>
  inPods('network', name, meaning, args[0]!, args[1]);

export const NETWORK_ATTEMPTS: readonly Attempt[] = [
  network('ask the metadata address', 'no keys of the cloud account', ({ metadata }) => ['get', metadata]),
  network('ask the kubelet of its node', 'the node does not answer', ({ node }) => [
    'tls',
    `${node}:10250/pods`,
  ]),
  network('ask the API server by its Service', 'it cannot even be asked', ['tls', '10.96.0.1/version']),
  network('ask the API server on its node', 'nor by another address', ({ node }) => [
    'tls',
    `${node}:6443/version`,
  ]),
  network('ask a pod of somebody else', 'it does not speak to others', ({ pod }) => ['get', pod]),
  network('ask a Service of somebody else', 'nor through a Service', ({ service }) => ['get', service]),
  network(
    'ask another sandbox',
    'tenants do not meet',
    ({ sandbox }) => ['get', sandbox],
    ({ pod }) => ['get', pod],
  ),
  network('resolve a name', 'no names, and nothing is carried out by asking for them', [
    'dns',
    'kubernetes.default.svc.cluster.local',
  ]),
  {
    kind: 'network',
    name: 'be asked by a pod of somebody else',
    meaning: 'nobody reaches in either; asked from the open pod',
    inSandbox: ({ open, targets }) => asked(open.run([ATTACK, 'get', targets.sandbox])),
    inControl: ({ open, targets }) => asked(open.run([ATTACK, 'get', targets.pod])),
  },
];

async function asked(run: ReturnType<Grounds['open']['run']>) {
  const { code, output } = await run;
  return observed(code, output.toString('utf8'));
}
