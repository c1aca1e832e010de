import type { ChartModel } from './model';
import { bare } from './print/pipeline';
import { Scope } from './print/scope';

/** `NOTES.txt`: what helm prints after an installation. */
export function notes({ name, secrets }: Pick<ChartModel, 'name' | 'secrets'>): string {
  const scope = Scope.top(name);
  const secretLines = secrets.map(
    (secret) => `  Secret {{ ${bare(secret.name, scope)} }} with the keys ${secret.keys.join(', ')}`,
  );
  return [
    `{{ .Release.Name }}: ${name} {{ .Chart.AppVersion }} is installed in {{ .Release.Namespace }}.`,
    '',
    'See what runs:',
    '  kubectl --namespace {{ .Release.Namespace }} get all --selector app.kubernetes.io/instance={{ .Release.Name }}',
    ...(secretLines.length > 0 ? ['', 'Pods wait until this is there:', ...secretLines] : []),
    '',
  ].join('\n');
}
