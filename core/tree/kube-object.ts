import { ApiObject, type JsonPatch } from 'cdk8s';
import type { Construct } from 'constructs';
import {
  evaluate,
  isNode,
  type Json,
  type JsonObject,
  Node,
  type Templated,
  type Tree,
  textMarker,
  treeOf,
} from '../template';
import { refuseAlone } from './guards';
import { helmChartOf, inputsFor } from './inputs';
import { keepOnUninstall } from './keep';
import { inStockOrder } from './key-order';
import { manifestOf } from './manifest';
import { type PatchOperation, patched } from './patch';
import { compactMetadata, placeOf } from './stand-ins';

const KUBE_OBJECT = Symbol.for('cdk8s-drydock.KubeObject');

/** What every Kubernetes object has. */
export interface KubeManifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata?: unknown;
}

/** An object of any kind, its fields unchecked. */
export interface AnyManifest extends KubeManifest {
  readonly [field: string]: unknown;
}

/**
 * A Kubernetes object whose leaves may be expressions. It is a cdk8s `ApiObject`: whatever works on those works on it,
 * JSON patches with expressions in them too; its name, handed to a construct that knows nothing of expressions, is a
 * stand-in.
 *
 * @example
 * new KubeObject(shop, 'motd', {
 *   apiVersion: 'v1',
 *   kind: 'ConfigMap',
 *   metadata: { name: shop.nameFor('motd') },
 *   data: { text: 'Welcome' },
 * });
 */
export class KubeObject<T extends KubeManifest = AnyManifest> extends ApiObject {
  /** cdk8s makes `instanceof` true for every ApiObject; for this class it is true for its own objects only. */
  static override [Symbol.hasInstance](object: unknown): object is KubeObject<KubeManifest> {
    return typeof object === 'object' && object !== null && KUBE_OBJECT in object;
  }

  readonly [KUBE_OBJECT] = true;
  private readonly manifest: () => Tree;
  private readonly edits: PatchOperation[] = [];

  constructor(
    scope: Construct,
    id: string,
    manifest: Pick<T, 'apiVersion' | 'kind'> & Templated<Omit<T, 'apiVersion' | 'kind'>>,
  );
  /**
   * @param render a pure function that gives the object whenever it is asked for, for constructs that learn more after
   * their constructor. Kind and name must be the same each time.
   */
  constructor(
    scope: Construct,
    id: string,
    render: () => Pick<T, 'apiVersion' | 'kind'> & Templated<Omit<T, 'apiVersion' | 'kind'>>,
  );
  constructor(scope: Construct, id: string, manifest: object) {
    const path = scope.node.path ? `${scope.node.path}/${id}` : id;
    const render = () => treeOf(typeof manifest === 'function' ? manifest() : manifest, path) as Part;
    const tree = render();
    const { apiVersion, kind, metadata } = manifestOf(tree, path);
    const given = (metadata ?? {}) as Part;
    const name = stringOf(given.name);
    const namespace = stringOf(given.namespace);
    // A name that is there and undefined would keep cdk8s from making one.
    super(scope, id, {
      apiVersion,
      kind,
      metadata: name === undefined ? { namespace } : { name, namespace },
    });
    this.manifest = typeof manifest === 'function' ? render : () => tree;
    if (kind === 'Namespace' && helmChartOf(scope)) keepOnUninstall(this);
  }

  /** The object as a template tree: what was given, and what was added to its metadata since. */
  template(): Tree {
    const manifest = this.manifest() as Part;
    const { apiVersion, kind, metadata = {}, ...rest } = manifest;
    const added = treeOf(this.metadata.toJson(), `${placeOf(this)} metadata`) as Part;
    const merged = mergeMetadata(metadata as Part, added);
    const tree = compactMetadata({ apiVersion, kind, metadata: merged, ...rest });
    const result = patched(tree, this.edits, placeOf(this));
    manifestOf(result, placeOf(this));
    return result;
  }

  /** Changes or takes away any place of the object, after everything else. Values may be expressions. */
  override addJsonPatch(...operations: JsonPatch[]): void {
    this.edits.push(...operations.map((operation) => operation._toJson() as PatchOperation));
  }

  /** The plain object, for the inputs that its chart has: the default ones, unless the App was told others. */
  override toJson(): Json {
    refuseAlone(this);
    return inStockOrder(evaluate(this.template(), inputsFor(this)) as JsonObject);
  }
}

type Part = { readonly [key: string]: Tree };

function mergeMetadata(given: Part, added: Part): Tree {
  const { name, namespace, ...others } = added;
  const result: { [key: string]: Tree } = { name: given.name ?? name };
  if (given.namespace ?? namespace) result.namespace = given.namespace ?? namespace;
  for (const [key, value] of Object.entries(given)) if (!(key in result)) result[key] = value;
  for (const [key, value] of Object.entries(others)) {
    const before = result[key];
    if (before === undefined || before === null) result[key] = value;
    else if (isNode(before))
      result[key] = new Node({ op: 'merge', own: value as Part, spreads: [before] }, before.shape);
    else if (!Array.isArray(before)) result[key] = { ...(value as Part), ...(before as Part) };
  }
  return result;
}

/** cdk8s wants names as strings; an expression travels as its stand-in. */
function stringOf(tree: Tree): string | undefined {
  if (tree === undefined || tree === null) return undefined;
  return isNode(tree) ? textMarker(tree) : String(tree);
}
