import { withoutManagedFields } from '../../kube';
import type { PodKind } from '../claim/pod-feed';
import { POD_LABEL } from './kinds';

/** The pods of Sandboxes of agent-sandbox. Their label is a hash of the name, so the owner is asked. */
export const podsOfSandboxes: PodKind = {
  label: POD_LABEL,
  ownerOf: ({ metadata }) =>
    metadata.ownerReferences?.find(({ controller, kind }) => controller && kind === 'Sandbox')?.name,
  // It is held to the template, so all that it was to be is asked.
  keep: withoutManagedFields,
};
