import type { Json, JsonObject } from '../template';
import { DrydockError } from '../template';
import { type HelmChart, placeOf } from '../tree';

/**
 * Plain YAML is written to files that are committed and handed on, so it names Secrets and holds none. Values with
 * a secret in them, which helm would take, are refused before anything is written.
 */
export function refuseSecretsInPlain(chart: HelmChart): void {
  const values = chart.values();
  for (const { path, keys } of chart.definition.secrets) {
    const group = path.reduce<Json | undefined>((at, key) => (at as JsonObject | undefined)?.[key], values);
    const found = keys.find((key) => group !== undefined && Object.hasOwn(group as JsonObject, key));
    if (!found) continue;
    throw new DrydockError('SECRET_IN_PLAIN', {
      where: placeOf(chart),
      found: `a value for the secret ${[...path, found].join('.')}`,
      expected: 'no secret in plain YAML, which is written to files',
      remedy: `Name a Secret in ${path.join('.')}.existingSecret, or leave it out and fill in the example that is written beside the manifests.`,
    });
  }
}
