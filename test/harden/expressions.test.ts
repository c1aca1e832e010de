import { Testing } from '../../core/synth';
import { HelmChart, KubeObject } from '../../core/tree';
import { defineValues, value } from '../../core/values';
import { harden } from '../../harden';

// biome-ignore lint/suspicious/noExplicitAny: objects as Kubernetes has them
type Any = any;

const LABELS = { app: 'a' };
const values = defineValues({
  raw: value.raw({ default: {}, doc: 'Anything' }),
  name: value.dnsName({ default: 'x', doc: 'A name' }),
});
const one = (container: object = {}) => ({ containers: [{ name: 'c', image: 'c:1', ...container }] });

describe('an expression', () => {
  const hardened = (spec: (raw: Any) => object, more: (raw: Any) => object = () => ({})) => {
    const chart = new HelmChart(Testing.app(), 'shop', { description: 'd', values });
    new KubeObject(chart, 'a', {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'a' },
      spec: {
        selector: { matchLabels: LABELS },
        serviceName: 'a',
        ...more(values.raw),
        template: { metadata: { labels: LABELS }, spec: spec(values.raw) },
      },
    } as never);
    return { chart, findings: harden(chart).findings };
  };
  const inChart = (...given: Parameters<typeof hardened>) =>
    hardened(...given).findings.map(
      ({ rule, field }) => `${rule} ${field.replace('spec.template.spec.', '')}`,
    );
  const podOf = (spec: (raw: Any) => object): Any =>
    (Testing.synth(hardened(spec).chart) as Any[]).find(({ kind }) => kind === 'StatefulSet').spec.template
      .spec;

  test('on the way to a field is left alone, and told at its own place', () => {
    const unreadable = (spec: (raw: Any) => object) =>
      new Set(inChart(spec).filter((one) => one.startsWith('unreadable')));
    const at = (field: string) => new Set([`unreadable ${field}`]);
    const ofContainer = (raw: Any) => one({ securityContext: raw });
    expect(unreadable(ofContainer)).toEqual(at('containers[0].securityContext'));
    // What cannot be set is no ground to go on from.
    expect(inChart(ofContainer).join()).not.toContain('writable');
    expect(unreadable((raw) => ({ ...one(), securityContext: raw }))).toEqual(at('securityContext'));
    expect(unreadable((raw) => one({ securityContext: { capabilities: raw } }))).toEqual(
      at('containers[0].securityContext.capabilities'),
    );
  });

  test('for the volumes leaves the mounts alone too', () => {
    expect(podOf((raw) => ({ ...one(), volumes: raw })).containers[0]).not.toHaveProperty('volumeMounts');
    expect(podOf(() => one()).containers[0]).toHaveProperty('volumeMounts');
  });

  test('for the name of a container leaves its folder with a name of its own', () => {
    const { volumes } = podOf(() => ({ containers: [{ name: values.name, image: 'c:1' }] }));
    expect(volumes.map(({ name }: Any) => name)).toEqual(['tmp']);
  });

  test('for the spec of the pods is left, and told', () => {
    expect(inChart((raw) => raw)).toEqual(['unreadable spec.template.spec']);
  });

  test('for the claims keeps files, for all that is known', () => {
    expect(inChart(() => one())).not.toContain('user securityContext.runAsUser');
    expect(
      inChart(
        () => one(),
        (raw) => ({ volumeClaimTemplates: raw }),
      ),
    ).toContain('user securityContext.runAsUser');
  });
});

test('a number of pods that only the installation knows has no budget', () => {
  const budgets = (replicas: unknown) => {
    const chart = new HelmChart(Testing.app(), 'shop', { description: 'd', values });
    new KubeObject(chart, 'a', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'a' },
      spec: {
        replicas,
        selector: { matchLabels: LABELS },
        template: { metadata: { labels: LABELS }, spec: one() },
      },
    } as never);
    harden(chart);
    return (Testing.synth(chart) as Any[]).filter(({ kind }) => kind === 'PodDisruptionBudget').length;
  };
  expect(budgets(values.raw)).toBe(0);
  expect(budgets(2)).toBe(1);
});
