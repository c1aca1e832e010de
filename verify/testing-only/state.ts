import type { Stored } from '../../kube';
import type { Live, State } from '../state';

/** An object as a cluster has it, in the namespace `shop` unless another one, or none, is named. */
export function live(
  kind: string,
  name: string,
  more: object = {},
  namespace: string | null = 'shop',
): Stored<Live> {
  const { metadata = {}, ...fields } = more as { readonly metadata?: object };
  return {
    apiVersion: 'v1',
    kind,
    metadata: {
      name,
      uid: `${kind} ${name}`,
      resourceVersion: '1',
      ...(namespace && { namespace }),
      ...metadata,
    },
    ...fields,
  } as Stored<Live>;
}

/** What is not plain of a state. */
export interface Odd {
  /** Kinds that could not be read. */
  readonly unread?: readonly string[];
  readonly unknownKinds?: readonly string[];
  /** What containers said, by `pod container`. */
  readonly logs?: Readonly<Record<string, string>>;
}

export function stateOf(
  meant: readonly Live[],
  objects: readonly Stored<Live>[],
  { unread = [], unknownKinds = [], logs = {} }: Odd = {},
): State {
  return {
    meant,
    unknownKinds: new Set(unknownKinds),
    unread: unread.map((kind) => `get ${kind}`),
    find: (kind, namespace, name) =>
      objects.find(
        (one) => one.kind === kind && one.metadata.name === name && one.metadata.namespace === namespace,
      ),
    all: (kind, namespace) =>
      objects.filter(
        (one) => one.kind === kind && (namespace === undefined || one.metadata.namespace === namespace),
      ),
    wasRead: (kind) => !unread.includes(kind),
    logOf: (namespace, pod, container) => (namespace === 'shop' && logs[`${pod} ${container}`]) || '',
  };
}

/** What a kubelet, a scheduler or a controller says of an object. */
export function warning(about: Stored<Live>, reason: string, message: string, at = '1'): Stored<Live> {
  return live('Event', `${about.metadata.name}.${reason}.${at}`, {
    type: 'Warning',
    reason,
    message,
    lastTimestamp: `2026-01-01T00:00:0${at}Z`,
    involvedObject: { kind: about.kind, name: about.metadata.name, namespace: 'shop' },
  });
}

/** The condition of a status. */
export function condition(type: string, status: string, reason?: string, message?: string): object {
  return { type, status, reason, message };
}
