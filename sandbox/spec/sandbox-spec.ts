import { createHash } from 'node:crypto';
import {
  DrydockError,
  Expression,
  encode,
  evaluate,
  type Inputs,
  isNode,
  type Json,
  type JsonObject,
  joinTexts,
  jsonText,
  type Owner,
  type Templated,
  type Tree,
  treeOf,
} from '../../core/template';
import {
  checkPartially,
  type DeclaredValues,
  definitionOf,
  type GivenOf,
  mergeValues,
  parseValues,
} from '../../core/values';
import { type Bounds, MOST_BYTES } from './bounds';
import { type SandboxJobProps, sandboxJob, TEMPLATE } from './job';
import { requireSandbox, type SandboxRequirement } from './props-shape';
import { QUEUE_LABEL } from './queue';
import { type RunLimits, refuseRun } from './refuse-run';

/** The most that a run may ask for. The administrator of the cluster sets it; no run can exceed it. */
export interface SandboxLimits {
  /**
   * Images that may run: whole references with a tag or a digest, or all below a path: `registry.example.com/ci/*`.
   * Declare them as `value.list(value.allowedImage({ ... }), { ... })`.
   */
  readonly images: Templated<readonly string[]>;
  /**
   * Keys of the labels that a run may give its Job and pod. Networks, meshes and operators act on labels, so a run
   * chooses among these only.
   * @default - none
   */
  readonly labels?: Templated<readonly string[]>;
  /** The longest deadline, in seconds. */
  readonly deadlineSeconds: Templated<number>;
  readonly cpu: Templated<string>;
  readonly memory: Templated<string>;
  readonly ephemeralStorage: Templated<string>;
}

export interface SandboxProps<I extends DeclaredValues, R extends DeclaredValues> extends SandboxJobProps {
  /** The values of the chart, fixed when it is installed. */
  readonly install: I;
  /** The values that each run gives. */
  readonly run: R;
  readonly limits: SandboxLimits;
  /**
   * Starts commands at once. A network plug-in closes a new pod some moments after its start only: until then a command
   * reaches what any pod of the cluster reaches. Without it, none is started before the network is seen to be closed.
   * @default false
   */
  readonly allowOpenStart?: boolean | Expression<boolean>;
}

/** Values for evaluating a template by hand, in a test for example. */
export interface SandboxInputs<I extends DeclaredValues, R extends DeclaredValues> {
  /** @default - the defaults */
  readonly install?: GivenOf<I>;
  readonly run: GivenOf<R>;
}

/** The version of the document; a reader refuses others. */
export const DOCUMENT_VERSION = 1;

/**
 * A sandbox, described once: what the chart installs, what the policy admits and what the runtime creates.
 *
 * @example
 * declare const sandbox: SandboxSpec<typeof sandboxRun, typeof sandboxRun>;
 * // The Job of one run, for a look or a test; no cluster is asked.
 * sandbox.job({ run: { name: 'try', image: 'registry.example.com/tools:1.0.0' } });
 */
export class SandboxSpec<
  I extends DeclaredValues = DeclaredValues,
  R extends DeclaredValues = DeclaredValues,
> {
  /** The Job as a template tree. */
  readonly tree: Tree;
  /** How far a run may go, by path in the Job. */
  readonly bounds: Bounds;
  readonly namespace: Templated<string>;
  readonly serviceAccountName: Templated<string>;
  readonly limits: SandboxLimits;
  /** The template as JSON text, install values filled in: what the runtime reads. */
  readonly document: string | Expression<string>;
  /** Owners whose values are not known before a run. */
  readonly runOwners: ReadonlyMap<Owner, string>;
  private readonly install: I;
  private readonly run: R;
  private readonly allowOpenStart: Templated<boolean>;

  /** What has to hold of values of the installation; the charts that install the sandbox ask for it. */
  readonly requirements: readonly SandboxRequirement[];
  /** What a sandbox takes of which the run chooses nothing. */
  readonly amounts: Pick<SandboxLimits, 'cpu' | 'memory' | 'ephemeralStorage'>;

  constructor(props: SandboxProps<I, R>) {
    this.requirements = requireSandbox(props as SandboxProps<DeclaredValues, DeclaredValues>);
    const { cpu, memory, ephemeralStorage } = props;
    this.amounts = { cpu, memory, ephemeralStorage };
    this.tree = treeOf(sandboxJob(props, props.limits.deadlineSeconds), 'sandbox');
    this.bounds = boundsOf(props.limits, props.queueName);
    this.namespace = props.namespace;
    this.serviceAccountName = props.serviceAccountName;
    this.limits = props.limits;
    this.install = props.install;
    this.run = props.run;
    this.allowOpenStart = props.allowOpenStart ?? false;
    this.runOwners = new Map([
      [definitionOf(props.run).owner, 'run'],
      [TEMPLATE, 'template'],
    ]);
    const text = jsonText(encode(treeOf(this.contents()), this.runOwners), 'sandbox');
    this.document = isNode(text) ? new Expression(text) : text;
  }

  /** The Job of one run. Nothing is read or written; the same values always give the same Job. */
  job({ install = {} as GivenOf<I>, run }: SandboxInputs<I, R>): JsonObject {
    const installed = this.installInputs(install as JsonObject);
    const document = isNode(treeOf(this.document))
      ? evaluate(treeOf(this.document), installed)
      : this.document;
    const ran = parseValues(definitionOf(this.run), run as JsonObject, 'values of the run');
    const values = new Map(installed.values)
      .set(definitionOf(this.run).owner, ran)
      .set(TEMPLATE, { hash: hashOf(document as string) });
    const job = evaluate(this.tree, { values, builtins: NO_RELEASE }) as JsonObject;
    return refuseRun(job, evaluate(treeOf(this.runLimits()), installed) as unknown as RunLimits, ran);
  }

  /** Whether commands may be started before the network is seen to be closed, for values of the installation. */
  allowsOpenStart(install: GivenOf<I> = {} as GivenOf<I>): boolean {
    return evaluate(treeOf(this.allowOpenStart), this.installInputs(install as JsonObject)) === true;
  }

  private contents() {
    const { schema, defaults } = definitionOf(this.run);
    const { images: _, labels: __, ...amounts } = this.limits;
    return {
      drydock: DOCUMENT_VERSION,
      // Said only where it is so: what closes is what a template of an earlier version means as well.
      ...(this.allowOpenStart === false ? {} : { allowOpenStart: this.allowOpenStart }),
      job: this.tree,
      run: { defaults, schema: withoutUndefined(schema as unknown as JsonObject) },
      limits: { ...amounts, ...this.runLimits() },
    };
  }

  /** Neither an image nor the key of a label holds a comma, so a list of them is one text. */
  private runLimits() {
    const { images, labels = [] } = this.limits;
    const asText = (list: Templated<readonly string[]>) =>
      joinTexts(list as Expression<readonly string[]>, ',');
    return { images: asText(images), labels: asText(labels) };
  }

  private installInputs(given: JsonObject): Inputs {
    const definition = definitionOf(this.install);
    checkPartially(definition, given, 'values of the installation');
    const values = mergeValues(definition.defaults, given);
    return { values: new Map([[definition.owner, values]]), builtins: NO_RELEASE };
  }
}

