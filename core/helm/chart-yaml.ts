import type { Json, JsonObject } from '../template';
import type { Dependency } from './subcharts';
import { plainLines } from './values-yaml';

export interface ChartHeader {
  readonly name: string;
  readonly version: string;
  readonly appVersion: string;
  readonly description: string;
  readonly home: string | undefined;
}

/** `Chart.yaml`. */
export function chartYaml(header: ChartHeader, dependencies: readonly Dependency[]): string {
  const { name, version, appVersion, description, home } = header;
  const fields: JsonObject = {
    apiVersion: 'v2',
    name,
    description,
    type: 'application',
    version,
    appVersion,
  };
  const lines = plainLines({
    ...fields,
    ...(home ? { home } : {}),
    ...(dependencies.length > 0 ? { dependencies: dependencies as readonly object[] as Json } : {}),
  });
  return `${lines.join('\n')}\n`;
}
