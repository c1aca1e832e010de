import type { IConstruct } from 'constructs';
import { prop } from '../../core/props';
import type { Templated } from '../../core/template';
import { text } from '../../core/template';
import { ConstructError } from '../construct-error';
import type { ContainerParts } from './container';
import { probeField } from './probe-fields';
import { Probe } from './probes';
import type { WorkloadProps } from './props';
import { reason } from './reasons';
import { folder } from './shapes/folder';
import { onceIsEnough } from './shapes/parts';
import { foldersOf } from './storage';

/** A file that the program touches while it works. The image needs a shell, `date` and `stat`, as busybox has them. */
export interface FreshFile {
  /** The file, in a folder that the program may write to. */
  readonly file: string;
  /** How old it may be. Take a few times as long as the program may need for one piece of work. */
  readonly maxAgeSeconds: Templated<number>;
}

/** Nobody asks. A program that hangs hangs until somebody looks. */
export interface NoLiveness {
  /** Why not, in words for whoever reads the cluster. */
  readonly none: Templated<string>;
}

/** How it is seen that a program without a port still works. */
export type Liveness = Probe | FreshFile | NoLiveness;

/** How a program without a port is watched. */
export interface LivenessProps {
  /**
   * How it is seen that the program still works; it is started anew when not: a command such as
   * `Probe.exec(['worker', 'alive'])`, a file that it touches, `{ file: '/tmp/alive', maxAgeSeconds: 60 }`, or
   * `{ none: 'why' }`.
   */
  readonly liveness: Liveness;
  /**
   * How it is seen that it has started; a roll-out waits for it. `false`: it counts as soon as its process is there.
   * @default - what `liveness` asks, every 2 seconds for a minute
   */
  readonly startup?: Probe | false;
}

/** Kubernetes gives an answer one second, which a busy node misses though the process is well. */
const TIMEOUT = { timeoutSeconds: 5 } as const;
const OFTEN = { periodSeconds: 10, ...TIMEOUT } as const;
const AT_START = { periodSeconds: 2, failureThreshold: 30, ...TIMEOUT } as const;

const EXPECTED = 'Probe.exec([...]), { file, maxAgeSeconds } or { none: "why" }';

/** What the props of liveness take. */
export const livenessFields = {
  liveness: prop
    .forms(
      {
        ask: onceIsEnough,
        file: prop.object<FreshFile>({
          file: folder.required(),
          maxAgeSeconds: prop.integer({ min: 1 }).required(),
        }),
        none: prop.object<NoLiveness>({ none: reason.required() }),
      },
      EXPECTED,
    )
    .required(),
  startup: prop.byKind(
    { object: onceIsEnough, boolean: prop.exactly(false) },
    'a Probe such as Probe.exec(["worker", "started"]), or false',
  ),
} as const;

/** The probes of the container. */
export function livenessProbes({ liveness, startup }: LivenessProps): ContainerParts['probes'] {
  const probe = probeOf(liveness);
  const started = startup ?? (probe && { ask: probe.ask, ...AT_START });
  return {
    startupProbe: started ? probeField({ ...AT_START, ...started }) : undefined,
    livenessProbe: probe && probeField({ ...OFTEN, ...probe }),
  };
}

/** Why nobody asks, where that is so. */
export function livenessReason({ liveness }: LivenessProps) {
  return { 'no-liveness': 'none' in liveness ? liveness.none : undefined };
}

function probeOf(liveness: Liveness): Probe | undefined {
  if ('ask' in liveness) return liveness;
  if ('none' in liveness) return undefined;
  const { file, maxAgeSeconds } = liveness;
  const age = 'test $(($(date +%s) - $(stat -c %Y "$1"))) -le "$2"';
  return Probe.exec(['sh', '-c', age, 'sh', file, text`${maxAgeSeconds}`]);
}

/** Refuses a file that the program could not touch, and a port that the container does not have. */
export function checkLiveness(construct: IConstruct, props: LivenessProps & WorkloadProps): void {
  for (const prop of ['liveness', 'startup'] as const) {
    const given = props[prop];
    if (given && 'ask' in given) checkPort(construct, prop, given);
  }
  const { liveness } = props;
  if (!('file' in liveness) || props.allowWritableRoot) return;
  const folders = foldersOf(props);
  if (folders === undefined || folders.some((path) => liveness.file.startsWith(`${path}/`))) return;
  throw new ConstructError('PROP_INVALID', construct, 'liveness.file', {
    found: `${liveness.file}, which the program cannot write`,
    expected:
      folders.length > 0
        ? `a file in ${folders.join(' or ')}`
        : 'a file in a folder of `writable`, of which there is none',
    remedy: 'Add its folder to `writable`, such as `writable: ["/tmp"]`.',
  });
}

/** A probe by HTTP, TCP or gRPC names the number of the port: a container without ports has no name for one. */
function checkPort(construct: IConstruct, prop: string, { ask }: Probe): void {
  for (const [kind, asked] of Object.entries(ask as object)) {
    const { port } = (asked ?? {}) as { readonly port?: unknown };
    if (typeof port !== 'string') continue;
    throw new ConstructError('PROP_INVALID', construct, `${prop}.ask.${kind}.port`, {
      found: 'no number of a port, and the container has no port with a name',
      expected: 'the port that the program listens on',
      remedy: 'Say `port`, such as `Probe.http("/health", { port: 8080 })`, or ask by `Probe.exec([...])`.',
    });
  }
}
