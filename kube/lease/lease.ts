import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { KubeError } from '../errors';

/** A Lease of `coordination.k8s.io/v1`, as far as it says who leads. */
export interface LeaseSpec {
  readonly holderIdentity?: string | null;
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string | null;
  readonly renewTime?: string | null;
  /** How often it went to another holder. */
  readonly leaseTransitions?: number;
}

export interface StoredLease {
  readonly metadata: { readonly uid: string; readonly resourceVersion: string };
  readonly spec?: LeaseSpec;
}

/** All that is asked of a server about one Lease. What it throws is a KubeError. */
export interface LeaseApi {
  /** Undefined where there is none. */
  read(): Promise<StoredLease | undefined>;
  create(spec: LeaseSpec): Promise<StoredLease>;
  /** Changes what `spec` states, and fails with CONFLICT when the Lease has another version by now. */
  change(resourceVersion: string, spec: LeaseSpec): Promise<StoredLease>;
}

/** A name for a holder that no other one has, in this process neither. */
export function holderName(who: string = `${hostname()}/${process.pid}`): string {
  return `${who}/${randomBytes(4).toString('hex')}`;
}

/** As a Lease has its times. */
export function microTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}

/** The Lease was changed or deleted by somebody. */
export function isContested(error: unknown): error is KubeError {
  return ['CONFLICT', 'NOT_FOUND'].includes((error as Partial<KubeError>).code ?? '');
}
