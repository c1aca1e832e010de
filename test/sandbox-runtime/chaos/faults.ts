import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../../cluster';
import type { Fault } from './fault';
import type { Ground } from './ground';
import { UNTIL_RELEASED, type Victim, type Way } from './life';
import type { Rule } from './way';

const MIB = 1 << 20;
const LARGE = 100 * MIB;
/** The log of a container is cut by its node at ten. */
const LARGE_LOG = 5 * MIB;
const SLOW = 3_000_000;
const PIDS_WANTED = 400;
const UPGRADES = [
  [401, 'Unauthorized'],
  [403, 'Forbidden'],
  [404, 'NotFound'],
  [429, 'TooManyRequests'],
  [500, 'InternalError'],
] as const;

const prints = (bytes: string) => `head -c ${bytes} /dev/zero | tr '\\0' x`;
/** The name of a Job says what is done with it; a member of the pool has a random one. */
const wayOf = (url: string): Way =>
  /\/pods\/job-/.test(url) ? 'job' : /\/pods\/cold-/.test(url) ? 'cold' : 'warm';
const streamsOf = (ground: Ground, { pod }: Victim) => ground.way.streams(`/pods/${pod}/`);
const cut = async (ground: Ground, victim: Victim) => {
  for (const stream of streamsOf(ground, victim)) stream.cut();
};
const cutWatches = async ({ way }: Ground) => {
  for (const watch of way.streams('', ['watch'])) watch.cut();
};
const settled = () => pause(1_500);

/** The first stream to each pod; over the limit, the pool would never have a member. */
function firstStream(
  hit: (way: Way) => void,
  deed: (count: number) => ReturnType<Rule>,
  limit: number,
): Rule {
  const met = new Set<string>();
  return ({ kind, url }) => {
    const pod = /\/pods\/([^/]+)\/(exec|log)/.exec(url)?.[1];
    if (kind === 'call' || kind === 'watch' || !pod || met.has(pod)) return undefined;
    if (wayOf(url) === 'warm' && [...met].filter((one) => one.startsWith('sandbox-')).length >= limit)
      return undefined;
    met.add(pod);
    hit(wayOf(url));
    return deed(met.size);
  };
}

/** Streams of a Job's start are there for a moment only. */
async function cutUpload(ground: Ground, id: string, started: Promise<unknown>): Promise<void> {
  let isOver = false;
  const end = () => {
    isOver = true;
  };
  started.then(end, end);
  while (!isOver) {
    const streams = ground.way.streams(`/pods/${id}-`, ['exec']);
    if (streams.length > 0) {
      await pause(40);
      ground.hit('job');
      for (const stream of streams) stream.cut();
      return;
    }
    await pause(5);
  }
}

const restart = (component: 'apiserver' | 'kubelet' | 'containerd') => async (ground: Ground) => {
  const { cluster } = ground;
  const nodes = component === 'apiserver' ? [undefined] : cluster.nodes;
  for (const node of nodes) {
    await cluster.kill(component, { node });
    await cluster.restart(component, { node });
  }
  await settled();
};

