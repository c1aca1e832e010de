import type { Expression } from '../template';
import { type SecretValue, VALUES_HERE } from '../values';
import { COMPONENT, chartLabels } from './chart-labels';
import type { ChartView } from './chart-view';
import { when } from './conditions';
import { type KubeManifest, KubeObject } from './kube-object';

/** The name of the Secret behind a declared secret: the existing one, else the one that the chart makes. */
export function secretName(chart: ChartView, secret: SecretValue): Expression<string> {
  const { existingSecret } = secret;
  return existingSecret.equals('').then(chart.nameFor(dashed(secret)), existingSecret);
}

/**
 * The Secret that a chart makes of given keys. It is there only where all keys are given and no existing Secret is
 * named. Plain YAML is given no keys, so it refers to the Secret by name and holds nothing secret.
 */
export function addSecret(chart: ChartView, secret: SecretValue): void {
  const given = Object.values(secret.given).map((key) => key.isSet);
  const all = given.reduce((one, other) => one.and(other));
  const { existingSecret } = secret;
  const path = `${VALUES_HERE}${secret.path.join('.')}`;
  const keys = secret.keys.map((key) => `${path}.${key}`).join(', ');
  chart.assert(
    existingSecret.notEquals('').or(all),
    `Set ${keys}, or set ${path}.existingSecret to the name of a Secret that has the keys ${secret.keys.join(', ')}.`,
    { onlyInCharts: true },
  );
  when(secret.isMade, () => {
    new KubeObject<SecretObject>(chart, `${dashed(secret)}-secret`, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: chart.nameFor(dashed(secret)),
        labels: { [COMPONENT]: dashed(secret), ...chartLabels(chart).all } as never,
      },
      type: 'Opaque',
      stringData: secret.given as never,
    });
  });
}

interface SecretObject extends KubeManifest {
  readonly apiVersion: 'v1';
  readonly kind: 'Secret';
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly type: string;
  readonly stringData: Readonly<Record<string, string>>;
}

/** A Secret to be filled in by hand, for those who apply plain YAML. */
export function emptySecret(name: string, keys: readonly string[]): object {
  const stringData = Object.fromEntries(keys.map((key) => [key, '']));
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name }, type: 'Opaque', stringData };
}

function dashed({ path }: SecretValue): string {
  return path
    .join('-')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replaceAll('_', '-')
    .toLowerCase();
}
