import { DrydockError, type ErrorFacts, withCause } from '../errors';

/** Every way the embedded cluster can refuse. Callers compare `code`, people read the message. */
export type ClusterErrorCode =
  | 'NO_GO'
  | 'TOOL_UNKNOWN'
  | 'TOOL_MISSING'
  | 'TOOL_BUILD_FAILED'
  | 'PACKAGE_INSTALL_FAILED'
  | 'NOT_LINUX'
  | 'NOT_ROOT'
  | 'NO_NAMESPACES'
  | 'NO_CGROUPS'
  | 'DISK_FULL'
  | 'PORT_TAKEN'
  | 'VERSION_UNKNOWN'
  | 'OPTION_INVALID'
  | 'START_FAILED'
  | 'STOP_FAILED'
  | 'ABORTED'
  | 'COMPONENT_FAILED'
  | 'NOT_READY'
  | 'COMMAND_FAILED'
  | 'IMAGE_FAILED'
  | 'NAME_TAKEN'
  | 'NOT_RUNNING'
  | 'NOT_IN_THIS_MODE';

/**
 * What the cluster room throws.
 *
 * @example
 * try {
 *   await startCluster({ name: 'mine' });
 * } catch (error) {
 *   if (error instanceof ClusterError && error.code === 'NAME_TAKEN') attachCluster('mine');
 *   else throw error;
 * }
 */
export class ClusterError extends DrydockError {
  declare readonly code: ClusterErrorCode;

  constructor(code: ClusterErrorCode, facts: ErrorFacts, options: { readonly cause?: unknown } = {}) {
    super(code, facts);
    this.name = 'ClusterError';
    withCause(this, options.cause);
  }
}
