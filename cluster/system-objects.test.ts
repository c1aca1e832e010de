import { dnsObjects } from './system-objects';

interface Deployed {
  readonly kind: string;
  readonly spec: {
    readonly replicas: number;
    readonly template: { readonly spec: { readonly containers: readonly { readinessProbe: Probe }[] } };
  };
}
interface Probe {
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly failureThreshold: number;
}

test('names go on to resolve while a busy machine answers the probe of the only DNS pod late', () => {
  const deployment = dnsObjects().find(({ kind }) => kind === 'Deployment') as unknown as Deployed;
  const { periodSeconds, timeoutSeconds, failureThreshold } =
    deployment.spec.template.spec.containers[0]!.readinessProbe;
  expect(deployment.spec.replicas).toBe(1);
  expect(periodSeconds * failureThreshold).toBeGreaterThanOrEqual(60);
  expect(timeoutSeconds).toBeGreaterThanOrEqual(5);
});
