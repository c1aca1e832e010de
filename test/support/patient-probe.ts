/**
 * For the one pod behind a Service of a test: ready within a second, and not taken out of the Service because a busy machine
 * answered three questions late, as the defaults of Kubernetes do it. Nobody else would answer in its place.
 */
export const PATIENT_PROBE = { periodSeconds: 1, timeoutSeconds: 5, failureThreshold: 60 } as const;
