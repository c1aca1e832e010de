import { podSecurityViolations } from '../../check';
import type { HardenRule } from '../options';
import type { PodEdit } from '../pod-edit';
import { podsOf } from '../surroundings';

const RULE_OF: Readonly<Record<string, HardenRule>> = {
  runAsNonRoot: 'non-root',
  runAsUser: 'non-root',
  seccompProfile: 'seccomp',
  privileged: 'privileges',
  allowPrivilegeEscalation: 'privileges',
  capabilities: 'capabilities',
};

/** What "restricted" refuses still: it changes what the program does, so only its people can take it away. */
export function remaining(edit: PodEdit): void {
  const pods = podsOf(edit.target.object);
  if (!pods) return;
  for (const { check, field } of podSecurityViolations(pods, 'restricted')) {
    // An annotation of the pod is beside its spec.
    const inSpec = field.startsWith(`${pods.at}.`) ? field.slice(pods.at.length + 1) : '';
    edit.find(
      RULE_OF[check] ?? 'host',
      stepsOf(inSpec),
      `A namespace that enforces Pod Security "restricted" refuses the pod (${check}).`,
      'Change the program so that it needs no such thing, or say with an exception why it stays.',
      containerAt(edit, inSpec),
    );
  }
}

/** `containers[0].ports` as steps; an index is a step of its own. */
function stepsOf(field: string): (string | number)[] {
  return field
    .split('.')
    .filter(Boolean)
    .flatMap((step) => {
      const [, name, index] = /^(\w+)\[(\d+)\]$/.exec(step) ?? [];
      return name === undefined ? [step] : [name, Number(index)];
    });
}

function containerAt(edit: PodEdit, field: string): string | undefined {
  return edit.containers.find(({ at: [list, index] }) => field.startsWith(`${list}[${index}].`))?.name;
}
