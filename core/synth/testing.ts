import { randomUUID } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import type { Chart } from 'cdk8s';
import { chartFiles } from '../helm';
import type { Json, JsonObject } from '../template';
import { guardedOnce, HelmChart, type SynthInputs, synthOrder } from '../tree';
import { App, type AppProps } from './app';
import { chartModel } from './chart-model';

/**
 * For tests of manifests, like cdk8s's own `Testing`, with values and environments to choose.
 *
 * @example
 * const chart = new HelmChart(Testing.app(), 'shop', { description: 'A shop' });
 * const objects = Testing.synth(chart);
 * const files = Testing.helmChart(chart);
 */
export const Testing = {
  /** An App whose output goes to a temporary folder. */
  app(props: AppProps = {}): App {
    // Most tests write nothing, so nothing is made that somebody would have to remove.
    const folder = path.join(os.tmpdir(), `drydock-test-${randomUUID()}`);
    return new App({ outdir: path.join(folder, 'manifests'), ...props });
  },

  /** The objects of a chart, for the default values or for what is given. */
  synth(chart: Chart, inputs: SynthInputs = {}): Json[] | JsonObject[] {
    return chart instanceof HelmChart ? chart.render(chart.inputs(inputs)) : (chart.toJson() as Json[]);
  },

  /** The files of a Helm chart, by their paths in it, as `App.synth` writes them. */
  helmChart(chart: HelmChart): Record<string, string> {
    const order = synthOrder(App.of(chart));
    return Object.fromEntries(chartFiles(chartModel(chart, order, guardedOnce(order))));
  },
} as const;
