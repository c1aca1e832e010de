import { SecureService, type SecureServiceProps } from '../../constructs';
import { App, Testing } from '../../core/synth';
import type { JsonObject } from '../../core/template';
import { HelmChart } from '../../core/tree';

/** The props that every service has. */
export const REQUIRED = { image: 'example.com/app:1', port: 8080, resources: 'small' } as const;

export function chart(): HelmChart {
  return new HelmChart(new App({ outdir: 'unused' }), 'shop', { description: 'test' });
}

/** The objects of one service in that chart. */
export function objectsOf(more: Partial<SecureServiceProps> = {}): JsonObject[] {
  const shop = chart();
  new SecureService(shop, 'api', { ...REQUIRED, ...more });
  return Testing.synth(shop) as JsonObject[];
}
