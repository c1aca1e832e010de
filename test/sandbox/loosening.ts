import type { JsonObject } from '../../core/template';
import type { Changes } from './change';

/** One way to ask for more than the template has. */
export interface Loosening {
  /** The field that the denial has to name, from the root of the pod (or of the Job for `ofJob`). */
  readonly field: string;
  readonly changes: Changes;
  /** What the change is about, where the field does not say it. */
  readonly note?: string;
}

/** The container of a pod. */
export const C = 'spec.containers[0]';

export function set(field: string, value: Changes[string], note?: string): Loosening {
  return { field, changes: { [field]: value }, note };
}

/** A key that the template does not have. */
export function add(field: string, value: Changes[string], beside: Changes = {}, note?: string): Loosening {
  return { field, changes: { ...beside, [field]: value }, note };
}

export function without(field: string): Loosening {
  return { field, changes: { [field]: undefined }, note: 'left out' };
}

export const OWNED: Loosening = {
  field: 'metadata.ownerReferences',
  changes: {
    'metadata.ownerReferences': [
      { apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: '00000000-0000-4000-8000-000000000000' },
    ],
  },
};

/** Entries of managedFields: small each, and many. */
export function managed(_: unknown, index: number): JsonObject {
  const entry = { operation: 'Apply', apiVersion: 'batch/v1', time: '2026-01-01T00:00:00Z' };
  return {
    ...entry,
    manager: `m${index}`,
    fieldsType: 'FieldsV1',
    fieldsV1: { 'f:spec': { 'f:nothing': {} } },
  };
}
