import { sandboxRun } from '../../sandbox/spec';

/** Props that are right, for tests that change one of them. */

export const LIMITS = {
  images: ['busybox:1'],
  deadlineSeconds: 3600,
  cpu: '2',
  memory: '4Gi',
  ephemeralStorage: '8Gi',
};

/** Of `defineSandbox`, beside the values of an installation. */
export const SANDBOX = {
  run: sandboxRun,
  namespace: 'boxes',
  serviceAccountName: 'sandbox',
  name: sandboxRun.name,
  image: sandboxRun.image,
  command: sandboxRun.command,
  deadlineSeconds: sandboxRun.deadlineSeconds,
  cpu: '500m',
  memory: '512Mi',
  ephemeralStorage: '1Gi',
  workspaceSize: '256Mi',
  limits: LIMITS,
};

/** Of a `SandboxRbac`, beside its sandbox. */
export const RBAC = {
  managers: [{ serviceAccount: 'app', namespace: 'ci' }],
  quota: { sandboxes: 5, cpu: '10', memory: '10Gi', ephemeralStorage: '40Gi' },
  policyName: 'ops.boxes.sandbox',
  gate: { image: 'registry.example.com/kubectl:1.34.4', namespace: 'ops' },
};
