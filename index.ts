export {
  type IngressOptions,
  type ResourcePreset,
  type Resources,
  SecureService,
  type SecureServiceProps,
} from './constructs';
export { App, type AppProps, Testing } from './core/synth';
export {
  DrydockError,
  type ErrorFacts,
  Expression,
  type Json,
  type JsonObject,
  type Templated,
  text,
} from './core/template';
export {
  chart,
  cluster,
  forEach,
  HelmChart,
  type HelmChartProps,
  type KubeManifest,
  KubeObject,
  type ReleaseFacts,
  release,
  type SynthInputs,
  when,
} from './core/tree';
export {
  type Declaration,
  type Declarations,
  type DeclaredValues,
  defineValues,
  type Given,
  type ListOptions,
  type NumberOptions,
  type StringOptions,
  type ValueOptions,
  type Values,
  value,
} from './core/values';
