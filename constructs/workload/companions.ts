import { Expression, isNode, spreadNodesOf, type Templated } from '../../core/template';
import type { Container } from '../../imports/k8s';
import { resourceRequirements } from './resources';

/** All of them; what only the installation knows is passed on as it is. */
export function companions(
  given: readonly Templated<Container>[] | undefined,
): readonly Templated<Container>[] {
  const list: unknown = given ?? [];
  return list instanceof Expression ? [...(list as Iterable<never>)] : (given ?? []).map(companion);
}

/**
 * A sidecar or init container as the user wrote it, with the limits and the safety that the workload's own container has by
 * default, wherever it says nothing of them.
 */
function companion(given: Templated<Container>): Templated<Container> {
  if (isOpen(given)) return given;
  const { resources, securityContext } = given as {
    readonly resources?: unknown;
    readonly securityContext?: unknown;
  };
  return {
    ...given,
    resources: resources ?? resourceRequirements('small'),
    securityContext: isOpen(securityContext)
      ? securityContext
      : { ...defaultsFor(securityContext), ...(securityContext as object | undefined) },
  } as Templated<Container>;
}

/** Whether only the installation knows what is in it. */
function isOpen(given: unknown): given is Expression<never> {
  return (
    given instanceof Expression ||
    isNode(given) ||
    (typeof given === 'object' && given !== null && spreadNodesOf(given).length > 0)
  );
}

function defaultsFor(given: unknown) {
  // The server refuses to take from a privileged container what it has anyway.
  const { privileged } = (given ?? {}) as { readonly privileged?: unknown };
  return {
    ...(privileged ? {} : { allowPrivilegeEscalation: false }),
    capabilities: { drop: ['ALL'] },
    readOnlyRootFilesystem: true,
  };
}