/**
 * Describes a sandbox.
 *
 * @example
 * const values = defineValues({ namespace: value.dnsName({ default: 'boxes', doc: 'Namespace of the sandboxes' }) });
 * const sandbox = defineSandbox({
 *   install: values,
 *   run: sandboxRun,
 *   namespace: values.namespace,
 *   serviceAccountName: 'sandbox',
 *   name: sandboxRun.name,
 *   image: sandboxRun.image,
 *   command: sandboxRun.command,
 *   env: sandboxRun.env,
 *   deadlineSeconds: sandboxRun.deadlineSeconds,
 *   cpu: '500m',
 *   memory: '512Mi',
 *   ephemeralStorage: '1Gi',
 *   workspaceSize: '512Mi',
 *   limits: {
 *     images: ['registry.example.com/tools:1.0.0'],
 *     deadlineSeconds: 3600,
 *     cpu: '2',
 *     memory: '4Gi',
 *     ephemeralStorage: '8Gi',
 *   },
 * });
 */
export function defineSandbox<I extends DeclaredValues, R extends DeclaredValues>(
  props: SandboxProps<I, R>,
): SandboxSpec<I, R> {
  return new SandboxSpec(props);
}

/** The hash of a template: of the very text that the ConfigMap holds. */
export function hashOf(document: string): string {
  return createHash('sha256').update(document, 'utf8').digest('hex');
}

function boundsOf(
  { images, labels, deadlineSeconds, cpu, memory, ephemeralStorage }: SandboxLimits,
  queue: Templated<string | undefined>,
): Bounds {
  const pod = 'spec.template.spec.containers[0]';
  const amount = (name: string, most: Templated<string>): Bounds => ({
    [`${pod}.resources.limits.${name}`]: { kind: 'quantity', most },
    [`${pod}.resources.requests.${name}`]: {
      kind: 'quantityOf',
      path: `${pod}.resources.limits.${name}`,
    },
  });
  const keys = labels ?? [];
  return {
    'metadata.labels': { kind: 'labels', keys },
    'spec.template.metadata.labels': { kind: 'labels', keys },
    [`metadata.labels.${QUEUE_LABEL}`]: { kind: 'queue', queue },
    'spec.suspend': { kind: 'suspended', queue },
    'spec.activeDeadlineSeconds': { kind: 'number', most: deadlineSeconds },
    [`${pod}.image`]: { kind: 'image', allowed: images },
    [`${pod}.command`]: { kind: 'texts', mostBytes: MOST_BYTES },
    [`${pod}.env`]: { kind: 'variables', mostBytes: MOST_BYTES },
    ...amount('cpu', cpu),
    ...amount('memory', memory),
    ...amount('ephemeral-storage', ephemeralStorage),
  };
}

/** A sandbox has to mean the same in two charts, so it cannot depend on which of them is installed under which name. */
const NO_RELEASE = new Proxy({} as Inputs['builtins'], {
  get(_, name) {
    throw new DrydockError('NO_RELEASE', {
      where: 'the template of a sandbox',
      found: String(name),
      expected: 'declared values and constants',
      remedy: 'Declare a value, and give it in both charts.',
    });
  },
});

function withoutUndefined(json: JsonObject): Json {
  return JSON.parse(JSON.stringify(json)) as Json;
}
