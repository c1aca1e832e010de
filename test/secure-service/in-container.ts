import { Chart } from 'cdk8s';
import { BUSYBOX_IMAGE, type TestNamespace, until } from '../../cluster';
import { SecureService } from '../../constructs';
import { App } from '../../core/synth';
import { placeholder } from './placeholder';

/**
 * What the defaults of a service come to inside of its container: read from /proc and by trying, each beside a pod in
 * which nothing is secured.
 */

/** A pod in which each attempt succeeds that fails in the service's pod. */
const OPEN_POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'open' },
  spec: {
    terminationGracePeriodSeconds: 1,
    containers: [
      {
        name: 'app',
        image: BUSYBOX_IMAGE,
        command: ['sleep', '3600'],
        securityContext: { runAsUser: 0, seccompProfile: { type: 'Unconfined' } },
      },
    ],
  },
};

/** One thing that is looked at or tried. */
export interface Fact {
  readonly what: string;
  readonly script: string;
  /** What the script prints in the service's pod. */
  readonly declared: string;
}

const inStatus = (field: string) => `sed -n 's/^${field}:[[:space:]]*//p' /proc/1/status | cut -f1`;
const attempt = (script: string) => `(${script}) >/dev/null 2>&1 && echo succeeds || echo fails`;

/** Each differs from what the open pod prints, or the test of it proves nothing. */
export const FACTS: readonly Fact[] = [
  { what: 'user of the process', script: inStatus('Uid'), declared: '10001' },
  { what: 'its group', script: inStatus('Gid'), declared: '10001' },
  {
    what: 'capabilities: permitted, effective, bounding, inheritable, ambient',
    script: "sed -n 's/^Cap[A-Z][a-z]*:[[:space:]]*//p' /proc/1/status | sort -u | tr '\\n' ' '",
    declared: '0000000000000000',
  },
  {
    what: 'giving a file to another user',
    script: attempt('touch /tmp/owned && chown 7 /tmp/owned'),
    declared: 'fails',
  },
  { what: 'a program cannot gain rights (NoNewPrivs)', script: inStatus('NoNewPrivs'), declared: '1' },
  { what: 'system calls are filtered (Seccomp)', script: inStatus('Seccomp'), declared: '2' },
  {
    what: 'a system call that is filtered: a user namespace',
    script: attempt('unshare -U true'),
    declared: 'fails',
  },
  { what: 'writing to the root filesystem', script: attempt('touch /bin/new'), declared: 'fails' },
  {
    what: 'a token of the service account',
    script: attempt('test -s /var/run/secrets/kubernetes.io/serviceaccount/token'),
    declared: 'fails',
  },
  {
    what: 'variables that name the Services of the namespace',
    script: attempt('env | grep -q ^SHOP_API_'),
    declared: 'fails',
  },
  {
    what: 'memory limit',
    script: 'cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null',
    declared: String(32 * 2 ** 20),
  },
];

/** What only the folders that a service asked for allow. */
export const WRITABLE: Fact = {
  what: 'writing to the folder that it asked for',
  script: attempt('touch /tmp/new'),
  declared: 'succeeds',
};

/** Tried last: where the whole container is killed for it, it starts again. */
export const MEMORY: Fact = {
  what: 'holding twice the memory that it may',
  script: attempt('head -c 64m /dev/zero | tail -c 64m'),
  declared: 'fails',
};

const FILL = 'dd if=/dev/zero of=/tmp/fill bs=1M count=80 2>/dev/null && echo succeeds || echo fails';

/** What each pod printed. */
export interface Seen {
  readonly service: string;
  readonly open: string;
}

/** Two services and the open pod, all running. */
export interface Installed {
  readonly namespace: TestNamespace;
  /** Its folder may hold 64Mi, all of its disk 128Mi. */
  readonly folder: string;
  /** Its folder may hold 128Mi, all of its disk 64Mi. */
  readonly disk: string;
}

export async function install(namespace: TestNamespace): Promise<Installed> {
  const chart = new Chart(new App({ outdir: 'unused' }), 'shop');
  new SecureService(chart, 'api', placeholder);
  new SecureService(chart, 'disk', {
    ...placeholder,
    resources: { ...placeholder.resources, ephemeralStorage: '64Mi' },
    writable: [{ path: '/tmp', size: '128Mi' }],
  });
  await namespace.apply(...(chart.toJson() as object[]));
  for (const name of ['api', 'disk'])
    await namespace.kubectl(['rollout', 'status', `deployment/shop-${name}`, '--timeout=120s']);
  // After the Services, so that it is told of them.
  await namespace.apply(OPEN_POD);
  await namespace.kubectl(['wait', '--for=condition=Ready', 'pod/open', '--timeout=60s']);
  const podOf = async (name: string) => {
    const selector = [
      '-l',
      `app.kubernetes.io/component=${name}`,
      '-o',
      'jsonpath={.items[0].metadata.name}',
    ];
    return (await namespace.kubectl(['get', 'pods', ...selector])).stdout.trim();
  };
  return { namespace, folder: await podOf('api'), disk: await podOf('disk') };
}

/** What the script of a fact prints in the service's pod and in the open one. */
export async function look({ namespace, folder }: Installed, { script }: Fact): Promise<Seen> {
  return { service: await run(namespace, folder, script), open: await run(namespace, 'open', script) };
}

async function run(namespace: TestNamespace, pod: string, script: string): Promise<string> {
  const { stdout, code } = await namespace.kubectl(['exec', pod, '-c', 'app', '--', 'sh', '-c', script], {
    allowFailure: true,
  });
  // A container that is killed for what was tried has no word to say.
  return stdout.trim() || (code === 0 ? 'nothing' : 'fails');
}

/** Writes 80 MB into each pod; who was evicted is known later. */
export async function fill({ namespace, folder, disk }: Installed): Promise<readonly string[]> {
  return Promise.all([folder, disk, 'open'].map((pod) => run(namespace, pod, FILL)));
}

interface EventList {
  readonly items: readonly { readonly message: string; readonly involvedObject: { readonly name: string } }[];
}

/** Why each of the three pods was evicted, once both services' are. */
export async function evictions({ namespace, folder, disk }: Installed) {
  // The event, not the pod: kubelet calls a pod Succeeded whose program ends well when it is told to, evicted or not.
  const why = async () => {
    const args = ['get', 'events', '--field-selector', 'reason=Evicted', '-o', 'json'];
    const { items } = JSON.parse((await namespace.kubectl(args)).stdout) as EventList;
    const of = (pod: string) => items.find(({ involvedObject }) => involvedObject.name === pod)?.message;
    return { folder: of(folder), disk: of(disk), open: of('open') };
  };
  return until(
    'the pods that wrote too much to be evicted',
    async () => {
      const seen = await why();
      return seen.folder && seen.disk ? seen : undefined;
    },
    { withinMs: 180_000, everyMs: 1_000, explain: async () => JSON.stringify(await why()) },
  );
}
