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
  | 'COMPONENT_FAILED'
  | 'NOT_READY'
  | 'COMMAND_FAILED'
  | 'IMAGE_FAILED'
  | 'NAME_TAKEN'
  | 'NOT_RUNNING'
  | 'NOT_IN_THIS_MODE';

/** The four facts behind every message: where it happened, what was found, what was expected, what to do. */
export interface ClusterErrorFacts {
  readonly where: string;
  readonly found: string;
  readonly expected: string;
  readonly remedy: string;
}

/** The one error class of the cluster room. */
export class ClusterError extends Error implements ClusterErrorFacts {
  override readonly name = 'ClusterError';
  readonly where: string;
  readonly found: string;
  readonly expected: string;
  readonly remedy: string;

  constructor(
    readonly code: ClusterErrorCode,
    facts: ClusterErrorFacts,
    options?: { readonly cause?: unknown },
  ) {
    super(
      `${code} at ${facts.where}: expected ${facts.expected}, found ${facts.found}; ${facts.remedy}`,
      options,
    );
    this.where = facts.where;
    this.found = facts.found;
    this.expected = facts.expected;
    this.remedy = facts.remedy;
  }
}
