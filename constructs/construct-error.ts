import type { IConstruct } from 'constructs';
import type { PropCode } from '../core/props';
import { DrydockError, type ErrorFacts } from '../core/template';

/** Everything that a construct can refuse. */
export type ConstructErrorCode =
  | PropCode
  | 'CPU_LIMIT'
  | 'ENV_TWICE'
  | 'EXCEPTION_STALE'
  | 'KEY_UNKNOWN'
  | 'MADE_AFTER_HARDEN'
  | 'NAME_TAKEN'
  | 'NODE_PORT_TAKEN'
  | 'PATH_TAKEN'
  | 'PEER_ELSEWHERE'
  | 'PLAIN_INGRESS'
  | 'PORT_TAKEN'
  | 'ROOT_USER'
  | 'SHUTDOWN_TIME'
  | 'VOLUME_UNKNOWN'
  | 'WORKLOAD_UNKNOWN';

/**
 * An invalid prop of a construct: which construct, which prop, what was found, and what to do.
 *
 * @example
 * try {
 *   new SecureService(shop, 'web', { image: 'registry.example.com/shop', port: 8080, resources: 'small' });
 * } catch (error) {
 *   if (error instanceof ConstructError) console.error(error.code, error.where, error.remedy);
 * }
 */
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
