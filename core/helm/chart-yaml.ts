import { plainLines } from './values-yaml';

export interface ChartHeader {
  readonly name: string;
  readonly version: string;
  readonly appVersion: string;
  readonly description: string;
  readonly home: string | undefined;
}

/** `Chart.yaml`. */
export function chartYaml({ name, version, appVersion, description, home }: ChartHeader): string {
  const header = { apiVersion: 'v2', name, description, type: 'application', version, appVersion };
  return `${plainLines(home ? { ...header, home } : header).join('\n')}\n`;
}
