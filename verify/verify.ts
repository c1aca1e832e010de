import { type Connection, findResource, KubeError, pause, resource } from '../kube';
import { type Checked, findCauses } from './find';
import type { Finding } from './finding';
import { readState } from './read-state';
import type { Live } from './state';

export interface VerifyOptions {
  readonly connection: Connection;
  /** The objects that are meant to be there. */
  readonly objects: readonly Live[];
  /** How long to look again while what is found may pass by itself, as a start does. @default 60000 */
  readonly timeoutMs?: number;
  /** How long a workload may take to be ready, from the moment its pods were made. @default no limit */
  readonly readyWithinSeconds?: number;
  /** Told before each look: how many objects are not well yet. */
  readonly onLook?: (left: number, first: Finding | undefined) => void;
}

/** What a verification came to. */
export interface Verification {
  readonly checked: readonly Checked[];
  /** Each cause once, the gravest first. */
  readonly findings: readonly Finding[];
  /** What was not looked at for want of a right. */
  readonly unread: readonly string[];
  readonly seconds: number;
}

const DEFAULT_TIMEOUT_MS = 60_000;
const EVERY_MS = 2_000;

/**
 * Holds what runs against what was meant, and says of each thing that is wrong where it comes from. It reads, and
 * changes nothing.
 */
export async function verify(options: VerifyOptions): Promise<Verification> {
  const { connection, timeoutMs = DEFAULT_TIMEOUT_MS, readyWithinSeconds, onLook } = options;
  const started = Date.now();
  const objects = await Promise.all(options.objects.map((object) => placed(connection, object)));
  for (;;) {
    const state = await readState(connection, objects);
    const checked = findCauses(state, readyWithinSeconds);
    const findings = onceEach(checked.flatMap(({ finding }) => finding ?? []));
    const mayPass = findings.some((finding) => finding.mayPass);
    if (!mayPass || Date.now() - started >= timeoutMs) {
      return { checked, findings, unread: state.unread, seconds: (Date.now() - started) / 1000 };
    }
    onLook?.(findings.length, findings[0]);
    await pause(EVERY_MS, connection.closing);
  }
}

/** An object of a namespace that names none is in that of the connection. */
async function placed(connection: Connection, object: Live): Promise<Live> {
  if (object.metadata?.namespace || !(await isNamespaced(connection, object))) return object;
  return { ...object, metadata: { ...object.metadata, namespace: connection.namespace } };
}

async function isNamespaced(connection: Connection, { apiVersion, kind }: Live): Promise<boolean> {
  try {
    return resource<Live>(apiVersion, kind).namespaced;
  } catch {
    // One of a custom kind: only the server knows.
  }
  try {
    return (await findResource<Live>(connection, apiVersion, kind)).namespaced;
  } catch (error) {
    // That the kind is unknown is a finding of its own.
    if (error instanceof KubeError && /NOT_FOUND|KIND_UNKNOWN/.test(error.code)) return false;
    throw error;
  }
}

/** A node that is down is behind all of its pods: one cause, told once. What may pass comes last. */
function onceEach(findings: readonly Finding[]): Finding[] {
  const told = new Set<string>();
  const each = findings.filter(({ code, where }) => {
    const key = `${code} ${where}`;
    return !told.has(key) && told.add(key);
  });
  return each.sort((one, other) => Number(one.mayPass) - Number(other.mayPass));
}
