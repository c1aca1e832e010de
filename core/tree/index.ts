export { APP_SETTINGS, type AppSettings } from './app-settings';
export {
  type ArtifactHub,
  type ArtifactHubChange,
  type ArtifactHubImage,
  type ArtifactHubLink,
  artifactHubAnnotations,
} from './artifact-hub';
export { COMPONENT, chartLabels, PART_OF } from './chart-labels';
export { type ChartMaintainer, type ChartMetadata, KUBE_VERSION } from './chart-metadata';
export { checkInstallation } from './chart-rendering';
export { emptySecret, secretName } from './chart-secrets';
export type {
  Assertion,
  Audience,
  ChartFacts,
  ChartInputs,
  ChartView,
  ReleaseFacts,
  SynthInputs,
} from './chart-view';
export { forEach, when } from './conditions';
export { allConstructs } from './construct-index';
export type { GuardedObject, ObjectsOf } from './guarded-object';
export { type Guard, guardsOf } from './guards';
export { HelmChart } from './helm-chart';
export type { HelmChartProps } from './helm-chart-props';
export { builtinsOf, HAS_INPUTS, helmChartOf, inputsFor } from './inputs';
export { type InstallerPatches, patchedBy, patchedHere, patchesFor } from './installer-patches';
export { checkKept, keepOnUninstall } from './keep';
export { inStockOrder } from './key-order';
export { type AnyManifest, type KubeManifest, KubeObject } from './kube-object';
export { isNewerThanSchema, type NewerThanSchema, newerThanSchema } from './newer-than-schema';
export { type GuardedObjectsOf, guardedOnce, objectsWithin } from './objects-of-chart';
export { chartsByOwnDependencies, type SynthOrder, synthOrder } from './order';
export { chart, cluster, release } from './release';
export { assertionsOf, type Member, membersOf, ReleaseObjects } from './release-names';
export { guardedObject, render, templateOf } from './render';
export { ExpressionResolver, placeOf } from './stand-ins';
export { checkUmbrella } from './umbrella';
export { checkValueUse } from './value-use';
export { WholeObjectResolver } from './whole-object-resolver';
