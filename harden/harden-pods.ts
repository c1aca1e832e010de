import type { Facts } from './facts';
import type { PodEdit } from './pod-edit';
import { withoutRepeatedTerms } from './repeated';
import { amounts } from './rules/amounts';
import { capabilities, privileges, probes } from './rules/container';
import { folders } from './rules/folders';
import { nonRoot, seccomp, someUser, token } from './rules/identity';
import { remaining } from './rules/remaining';
import type { Settings } from './settings';

/** Everything that is done to the pods of one object, in an order in which no step undoes another. */
export function hardenPods(edit: PodEdit, { pods, rights, isServed }: Facts, settings: Settings): void {
  // Windows has neither capabilities nor a filter of system calls, and other users.
  const isWindows = (pods.spec.os as { readonly name?: string } | undefined)?.name === 'windows';
  withoutRepeatedTerms(edit.target.spec);
  token(edit, settings, rights);
  nonRoot(edit, settings);
  if (!isWindows) {
    someUser(edit, settings);
    seccomp(edit);
  }
  for (const container of edit.containers) {
    if (!isWindows) {
      // First, for what it takes away may be what hinders the next.
      capabilities(edit, container);
      privileges(edit, container);
      folders(edit, container, settings);
    }
    amounts(edit, container, settings);
    probes(edit, container, isServed);
  }
  remaining(edit);
}
