import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { canonicalJson, Node, type Templated, type Tree, text, treeOf } from '../../core/template';
import { guardsOf, HelmChart, KubeObject } from '../../core/tree';
import type { Job, JobSpec } from '../../imports/k8s';
import { ConstructError } from '../construct-error';
import { shortHashOf } from '../hash';
import type { Identity } from '../identity';

/** What such a Job is made of. */
export interface HashedJobProps {
  readonly identity: Identity;
  readonly annotations: Templated<Readonly<Record<string, string>> | undefined> | undefined;
  readonly spec: Templated<JobSpec>;
  /** What the program reads from ConfigMaps and Secrets, as far as the chart knows it. */
  readonly contents: readonly Templated<string>[];
}

type Part = { readonly [key: string]: Tree };

/**
 * A Job whose name changes with everything in it, and with the content that it reads: a Job cannot be changed, so other
 * content has to be another Job. JSON patches count, for the hash is taken when the Job is printed.
 */
export class HashedJob extends KubeObject<Job> {
  private readonly spec: Node;

  constructor(scope: Construct, id: string, props: HashedJobProps) {
    const { identity, annotations, contents } = props;
    const given = treeOf(props.spec, `${scope.node.path}/${id}.spec`);
    // Read anew each time: patches may come after the constructor.
    let patched = () => given;
    const spec = new Node(
      {
        op: 'fragment',
        name: helperOf(scope),
        get body() {
          return patched();
        },
      },
      { type: 'map', values: { type: 'raw' }, keys: 'any' },
    );
    super(scope, id, {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: {
        name: text`${identity.name}-${shortHashOf([canonicalJson(spec), ...contents])}`,
        labels: identity.labels,
        annotations,
      },
      spec: props.spec,
    });
    this.spec = spec;
    patched = () => (super.template() as Part).spec;
  }

  override template(): Tree {
    return { ...(super.template() as Part), spec: this.spec };
  }
}

/** The name under which the chart prints the spec once, for the Job itself and for the hash in its name. */
function helperOf(component: Construct): string {
  const chart = Chart.of(component);
  return `${chart instanceof HelmChart ? chart.chartName : chart.node.id}.${component.node.id}.spec`;
}

/** Its spec is printed once, so each entry of a loop would write the same one. */
export function refuseLoop(component: Construct, what: string): void {
  if (!guardsOf(component).some(({ kind }) => kind === 'forEach')) return;
  throw new ConstructError('NAME_TAKEN', component, 'id', {
    found: `a ${what} inside of forEach`,
    expected: 'a name of its own for every component of a chart',
    remedy: `Make one ${what} whose command goes through the list, or one for each entry by name.`,
  });
}
