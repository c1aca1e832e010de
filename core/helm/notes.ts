import type { ChartHeader } from './chart-yaml';

/** `NOTES.txt`: what helm prints after an installation. */
export function notes({ name }: ChartHeader): string {
  return `{{ .Release.Name }}: ${name} {{ .Chart.AppVersion }} is installed in {{ .Release.Namespace }}.

See what runs:
  kubectl --namespace {{ .Release.Namespace }} get all --selector app.kubernetes.io/instance={{ .Release.Name }}
`;
}
