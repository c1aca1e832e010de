import { kinds } from '../../imports/kinds';
import { groupOf, isRecord, type KubeObject, type Resource, resource, type ServedResource } from '../../kube';
import type { ClusterApi } from './cluster-api';

/** A kind as the server has it, or as a CRD of the set will make it. */
export interface FoundKind {
  readonly resource: Resource;
  /** The server does not have it yet: a CRD of this very set brings it. */
  readonly comes: boolean;
}

/** What is remembered of an object. */
interface Kept {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespace?: string;
}

interface CrdVersion {
  readonly name: string;
  readonly served: boolean;
}

const definitions = resource('apiextensions.k8s.io/v1', 'CustomResourceDefinition');

/** What kinds there are, each group version asked for once. */
export class Kinds {
  readonly #api: ClusterApi;
  readonly #coming = new Map<string, Resource>();
  readonly #served = new Map<string, Promise<readonly ServedResource[]>>();

  /** @param objects the set, in which CRDs can be */
  constructor(api: ClusterApi, objects: readonly KubeObject[] = []) {
    this.#api = api;
    for (const object of objects) {
      for (const one of kindsOfDefinition(object)) this.#coming.set(`${one.apiVersion} ${one.kind}`, one);
    }
  }

  /** Undefined for a kind that neither the server nor a CRD of the set has. */
  async find(apiVersion: string, kind: string): Promise<FoundKind | undefined> {
    const served = await this.served(apiVersion);
    const found = served.find((one) => one.kind === kind && !one.name.includes('/'));
    if (found) {
      return {
        resource: { apiVersion, kind, plural: found.name, namespaced: found.namespaced },
        comes: false,
      };
    }
    const coming = this.#coming.get(`${apiVersion} ${kind}`);
    return coming && { resource: coming, comes: true };
  }

  /**
   * The resource of an object that was applied once. Its version may no longer be served: then it is read in another
   * one. `gone` when its CRD is gone, and all its objects with it.
   */
  async ofEntry({ apiVersion, kind, plural, namespace }: Kept): Promise<Resource | 'gone' | 'unknown'> {
    const found = await this.find(apiVersion, kind);
    if (found && !found.comes) return found.resource;
    const group = groupOf(apiVersion);
    if (!group.includes('.') || group.endsWith('.k8s.io')) {
      const others = Object.keys(kinds).filter((one) => groupOf(one) === group && kinds[one]?.[kind]);
      for (const other of others) {
        const inOther = await this.find(other, kind);
        if (inOther) return inOther.resource;
      }
      return 'unknown';
    }
    const definition = await this.#api.get(definitions, { name: `${plural}.${group}` });
    if (!definition) return 'gone';
    const { spec } = definition as { readonly spec?: { readonly versions?: readonly CrdVersion[] } };
    const version = spec?.versions?.find(({ served }) => served)?.name;
    if (version === undefined) return 'unknown';
    return { apiVersion: `${group}/${version}`, kind, plural, namespaced: namespace !== undefined };
  }

  /** The version of its group in which the server has a kind that it has not in this one. */
  async otherVersion(apiVersion: string, kind: string): Promise<string | undefined> {
    const group = groupOf(apiVersion);
    const others = Object.keys(kinds).filter((one) => groupOf(one) === group && kinds[one]?.[kind]);
    for (const other of others) {
      if (other !== apiVersion && (await this.find(other, kind))) return other;
    }
    return undefined;
  }

  served(apiVersion: string): Promise<readonly ServedResource[]> {
    const known = this.#served.get(apiVersion);
    if (known) return known;
    const asked = this.#api.served(apiVersion);
    this.#served.set(apiVersion, asked);
    return asked;
  }
}

export function isDefinition({ apiVersion, kind }: KubeObject): boolean {
  return kind === 'CustomResourceDefinition' && groupOf(apiVersion) === 'apiextensions.k8s.io';
}

/** The kinds that a CRD brings; none for any other object. What is wrong with a CRD, the server says. */
export function kindsOfDefinition(object: KubeObject): Resource[] {
  const { spec } = object as { readonly spec?: unknown };
  if (!isDefinition(object) || !isRecord(spec)) return [];
  const { group, scope, names, versions } = spec;
  if (!isRecord(names) || !Array.isArray(versions)) return [];
  const { kind, plural } = names;
  if (typeof kind !== 'string' || typeof plural !== 'string') return [];
  return versions.filter(isRecord).map(({ name }) => ({
    apiVersion: `${String(group)}/${String(name)}`,
    kind,
    plural,
    namespaced: scope === 'Namespaced',
  }));
}
