import type { Construct } from 'constructs';
import { canonicalJson, Node, type Templated, type Tree, text, treeOf } from '../../core/template';
import { KubeObject } from '../../core/tree';
import type { Job, JobSpec } from '../../imports/k8s';
import { shortHashOf } from '../hash';
import type { Identity } from '../identity';

/** What a migration's Job is made of. */
export interface MigrationJobProps {
  readonly identity: Identity;
  readonly annotations: Templated<Readonly<Record<string, string>>> | undefined;
  readonly spec: Templated<JobSpec>;
  /** What the program reads from ConfigMaps and Secrets, as far as the chart knows it. */
  readonly contents: readonly Templated<string>[];
  /** The name under which the chart prints the spec once, for the Job itself and for the hash in its name. */
  readonly helper: string;
}

type Part = { readonly [key: string]: Tree };

/**
 * A Job whose name changes with everything in it, and with the content that it reads: a Job cannot be changed, so other
 * content has to be another Job. JSON patches count, for the hash is taken when the Job is printed.
 */
export class MigrationJob extends KubeObject<Job> {
  private readonly spec: Node;

  constructor(scope: Construct, id: string, props: MigrationJobProps) {
    const { identity, annotations, contents, helper } = props;
    const given = treeOf(props.spec, `${scope.node.path}/${id}.spec`);
    // Read anew each time: patches may come after the constructor.
    let patched = () => given;
    const spec = new Node(
      {
        op: 'fragment',
        name: helper,
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
