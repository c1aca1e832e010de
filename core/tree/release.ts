import { BOOLEAN, type Expression, expression, PLAIN_STRING, SAFE_INTEGER } from '../template';

/** Facts of the release that a chart is installed as. */
export const release: {
  readonly name: Expression<string>;
  readonly namespace: Expression<string>;
  readonly service: Expression<string>;
  readonly revision: Expression<number>;
  readonly isInstall: Expression<boolean>;
  readonly isUpgrade: Expression<boolean>;
} = {
  name: expression({ op: 'builtin', name: 'Release.Name' }, PLAIN_STRING),
  namespace: expression({ op: 'builtin', name: 'Release.Namespace' }, PLAIN_STRING),
  service: expression({ op: 'builtin', name: 'Release.Service' }, PLAIN_STRING),
  revision: expression({ op: 'builtin', name: 'Release.Revision' }, SAFE_INTEGER),
  isInstall: expression({ op: 'builtin', name: 'Release.IsInstall' }, BOOLEAN),
  isUpgrade: expression({ op: 'builtin', name: 'Release.IsUpgrade' }, BOOLEAN),
};

/** Facts of the chart itself. */
export const chart: {
  readonly name: Expression<string>;
  readonly version: Expression<string>;
  readonly appVersion: Expression<string>;
} = {
  name: expression({ op: 'builtin', name: 'Chart.Name' }, PLAIN_STRING),
  version: expression({ op: 'builtin', name: 'Chart.Version' }, PLAIN_STRING),
  appVersion: expression({ op: 'builtin', name: 'Chart.AppVersion' }, PLAIN_STRING),
};

/** Facts of the cluster. Under `helm template` without `--kube-version` this is the version helm was built for. */
export const cluster: { readonly kubeVersion: Expression<string> } = {
  kubeVersion: expression({ op: 'builtin', name: 'Capabilities.KubeVersion.Version' }, PLAIN_STRING),
};
