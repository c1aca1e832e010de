import { isDeepStrictEqual } from 'node:util';
import { ApiObject, Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import {
  canonicalJson,
  Expression,
  goJson,
  holdsNode,
  isNode,
  isTreeMap,
  type JsonObject,
  mayBeAbsent,
  metadataNameOf,
  Node,
  type Templated,
  type Tree,
  treeOf,
  usesLoopVariable,
} from '../../core/template';
import {
  type Guard,
  guardsOf,
  HelmChart,
  helmChartOf,
  KubeObject,
  secretName,
  templateOf,
} from '../../core/tree';
import type { SecretValue } from '../../core/values';
import { all, any, type Condition, pick } from '../condition';
import { joined, sha256Of } from '../hash';
import type { Reference } from './references';

/** Something that a pod reads: whether it is there, and texts that change with it. For hashes alone: secrets are in it. */
export interface Content {
  readonly kind: Reference['kind'];
  readonly isThere: Condition;
  readonly texts: readonly Templated<string>[];
}

/** Hashes of contents by the annotation that tells of them; a kind of which nothing is there has none. */
export function checksums(contents: readonly Content[]): Readonly<Record<string, Templated<string>>> {
  const kinds = [
    ['checksum/config', 'ConfigMap'],
    ['checksum/secret', 'Secret'],
  ] as const;
  return Object.fromEntries(
    kinds.flatMap(([annotation, wanted]) => {
      const found = contents.filter(({ kind }) => kind === wanted);
      return found.length > 0 ? [[annotation, hashOf(found)]] : [];
    }),
  );
}

function hashOf(contents: readonly Content[]): Templated<string> {
  const [only, ...others] = contents;
  // One alone is guarded by what guards the hash.
  const texts =
    only && others.length === 0
      ? only.texts
      : contents.map(({ isThere, texts }) => pick(isThere, joined(texts), '') as Templated<string>);
  return pick(any(...contents.map(({ isThere }) => isThere)), sha256Of(texts)) as Templated<string>;
}

/**
 * What is in the ConfigMaps and Secrets that the references name, as far as the chart of the reader makes them: they are
 * known by their names, as it writes them. What others make is not known.
 */
export function contentsInChart(reader: IConstruct, references: readonly Reference[]): Content[] {
  if (references.length === 0) return [];
  const chart = homeOf(reader);
  const objects = chart.node.findAll().filter((one) => isReadable(one, chart));
  const secrets = chart instanceof HelmChart ? chart.definition.secrets : [];
  return unique(references).flatMap((reference) => [
    ...objects.flatMap((object) => contentOfObject(reader, object as ApiObject, reference)),
    ...secrets.flatMap((secret) => contentOfSecret(chart as HelmChart, secret, reference)),
  ]);
}

/** The same as one text that is read when the chart is printed, so that what is made later counts. */
export function textOfContents(reader: IConstruct, references: readonly Reference[]): Templated<string>[] {
  if (references.length === 0) return [];
  const parts = () =>
    contentsInChart(reader, references).map(
      ({ isThere, texts }) => treeOf(pick(isThere, joined(texts), '')) as string | Node,
    );
  const op = {
    op: 'concat' as const,
    get parts() {
      return ['known here:', ...parts()];
    },
  };
  return [new Expression<string>(new Node(op, { type: 'string', text: 'any' }))];
}

/** The HelmChart that it is in, else its chart. */
function homeOf(construct: IConstruct): Chart {
  return (helmChartOf(construct) as Chart | undefined) ?? Chart.of(construct);
}

function isReadable(construct: IConstruct, chart: Chart): boolean {
  if (!ApiObject.isApiObject(construct) || construct.apiVersion !== 'v1') return false;
  return homeOf(construct) === chart && isBesides(construct);
}

/** Whether it is in the namespace of the release, where pods look. */
function isBesides(object: ApiObject): boolean {
  const namespace = treeOf(object.metadata.namespace);
  if (isNode(namespace)) return namespace.op.op === 'builtin' && namespace.op.name === 'Release.Namespace';
  return namespace === undefined || namespace === Chart.of(object).namespace;
}

function unique(references: readonly Reference[]): Reference[] {
  return references.filter(
    (one, index) => !references.slice(0, index).some((before) => isDeepStrictEqual(before, one)),
  );
}

function contentOfObject(reader: IConstruct, object: ApiObject, { kind, name }: Reference): Content[] {
  if (object.kind !== kind) return [];
  if (!(object instanceof KubeObject) && !isDeepStrictEqual(treeOf(object.name), name)) return [];
  const tree = templateOf(object);
  if (!isDeepStrictEqual(metadataNameOf(tree), name)) return [];
  const isThere = presenceFor(reader, object);
  if (isThere === undefined) return [];
  const texts = ['data', 'binaryData', 'stringData'].flatMap((part) => {
    return textsOf(object, part, (tree as { readonly [field: string]: Tree })[part]);
  });
  return texts.length > 0 ? [{ kind, isThere, texts }] : [];
}

/** Whether it is there for the reader; unknown where it is made for each entry of a loop that the reader is not in. */
function presenceFor(reader: IConstruct, object: IConstruct): Condition | undefined {
  const shared = guardsOf(reader);
  const others = guardsOf(object).filter((guard) => !shared.some((one) => isSame(one, guard)));
  const conditions = others.map((guard) =>
    guard.kind === 'when' ? new Expression<boolean>(guard.cond) : undefined,
  );
  return conditions.includes(undefined) ? undefined : all(...(conditions as Expression<boolean>[]));
}

function isSame(one: Guard, other: Guard): boolean {
  if (one.kind === 'forEach') return other.kind === 'forEach' && one.loop === other.loop;
  return other.kind === 'when' && one.cond === other.cond;
}

const WHOLE = { type: 'map', values: { type: 'raw' }, keys: 'any' } as const;

/** One part of an object as JSON, which is the same however the map is written: out, as a value, or put together. */
function textsOf(object: ApiObject, part: string, map: Tree): Templated<string>[] {
  if (!isNode(map) && !isTreeMap(map)) return [];
  if (!holdsNode(map)) return [goJson({ [part]: present(map as Texts) })];
  if (isPlain(map)) return [canonicalJson({ [part]: map })];
  // Everything else can be printed as a helper alone, which knows nothing of a loop around it.
  if (usesLoopVariable(map)) return [];
  const chart = homeOf(object);
  const inside = object.node.scopes.slice(chart.node.scopes.length).map(({ node }) => node.id);
  const prefix = chart instanceof HelmChart ? chart.chartName : chart.node.id;
  const name = [prefix, ...inside, part].join('.');
  return [canonicalJson(new Node({ op: 'fragment', name, body: { [part]: map } }, WHOLE))];
}

type Texts = { readonly [key: string]: Tree };

function present(map: Texts): JsonObject {
  const entries = Object.entries(map).filter(([, leaf]) => leaf !== undefined && leaf !== null);
  return Object.fromEntries(entries) as JsonObject;
}

/** Whether it is there in any case, and made of values and texts alone, so that a template says it in one line. */
function isPlain(tree: Tree): boolean {
  if (!isNode(tree)) return isTreeMap(tree) ? Object.values(tree).every(isPlain) : typeof tree === 'string';
  const { op } = tree;
  if (op.op === 'fragment') return tree.shape.type === 'string';
  if (op.op === 'concat') return op.parts.every(isPlain);
  if (op.op === 'text') return isPlain(op.arg);
  return PLAIN.has(op.op) && !mayBeAbsent(tree);
}

const PLAIN: ReadonlySet<string> = new Set(['value', 'item', 'key', 'builtin']);

function contentOfSecret(chart: HelmChart, secret: SecretValue, { kind, name }: Reference): Content[] {
  if (kind !== 'Secret' || !isDeepStrictEqual(treeOf(secretName(chart, secret)), name)) return [];
  const texts = secret.keys.flatMap((key) => [key, givenFor(secret, key)]);
  return [{ kind, isThere: secret.isMade, texts }];
}

/** What is given for a key of a declared secret. */
export function givenFor(secret: SecretValue, key: string): Templated<string> {
  return (secret.given[key] as Expression<string | undefined>).orElse('') as Expression<string>;
}
