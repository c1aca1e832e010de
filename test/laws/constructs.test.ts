import { countLiteralLaw, FAMILIES } from './construct-laws';

/** `DRYDOCK_LAW_RUNS=500` for the long run. */
const runs = Number(process.env.DRYDOCK_LAW_RUNS ?? 100);

/** What programs have to come to, or the law would hold of nothing. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  SecureService: [
    'Deployment',
    'StatefulSet',
    'Rollout',
    'Service',
    'NetworkPolicy',
    'Ingress',
    'HTTPRoute',
    'GRPCRoute',
    'ServiceMonitor',
  ],
  'SecureWorker, SecureCron, SecureTask and SecureAgent': [
    ...['Deployment', 'CronJob', 'Job', 'DaemonSet', 'ScaledObject', 'HorizontalPodAutoscaler'],
    'PodDisruptionBudget',
  ],
  'SecureGateway and ReferenceGrant': ['Gateway', 'HTTPRoute', 'ReferenceGrant'],
  'ConfigBundle, Migration and HelmTest': ['ConfigMap', 'Job', 'Pod', 'NetworkPolicy'],
  'SandboxTemplate and SandboxRbac': ['ConfigMap', 'ValidatingAdmissionPolicy', 'Role', 'NetworkPolicy'],
};

test.each(FAMILIES)(
  `%s means the same with values and with the same literals (${runs} programs)`,
  (title, family) => {
    const { equal, kinds } = countLiteralLaw(family, { runs, seed: 7 });
    // Programs that are refused on both sides prove little; they must not be all there are.
    expect(equal).toBeGreaterThan(runs / 10);
    expect([...kinds.keys()]).toEqual(expect.arrayContaining(KINDS[title] as string[]));
  },
);
