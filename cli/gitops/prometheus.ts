import type { PrometheusOptions } from '../../gitops';
import { UsageError } from '../command';

export const prometheusOptions = {
  prometheus: { type: 'string' },
  'prometheus-ca': { type: 'string' },
  'prometheus-token': { type: 'string' },
} as const;

export const PROMETHEUS_HELP = `      --prometheus URL        whom the gates between waves of clusters ask; without it they stay closed
      --prometheus-ca FILE    the authorities that its certificate may be of (default: those of Node)
      --prometheus-token FILE a token that it wants, over https alone
`;

/** The Prometheus of gates; undefined where there is none. */
export function prometheusOf(
  url: string | undefined,
  caFile: string | undefined,
  tokenFile: string | undefined,
  helpAt: string,
): PrometheusOptions | undefined {
  if (url === undefined && (caFile ?? tokenFile) !== undefined)
    throw new UsageError('--prometheus-ca and --prometheus-token go with --prometheus', helpAt);
  if (url === undefined) return undefined;
  return {
    url,
    ...(caFile === undefined ? {} : { caFile }),
    ...(tokenFile === undefined ? {} : { tokenFile }),
  };
}
