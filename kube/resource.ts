import { shown } from '../errors';
import type { ObjectMeta } from '../imports/k8s';
import { kinds } from '../imports/kinds';
import { checkObject, checkTexts } from './arguments';
import type { Connection } from './connection';
import { KubeError } from './errors';

/** Anything the API server stores: the types of `imports/` and any custom resource fit. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata?: ObjectMeta;
}

/** An object as the server returns it: it has a name, a UID and a version. */
export type Stored<Kind extends KubeObject> = Kind & {
  readonly metadata: ObjectMeta & {
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
  };
};

/** How the objects of a kind are addressed. */
export interface Resource<Kind extends KubeObject = KubeObject> {
  readonly apiVersion: Kind['apiVersion'];
  readonly kind: Kind['kind'];
  /** The name of the resource in URLs and RBAC rules. */
  readonly plural: string;
  readonly namespaced: boolean;
  /** What is read of its objects; made by `metadataOnly`. @default - all of them */
  readonly only?: 'metadata';
}

/**
 * The resource of a built-in kind, or of a custom one with its `address`:
 * `resource<Pod>('v1', 'Pod')`, `resource<Widget>('example.com/v1', 'Widget', { plural: 'widgets', namespaced: true })`.
 *
 * @example
 * const widgets = resource('example.com/v1', 'Widget', { plural: 'widgets', namespaced: true });
 * console.log(widgets.plural);
 */
export function resource<Kind extends KubeObject>(
  apiVersion: Kind['apiVersion'],
  kind: Kind['kind'],
  address: { readonly plural: string; readonly namespaced: boolean } | undefined = builtIn(apiVersion, kind),
): Resource<Kind> {
  checkTexts('resource', { apiVersion, kind, plural: address?.plural });
  if (address) return { apiVersion, kind, plural: address.plural, namespaced: address.namespaced };
  throw new KubeError('KIND_UNKNOWN', {
    where: `${apiVersion} ${kind}`,
    found: 'no built-in kind of that name',
    expected: 'a kind of Kubernetes 1.34, or the address of a custom one',
    remedy: 'pass { plural, namespaced }, or look it up with findResource()',
  });
}

/** By own keys only: a caller may ask for the kind `constructor`. */
function builtIn(apiVersion: string, kind: string) {
  checkTexts('resource', { apiVersion, kind });
  const of = Object.hasOwn(kinds, apiVersion) ? kinds[apiVersion]! : {};
  return Object.hasOwn(of, kind) ? of[kind] : undefined;
}

/** Which object of a resource. */
export interface Address {
  /** @default the connection's namespace; not looked at for cluster-wide kinds */
  readonly namespace?: string;
  readonly name: string;
  /** Such as `status`. */
  readonly subresource?: string;
}

export function objectPath(connection: Connection, of: Resource, address: Address): string {
  checkObject(`address of a ${of.kind}`, 'address', address);
  const name = segment(of, 'name', address.name);
  const sub = address.subresource === undefined ? '' : `/${segment(of, 'subresource', address.subresource)}`;
  return `${collectionPath(connection, of, address.namespace)}/${name}${sub}`;
}

/** @param namespace undefined for the connection's own, `*` for all */
export function collectionPath(connection: Connection, of: Resource, namespace: string | undefined): string {
  const root = groupVersionPath(of.apiVersion);
  if (!of.namespaced || namespace === '*') return `${root}/${of.plural}`;
  return `${root}/namespaces/${segment(of, 'namespace', namespace ?? connection.namespace)}/${of.plural}`;
}

/** Empty for the core group. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

export function groupVersionPath(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

/** An empty name would turn the deletion of one object into that of all, and a slash would address another one. */
function segment(of: Resource, what: string, value: string): string {
  if (typeof value === 'string' && /^[^/%\s?#]+$/.test(value) && value !== '.' && value !== '..') {
    return encodeURIComponent(value);
  }
  throw new KubeError('ARGUMENT_INVALID', {
    where: `${what} of a ${of.kind}`,
    found: shown(value),
    expected: 'a name: not empty, without slash, percent sign or space',
    remedy: 'pass the name of one object',
  });
}
