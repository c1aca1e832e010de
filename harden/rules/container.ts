import { isNode, type Tree } from '../../core/template';
import type { ContainerPlace, PodEdit } from '../pod-edit';

const CONTEXT = 'securityContext';
const ALLOWED = 'NET_BIND_SERVICE';

export function privileges(edit: PodEdit, { at, name }: ContainerPlace): void {
  if (edit.get(...at, CONTEXT, 'privileged') === true)
    edit.set('privileges', [...at, CONTEXT, 'privileged'], false, name);
  // The server refuses this capability beside the field.
  const added = edit.get(...at, CONTEXT, 'capabilities', 'add');
  const administers = Array.isArray(added) && added.some((one) => /^(CAP_)?SYS_ADMIN$/.test(String(one)));
  if (!administers) edit.set('privileges', [...at, CONTEXT, 'allowPrivilegeEscalation'], false, name);
}

export function capabilities(edit: PodEdit, { at, name }: ContainerPlace): void {
  const [drop, add] = ['drop', 'add'].map((key) => edit.get(...at, CONTEXT, 'capabilities', key));
  if (!listed(drop).includes('ALL'))
    edit.set('capabilities', [...at, CONTEXT, 'capabilities', 'drop'], ['ALL'], name);
  if (listed(add).length === 0) return;
  const left = listed(add).filter((one) => one === ALLOWED || isNode(one));
  const to = left.length > 0 ? left : undefined;
  edit.set('capabilities', [...at, CONTEXT, 'capabilities', 'add'], to, name);
}

function listed(tree: Tree): readonly Tree[] {
  return Array.isArray(tree) ? tree : [];
}

const SERVERS = ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ReplicationController'];

/** How one sees that a container is well cannot be guessed: a wrong probe restarts what works. */
export function probes(edit: PodEdit, { list, part, at, name }: ContainerPlace, isServed: boolean): void {
  const ends = edit.get('restartPolicy') !== undefined && edit.get('restartPolicy') !== 'Always';
  if (list !== 'containers' || ends || !SERVERS.includes(edit.target.kind)) return;
  const wanted = [...(isServed ? ['readinessProbe'] : []), 'livenessProbe'];
  const missing = wanted.filter((probe) => (part[probe] ?? undefined) === undefined);
  if (missing.length === 0) return;
  edit.find(
    'probes',
    at,
    missing.includes('readinessProbe')
      ? `Without ${missing.join(' and ')} it gets requests before it can answer them, and when it hangs.`
      : 'Without livenessProbe it is not started again when it hangs.',
    'Give the container its probes, or say with an exception why it needs none.',
    name,
  );
}