/** What a command, a connection or a cluster goes through; who is killed, and who races, is in clients.ts. */
export const FAULTS: readonly Fault[] = [
  { name: 'none' },
  {
    name: 'stream cut before it is open',
    rule: (hit) => firstStream(hit, () => ({ do: 'reset' }), 4),
  },
  {
    name: 'cut in the middle of stdin',
    reads: true,
    inputBytes: 8 * MIB,
    middle: 'cat >in',
    strike: async (ground, victim) => {
      victim.stdin?.write(Buffer.alloc(MIB / 4));
      await pause(100);
      if (victim.way !== 'job') await cut(ground, victim);
      victim.stdin?.end();
    },
    whileJobStarts: cutUpload,
  },
  {
    name: 'cut in the middle of stdout',
    middle: `${prints('100000')}; ${UNTIL_RELEASED}`,
    middleBytes: () => 100_000,
    strike: cut,
  },
  {
    name: 'cut before the status',
    strike: async (ground, victim) => {
      for (const stream of streamsOf(ground, victim)) stream.hold();
      victim.workspace.release();
      const isDone = () => victim.workspace.runs().some((line) => line.startsWith('done '));
      await until('the command to be done', isDone, { withinMs: 30_000, everyMs: 50 });
      await pause(200);
      await cut(ground, victim);
    },
  },
  {
    name: 'half-open: silence without a word',
    atOnce: 5,
    ttl: 150,
    strike: async (ground, victim) => {
      for (const stream of streamsOf(ground, victim)) stream.hold();
    },
  },
  {
    name: 'slow reader',
    middle: `${prints(`${SLOW}`)}; ${UNTIL_RELEASED}`,
    middleBytes: () => SLOW,
    eachPiece: () => pause(20),
  },
  {
    name: '100 MB of output',
    atOnce: 2,
    middle: `case $0 in job*) n=${LARGE_LOG};; *) n=${LARGE};; esac; ${prints('$n')}; ${UNTIL_RELEASED}`,
    middleBytes: (way) => (way === 'job' ? LARGE_LOG : LARGE),
  },
  {
    name: 'server that speaks v4 only',
    rule: (hit) => {
      const first = firstStream(hit, () => undefined, 1_000);
      return (asked) => {
        first(asked);
        return asked.kind === 'exec' ? { do: 'speak', protocols: ['v4.channel.k8s.io'] } : undefined;
      };
    },
  },
  {
    name: '401, 403, 404, 429, 500 for a stream',
    atOnce: 5,
    rule: (hit) =>
      firstStream(
        hit,
        (count) => {
          const [status, reason] = UPGRADES[count % UPGRADES.length]!;
          return { do: 'answer', status, reason };
        },
        5,
      ),
  },
  { name: 'watches cut', strikeAll: async (ground) => cutWatches(ground).then(settled) },
  {
    name: 'watches cut, and the version gone (410)',
    strikeAll: async (ground) => {
      let left = 3;
      ground.way.follow(({ kind }) => {
        if (kind !== 'watch' || left === 0) return undefined;
        left -= 1;
        return { do: 'answer', status: 410, reason: 'Expired' };
      });
      await cutWatches(ground);
      await settled();
    },
  },
  {
    name: 'events of watches twice, and old ones again',
    rule: (hit) => {
      const first = firstStream(hit, () => undefined, 1_000);
      return (asked) => {
        first(asked);
        return asked.kind === 'watch' ? { do: 'repeat' } : undefined;
      };
    },
  },
  { name: 'API server killed and started', atOnce: 1, strikeAll: restart('apiserver') },
  {
    name: 'token replaced, the old one worth nothing',
    atOnce: 2,
    strikeAll: async (ground) => {
      await ground.rotateToken();
      await settled();
    },
  },
  { name: 'kubelet killed and started', atOnce: 1, strikeAll: restart('kubelet') },
  { name: 'containerd killed and started', atOnce: 1, strikeAll: restart('containerd') },
  {
    name: 'pod deleted',
    strike: async ({ cluster, installation }, { pod }) => {
      const path = `/api/v1/namespaces/${installation.sandboxNamespace}/pods/${pod}`;
      await cluster.api.call('DELETE', path);
    },
  },
  {
    name: 'pod evicted, as a drain does',
    strike: async ({ cluster, installation }, { pod }) => {
      const path = `/api/v1/namespaces/${installation.sandboxNamespace}/pods/${pod}/eviction`;
      const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: pod } };
      await cluster.api.call('POST', path, { body });
    },
  },
  {
    name: 'a command beyond the memory',
    // What its shell says of the kill is no output of the command.
    middle: `${UNTIL_RELEASED}; { tail -c 200000000 /dev/zero; true; } 2>/dev/null`,
    strike: async () => {},
  },
  {
    name: 'the main process beyond the memory',
    ways: ['cold'],
    values: {
      command: ['sh', '-c', 'until test -e go; do sleep 0.1; done; exec tail -c 200000000 /dev/zero'],
    },
    middle: 'sleep 60',
    strike: async () => {},
  },
  {
    name: 'disk full',
    atOnce: 5,
    ttl: 150,
    middle: `${UNTIL_RELEASED}; dd if=/dev/zero of=big bs=1M count=200 2>/dev/null; sleep 140`,
    strike: async () => {},
  },
  {
    name: 'fork bomb',
    atOnce: 2,
    middle: `${UNTIL_RELEASED}; i=0; while [ $i -lt ${PIDS_WANTED} ]; do sleep 5 & i=$((i+1)); done`,
    strike: async () => {},
  },
  { name: 'deadline', ttl: 20, middle: 'sleep 60', strike: async () => {} },
];

/** How many processes a pod may have where a fork bomb is to be seen. */
export const PIDS = 128;
