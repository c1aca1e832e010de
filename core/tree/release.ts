import type { IConstruct, Node } from 'constructs';
import {
  BOOLEAN,
  type Builtin,
  type Expression,
  expression,
  type Inputs,
  PLAIN_STRING,
  SAFE_INTEGER,
  type Shape,
} from '../template';
import { inLiteralMode } from '../values';

/**
 * Facts of the release that a chart is installed as. In literal mode they are those of the chart that was made last, or in
 * which something was made last: it is the one being filled.
 *
 * @example
 * when(release.isInstall, () => {
 *   new KubeObject(shop, 'first', {
 *     apiVersion: 'v1',
 *     kind: 'ConfigMap',
 *     metadata: { name: text`${release.name}-first` },
 *   });
 * });
 */
export const release = {
  get name() {
    return fact<string>('Release.Name', PLAIN_STRING);
  },
  get namespace() {
    return fact<string>('Release.Namespace', PLAIN_STRING);
  },
  /** What installs the release: `Helm`, or `drydock` in plain YAML. */
  get service() {
    return fact<string>('Release.Service', PLAIN_STRING);
  },
  get revision() {
    return fact<number>('Release.Revision', SAFE_INTEGER);
  },
  get isInstall() {
    return fact<boolean>('Release.IsInstall', BOOLEAN);
  },
  get isUpgrade() {
    return fact<boolean>('Release.IsUpgrade', BOOLEAN);
  },
};

/**
 * Facts of the chart itself.
 *
 * @example
 * const version = text`${chart.name}-${chart.version}`;
 */
export const chart = {
  get name() {
    return fact<string>('Chart.Name', PLAIN_STRING);
  },
  get version() {
    return fact<string>('Chart.Version', PLAIN_STRING);
  },
  get appVersion() {
    return fact<string>('Chart.AppVersion', PLAIN_STRING);
  },
};

/**
 * Facts of the cluster. Under `helm template` without `--kube-version` this is the version helm was built for.
 *
 * @example
 * new KubeObject(shop, 'facts', {
 *   apiVersion: 'v1',
 *   kind: 'ConfigMap',
 *   metadata: { name: shop.nameFor('facts') },
 *   data: { kubernetes: cluster.kubeVersion },
 * });
 */
export const cluster = {
  get kubeVersion() {
    return fact<string>('Capabilities.KubeVersion.Version', PLAIN_STRING);
  },
};

let literalFacts: Inputs['builtins'] | undefined;

/**
 * In literal mode: what the facts are from now on, and again whenever something is made directly in the chart, for a
 * subchart made before it had its own.
 */
export function setLiteralFactsIn(node: Node, facts: Inputs['builtins']): void {
  literalFacts = facts;
  const prototype = Object.getPrototypeOf(node) as WithAddChild;
  Object.defineProperty(node, 'addChild', {
    value(child: IConstruct, name: string) {
      literalFacts = facts;
      prototype.addChild.call(node, child, name);
    },
  });
}

interface WithAddChild {
  addChild(child: IConstruct, name: string): void;
}

function fact<T>(name: Builtin, shape: Shape): Expression<T> {
  if (inLiteralMode() && literalFacts) return literalFacts[name] as unknown as Expression<T>;
  return expression<T>({ op: 'builtin', name }, shape);
}
