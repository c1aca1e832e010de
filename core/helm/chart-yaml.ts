import type { JsonObject } from '../template';
import type { ChartModel } from './model';
import { yamlText } from './print/scalar';
import type { Dependency } from './subcharts';
import { plainLines } from './values-yaml';

/** `Chart.yaml`. Fields that say nothing are left out. */
export function chartYaml(model: ChartModel, dependencies: readonly Dependency[]): string {
  const { name, version, appVersion, description, kubeVersion } = model;
  const { home, icon, sources, keywords, maintainers, annotations = {} } = model;
  const fields = {
    apiVersion: 'v2',
    name,
    description,
    type: 'application',
    version,
    appVersion,
    kubeVersion,
    home,
    icon,
    sources,
    keywords,
    maintainers,
    dependencies,
  };
  const said = Object.entries(fields).filter(
    ([, field]) => field !== undefined && !(Array.isArray(field) && field.length === 0),
  );
  const lines = [...plainLines(Object.fromEntries(said) as JsonObject), ...annotationLines(annotations)];
  return `${lines.join('\n')}\n`;
}

/** Annotations of Artifact Hub hold YAML, which is read as such where it keeps its lines. */
function annotationLines(annotations: Readonly<Record<string, string>>): string[] {
  const entries = Object.entries(annotations).flatMap(([key, text]) =>
    isBlock(text)
      ? [
          `  ${yamlText(key)}: |`,
          ...text
            .trimEnd()
            .split('\n')
            .map((line) => `    ${line}`),
        ]
      : plainLines({ [key]: text }, '  '),
  );
  return entries.length > 0 ? ['annotations:', ...entries] : [];
}

/** Whether every YAML reader gets the same text out of a literal block: plain lines, the first of them not indented. */
function isBlock(text: string): boolean {
  return /^[!-~][ -~]*\n([ -~]+\n)*$/.test(text) && text.includes('\n', 1);
}
