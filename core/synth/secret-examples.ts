import { Yaml } from 'cdk8s';
import { commentLines } from '../helm';
import { evaluate, NODE } from '../template';
import { type ChartInputs, type ChartView, emptySecret, type HelmChart, secretName } from '../tree';
import type { SecretValue } from '../values';

/** A secret of a chart, and the name of the Secret that its pods look for. */
interface Needed {
  readonly name: string;
  readonly secret: SecretValue;
}

/**
 * What to fill in by hand, outside of what `kubectl apply` is given: for each chart its Secrets one by one, and all
 * their keys as the lines of an `.env` file, for those who make one Secret of it and name that as `existingSecret`.
 */
export function secretExamples(charts: readonly HelmChart[]): Map<string, string> {
  const files = new Map<string, string>();
  for (const chart of charts) {
    const needed = neededBy(chart, chart.inputs());
    if (needed.length === 0) continue;
    files.set(`${chart.chartName}.example.yaml`, asSecrets(needed));
    files.set(`${chart.chartName}.env.example`, asVariables(chart.chartName, needed));
  }
  return files;
}

/** The values of a chart that name a Secret, and the name in its example, for each Secret that has no name yet. */
export function secretsToName(
  chart: ChartView,
  inputs: ChartInputs,
  keys: readonly string[] = [],
): { readonly value: string; readonly secret: string }[] {
  const own = chart.definition.secrets
    .filter(({ existingSecret }) => evaluate(existingSecret.equals('')[NODE], inputs) === true)
    .map((secret) => ({
      value: [...keys, ...secret.path, 'existingSecret'].join('.'),
      secret: evaluate(secretName(chart, secret)[NODE], inputs) as string,
    }));
  const inner = [...inputs.subcharts].flatMap(([subchart, given]) =>
    secretsToName(subchart, given, [...keys, subchart.node.id]),
  );
  return [...own, ...inner];
}

/** The secrets of a chart and its subcharts. */
function neededBy(chart: ChartView, inputs: ChartInputs): Needed[] {
  const own = chart.definition.secrets.map((secret) => {
    return { name: evaluate(secretName(chart, secret)[NODE], inputs) as string, secret };
  });
  return [...own, ...[...inputs.subcharts].flatMap(([subchart, inner]) => neededBy(subchart, inner))];
}

/** One document for each Secret; secrets that name one existing Secret share it. */
function asSecrets(needed: readonly Needed[]): string {
  const documents = [...groupedBy(needed, ({ name }) => name)].map(([name, sharing]) =>
    Yaml.stringify(emptySecret(name, [...new Set(sharing.flatMap(({ secret }) => secret.keys))])),
  );
  return `# Fill in the values and apply this by hand; keep it out of version control.\n${documents.join('---\n')}`;
}

function asVariables(chartName: string, needed: readonly Needed[]): string {
  const keys = needed.flatMap(({ secret }) =>
    Object.entries<string>(secret.docs).map(([key, doc]) => ({ key, doc })),
  );
  const lines = [...groupedBy(keys, ({ key }) => key)].map(([key, said]) => {
    const docs = [...new Set(said.map(({ doc }) => doc))];
    return `\n${[...docs.flatMap((doc) => commentLines(doc)), `${key}=`].join('\n')}\n`;
  });
  return `# Copy this, fill in the values, and keep the copy out of version control. One Secret of all keys:
#   kubectl create secret generic ${chartName} --from-env-file=COPY
# Name it as existingSecret of each secret among the values.
${lines.join('')}`;
}

function groupedBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
