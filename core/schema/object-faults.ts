import { kindDefinitions } from '../../imports/schema';
import { isNode, type Tree } from '../template';
import { describe, type Fault } from './fault';
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
 * custom resource passes: its schema is in the cluster.
 */
export function objectFaults(
  object: Tree,
  { isPartial = false }: ObjectFaultsOptions = {},
): readonly Fault[] {
  const walk = new Walk(isPartial);
  if (typeof object !== 'object' || object === null || Array.isArray(object)) {
    walk.fault([], {
      found: describe(object),
      expected: 'an object with apiVersion, kind and metadata',
      remedy: 'Remove it, or write the object.',
    });
    return walk.faults;
  }
  if (isNode(object)) return walk.faults;
  const { apiVersion, kind } = object as { readonly [key: string]: Tree };
  if (isNode(apiVersion) || isNode(kind)) return walk.faults;
  for (const [field, value] of Object.entries({ apiVersion, kind }))
    if (typeof value !== 'string' || value === '')
      walk.fault([field], {
        found: describe(value),
        expected: 'a text such as ' + (field === 'kind' ? 'Deployment' : 'apps/v1'),
        remedy: 'Say what the object is.',
      });
  if (walk.faults.length > 0) return walk.faults;
  checkKind(object as { readonly [key: string]: Tree }, String(apiVersion), String(kind), walk);
  return walk.faults;
}

function checkKind(
  object: { readonly [key: string]: Tree },
  apiVersion: string,
  kind: string,
  walk: Walk,
): void {
  const definition = kindDefinitions[apiVersion]?.[kind];
  if (definition === undefined) {
    if (isOwnGroup(groupOf(apiVersion))) unknownKind(apiVersion, kind, walk);
    return;
  }
  typeCheck(definition)(object, walk);
  if (walk.untyped === 0) for (const rule of kindRules(kind)) rule(object, walk);
}

function unknownKind(apiVersion: string, kind: string, walk: Walk): void {
  const versions = Object.keys(kindDefinitions).filter((version) => kind in (kindDefinitions[version] ?? {}));
  walk.fault(['kind'], {
    found: `the kind ${describe(kind)} of ${describe(apiVersion)}`,
    expected:
      versions.length > 0
        ? `the apiVersion ${versions.join(' or ')} for it`
        : 'a kind that Kubernetes serves',
    remedy: versions.length > 0 ? 'Write that apiVersion.' : 'Check the spelling of both.',
  });
}

function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] as string) : '';
}
