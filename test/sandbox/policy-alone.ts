import type { JsonObject } from '../../core/template';
import type { AdminInstallation } from './installation';
import { LOOSE_RUNTIME_CLASS } from './loosenings';
import { createSuspended } from './updates';

/** The installation without Pod Security, quota and limit range, which would refuse first: the policy alone. */
export async function installPolicyAlone(installation: AdminInstallation): Promise<void> {
  await installation.createReleaseNamespace();
  await installation.apply([
    {
      apiVersion: 'node.k8s.io/v1',
      kind: 'RuntimeClass',
      metadata: { name: LOOSE_RUNTIME_CLASS },
      handler: 'runc',
    },
    ...installation.ofKind('Namespace').map(({ metadata, ...rest }) => ({
      ...rest,
      metadata: { name: metadata.name, annotations: metadata.annotations as JsonObject },
    })),
    ...installation.ofKind('ServiceAccount', 'NetworkPolicy'),
  ]);
  await createSuspended(installation);
  await installation.apply([
    ...installation.ofKind('ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'),
  ]);
  await installation.untilPolicyHolds();
}
