import type { IConstruct } from 'constructs';
import { DrydockError, type ErrorFacts } from '../core/template';

/** Everything that a construct can refuse. */
export type ConstructErrorCode =
  | 'CPU_LIMIT'
  | 'ENV_NAME'
  | 'ENV_TWICE'
  | 'IMAGE_UNPINNED'
  | 'KEY_UNKNOWN'
  | 'NAME_INVALID'
  | 'NAME_TAKEN'
  | 'NODE_PORT_RANGE'
  | 'NODE_PORT_TAKEN'
  | 'PATH_TAKEN'
  | 'PEER_ELSEWHERE'
  | 'PORT_RANGE'
  | 'PROP_INVALID'
  | 'QUANTITY_INVALID'
  | 'ROOT_USER'
  | 'SCALING_RANGE'
  | 'SHUTDOWN_TIME';

/** A prop of a construct that cannot be: which construct, which prop, what was found, and what to do. */
export class ConstructError extends DrydockError {
  declare readonly code: ConstructErrorCode;

  constructor(
    code: ConstructErrorCode,
    construct: IConstruct,
    prop: string,
    facts: Omit<ErrorFacts, 'where'>,
  ) {
    super(code, { where: `${construct.node.path || '(app)'} ${prop}`, ...facts });
    this.name = 'ConstructError';
  }
}
