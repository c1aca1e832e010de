import { kindDefinitions } from '../../imports/schema';
import { isNode, type Tree } from '../template';
import { describe, describeType, type Fault } from './fault';
import { holdForeign } from './foreign';
import { kindRules } from './rules/kinds';
import { typeCheck } from './types';
import { Walk } from './walk';

export interface ObjectFaultsOptions {
  /**
   * The object may have expressions in it: of them nothing is said, the rest is checked.
   * @default false
   */
  readonly isPartial?: boolean;
}

const GROUPS = new Set(Object.keys(kindDefinitions).map(groupOf));

/** Groups that the API server itself serves, or once did: groups of others have a dot in their names. */
function isOwnGroup(group: string): boolean {
  return GROUPS.has(group) || !group.includes('.');
}

/**
 * What the API server would refuse of an object, as far as its schema and the rules beside it can tell. An object of a
 * custom resource passes: its schema is in the cluster; of a Rollout the pods are looked at.
 */
export function objectFaults(object: Tree, options: ObjectFaultsOptions = {}): readonly Fault[] {
  return holdAgainstSchema(object, options).faults;
}

/** What the API server would refuse, and how far the object can be trusted. */
export interface Held {
  readonly faults: readonly Fault[];
  /** The kind is known, and each place has the type that its schema gives it: the types of imports/k8s.ts are right. */
  readonly isTyped: boolean;
  /** Entries of lists that are null: the server takes many of them, and the object is not typed. */
  readonly nullEntries: readonly string[];
}

/** The same as `objectFaults`, for those who read the object afterwards. */
export function holdAgainstSchema(object: Tree, { isPartial = false }: ObjectFaultsOptions = {}): Held {
  const walk = new Walk(isPartial);
  walk.claims = claimNames(object);
  const isKnown = hold(object, walk);
  const { faults, nullEntries } = walk;
  return { faults, isTyped: isKnown && walk.untyped === 0, nullEntries };
}

type Part = { readonly [key: string]: Tree };

/** The names of the claim templates of a StatefulSet; whatever else the object is, there are none. */
function claimNames(object: Tree): string[] {
  const { volumeClaimTemplates: templates } = partOf(partOf(object).spec);
  if (!Array.isArray(templates)) return [];
  return (templates as readonly Tree[])
    .map((template) => partOf(partOf(template).metadata).name)
    .filter((name) => typeof name === 'string');
}

function partOf(tree: Tree | undefined): Part {
  return typeof tree === 'object' && tree !== null && !isNode(tree) ? (tree as Part) : {};
}

/** @returns whether the schema knows the kind. */
function hold(object: Tree, walk: Walk): boolean {
  if (isNode(object)) return false;
  if (typeof object !== 'object' || object === null || Array.isArray(object)) {
    walk.fault([], {
      found: describeType(object),
      expected: 'an object with apiVersion, kind and metadata',
      remedy: 'Remove it, or write the object.',
    });
    return false;
  }
  const { apiVersion, kind } = object as Part;
  if (isNode(apiVersion) || isNode(kind)) return false;
  for (const [field, value] of Object.entries({ apiVersion, kind }))
    if (typeof value !== 'string' || value === '')
      walk.fault([field], {
        found: describe(value),
        expected: `a text such as ${field === 'kind' ? 'Deployment' : 'apps/v1'}`,
        remedy: 'Say what the object is.',
      });
  return walk.faults.length === 0 && holdKind(object as Part, String(apiVersion), String(kind), walk);
}

function holdKind(object: Part, apiVersion: string, kind: string, walk: Walk): boolean {
  const definition = definitionOf(apiVersion, kind);
  if (definition === undefined) {
    if (isOwnGroup(groupOf(apiVersion))) unknownKind(apiVersion, kind, walk);
    return holdForeign(object, `${groupOf(apiVersion)}/${kind}`, walk);
  }
  typeCheck(definition)(object, walk);
  if (walk.untyped === 0) for (const rule of kindRules(kind)) rule(object, walk);
  return true;
}

/** Names come from anywhere: `constructor` is no kind. */
function definitionOf(apiVersion: string, kind: string): string | undefined {
  const kinds = Object.hasOwn(kindDefinitions, apiVersion) ? kindDefinitions[apiVersion] : undefined;
  return kinds && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
}

function unknownKind(apiVersion: string, kind: string, walk: Walk): void {
  const versions = Object.keys(kindDefinitions).filter(
    (version) => definitionOf(version, kind) !== undefined,
  );
  walk.fault(['kind'], {
    found: `the kind ${describe(kind)} of ${describe(apiVersion)}`,
    expected:
      versions.length > 0
        ? `the apiVersion ${versions.join(' or ')} for it`
        : 'a kind that Kubernetes serves',
    remedy: versions.length > 0 ? 'Write that apiVersion.' : 'Check the spelling of both.',
  });
}

/** Empty for the core group. */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] as string) : '';
}
