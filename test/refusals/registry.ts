import type { Example } from './example';
import { clusterExamples } from './examples/cluster';
import { constructExamples } from './examples/constructs';
import { controllerExamples } from './examples/controller';
import { deployExamples } from './examples/deploy';
import { gitopsExamples } from './examples/gitops';
import { guardrailExamples } from './examples/guardrails';
import { hardenExamples } from './examples/harden';
import { kubeExamples } from './examples/kube';
import { sandboxExamples } from './examples/sandbox';
import { synthExamples } from './examples/synth';
import { treeExamples } from './examples/tree';
import { valuesExamples } from './examples/values';

const rooms = [
  valuesExamples,
  treeExamples,
  synthExamples,
  constructExamples,
  guardrailExamples,
  hardenExamples,
  kubeExamples,
  controllerExamples,
  deployExamples,
  sandboxExamples,
  gitopsExamples,
  clusterExamples,
];

/** An example of every code, by code. */
export const examples: ReadonlyMap<string, Example> = new Map(
  rooms.flatMap((room) => Object.entries(room)).sort(([a], [b]) => (a < b ? -1 : 1)),
);
