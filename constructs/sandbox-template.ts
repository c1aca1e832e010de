import { Construct } from 'constructs';
import { prop } from '../core/props';
import type { JsonObject, Templated } from '../core/template';
import { Expression } from '../core/template';
import { HelmChart, KubeObject } from '../core/tree';
import type { DeclaredValues } from '../core/values';
import type { ConfigMap } from '../imports/k8s';
import { hashOf, type SandboxInputs, type SandboxSpec, TEMPLATE_ANNOTATION } from '../sandbox/spec';
import { identityOf } from './identity';
import { requireProps } from './require';
import { requireSandboxFits, SANDBOX } from './sandbox-rbac/checks';

/** The key of the ConfigMap under which a program finds the template. */
export const TEMPLATE_KEY = 'template.json';

export interface SandboxTemplateProps<I extends DeclaredValues, R extends DeclaredValues> {
  /** The sandbox, as `defineSandbox` describes it. */
  readonly sandbox: SandboxSpec<I, R>;
  /**
   * Name of the ConfigMap.
   * @default - the release's name and the construct's id
   */
  readonly name?: Templated<string>;
}

const SHAPE = prop.object<SandboxTemplateProps<DeclaredValues, DeclaredValues>>({
  sandbox: SANDBOX.required(),
  name: prop.objectName(),
});

/**
 * Installs the template of a sandbox: a ConfigMap that holds it as JSON, for the program that makes the sandboxes. No
 * Job is installed, it would run.
 *
 * @example
 * declare const sandbox: SandboxSpec;
 * const { configMapName, hash } = new SandboxTemplate(shop, 'sandbox', { sandbox });
 */
export class SandboxTemplate<
  I extends DeclaredValues = DeclaredValues,
  R extends DeclaredValues = DeclaredValues,
> extends Construct {
  readonly sandbox: SandboxSpec<I, R>;
  /** SHA-256 of the JSON. The admission policy asks every Job for it. */
  readonly hash: Templated<string>;
  readonly configMapName: Templated<string>;

  constructor(scope: Construct, id: string, props: SandboxTemplateProps<I, R>) {
    super(scope, id);
    requireProps(this, SHAPE, props);
    requireSandboxFits(this, props.sandbox as SandboxSpec);
    const identity = identityOf(this);
    this.sandbox = props.sandbox;
    this.configMapName = props.name ?? identity.name;
    const document = documentIn(this, props.sandbox);
    this.hash = hashIn(document);
    new KubeObject<ConfigMap>(this, 'config-map', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: this.configMapName,
        labels: identity.labels,
        annotations: { [TEMPLATE_ANNOTATION]: this.hash },
      },
      data: { [TEMPLATE_KEY]: document },
    });
  }

  /** The Job of one run. Nothing is read or written; the same values always give the same Job. */
  job(values: SandboxInputs<I, R>): JsonObject {
    return this.sandbox.job(values);
  }
}

/** The JSON of a template; in a chart it is a helper, because its hash includes it again. */
export function documentIn(construct: Construct, { document }: SandboxSpec): Templated<string> {
  const chart = construct.node.scopes.find(HelmChart.isHelmChart);
  return chart ? chart.helper('sandboxTemplate', document) : document;
}

export function hashIn(document: Templated<string>): Templated<string> {
  return document instanceof Expression ? document.sha256() : hashOf(document);
}
