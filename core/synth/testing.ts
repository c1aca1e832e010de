import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Chart } from 'cdk8s';
import type { Json, JsonObject } from '../template';
import { HelmChart, type SynthInputs } from '../tree';
import { App, type AppProps } from './app';

/** For tests of manifests, like cdk8s's own `Testing`, with values and environments to choose. */
export const Testing = {
  /** An App whose output goes to a temporary folder. */
  app(props: AppProps = {}): App {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'drydock-test-'));
    return new App({ outdir: path.join(folder, 'manifests'), ...props });
  },

  /** The objects of a chart, for the default values or for what is given. */
  synth(chart: Chart, inputs: SynthInputs = {}): Json[] | JsonObject[] {
    return chart instanceof HelmChart ? chart.render(chart.inputs(inputs)) : (chart.toJson() as Json[]);
  },
} as const;
