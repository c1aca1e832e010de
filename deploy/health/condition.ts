import { isRecord } from '../../kube';
import type { Live } from '../cluster/cluster-api';

/** One condition of a status, as most kinds have them. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

export function statusOf(live: Live): Readonly<Record<string, unknown>> {
  return isRecord(live.status) ? live.status : {};
}

export function specOf(live: Live): Readonly<Record<string, unknown>> {
  return isRecord(live.spec) ? live.spec : {};
}

export function conditionsOf(live: Live): Condition[] {
  const { conditions } = statusOf(live);
  return (Array.isArray(conditions) ? (conditions as readonly unknown[]) : [])
    .filter(isRecord)
    .map((one) => ({
      type: text(one.type),
      status: text(one.status),
      reason: text(one.reason),
      message: text(one.message),
    }));
}

export function conditionOf(live: Live, type: string): Condition | undefined {
  return conditionsOf(live).find((one) => one.type === type);
}

/** A number of a status, which leaves out a 0. */
export function count(from: Readonly<Record<string, unknown>>, field: string, otherwise = 0): number {
  const value = from[field];
  return typeof value === 'number' ? value : otherwise;
}

export function inWordsOf({ type, status, reason, message }: Condition): string {
  return [`${type} is ${status}`, reason && `(${reason})`, message && `: ${message}`]
    .filter(Boolean)
    .join(' ')
    .replace(' : ', ': ');
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
