import { holdAgainstSchema } from '../core/schema';
import type { Json } from '../core/template';
import type { Finding, KubeObjectJson, Waiver } from './finding';
import { Inventory } from './inventory';
import type { PodSecurityLevel } from './pod-security';
import { apiSchema, nullEntry } from './rules/api-schema';
import { apiServerClosed, oneFamily } from './rules/api-server';
import { hpaWithReplicas, pdbBlocksDrain } from './rules/availability';
import { missingKey } from './rules/keys';
import { policyNamesNobody, servicePort, serviceWithoutPods, unreachableService } from './rules/network';
import {
  duplicateEnv,
  latestTag,
  noTimeToEnd,
  podSecurity,
  probePort,
  secretInEnv,
  zeroLimit,
} from './rules/workloads';

export interface CheckOptions {
  /**
   * The level of Pod Security that the pods have to meet.
   * @default 'restricted'
   */
  readonly level?: PodSecurityLevel;
  /**
   * Findings that may stay; one that waives nothing is a finding itself.
   * @default - none
   */
  readonly waivers?: readonly Waiver[];
  /**
   * What others install, such as the Secrets that pods name and the pods that policies name. Only looked up, never complained of.
   * @default - nothing
   */
  readonly provided?: readonly KubeObjectJson[];
  /**
   * The network plug-in, where it takes policies otherwise than most do: Cilium holds no address range against nodes.
   * @default - one that takes ranges for any address
   */
  readonly networkPlugin?: 'cilium';
}

const RULES: readonly ((inventory: Inventory) => Finding[])[] = [
  probePort,
  servicePort,
  serviceWithoutPods,
  unreachableService,
  pdbBlocksDrain,
  hpaWithReplicas,
  duplicateEnv,
  secretInEnv,
  latestTag,
  zeroLimit,
  noTimeToEnd,
  policyNamesNobody,
  missingKey,
  oneFamily,
];

/**
 * Everything that is wrong with objects that are installed together, by object. What the API server would refuse is a finding;
 * the rules about what runs look only at objects that have the types of the schema.
 */
export function check(objects: readonly unknown[], options: CheckOptions = {}): Finding[] {
  const held = objects.flatMap(itemsOf).map((object) => ({ object, ...holdAgainstSchema(object as Json) }));
  const typed = held.filter(({ isTyped }) => isTyped).map(({ object }) => object);
  const provided = (options.provided ?? []).flatMap(itemsOf).filter(isTyped);
  const inventory = new Inventory(typed.map(asTheServerReads), provided.map(asTheServerReads));
  const found = [
    ...held.flatMap(({ object, faults }) => apiSchema(object, faults)),
    ...held.flatMap(({ object, nullEntries, faults }) => nullEntry(object, nullEntries, faults)),
    ...podSecurity(inventory, options.level ?? 'restricted'),
    ...apiServerClosed(inventory, objects.flatMap(itemsOf), options.networkPlugin),
    ...RULES.flatMap((rule) => rule(inventory)),
  ];
  const waivers = options.waivers ?? [];
  const left = found.filter((finding) => !waivers.some((waiver) => isWaived(finding, waiver)));
  const unused = waivers.filter((waiver) => !found.some((finding) => isWaived(finding, waiver)));
  return [...left, ...unused.map((waiver) => unusedWaiver(waiver, found))];
}

function isTyped(object: unknown): boolean {
  return holdAgainstSchema(object as Json).isTyped;
}

/** The server reads null as a field that is not there. */
function asTheServerReads(object: unknown): KubeObjectJson {
  return withoutNulls(object) as KubeObjectJson;
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const there = Object.entries(value).filter(([, one]) => one !== null && one !== undefined);
  return Object.fromEntries(there.map(([key, one]) => [key, withoutNulls(one)]));
}

function isWaived(finding: Finding, { rule, object, namespace }: Waiver): boolean {
  return finding.rule === rule && finding.object === object && finding.namespace === namespace;
}

/** The objects of a list, or the object itself; a list without items is an object that the schema refuses. */
function itemsOf(object: unknown): readonly unknown[] {
  const { kind, items } = (object ?? {}) as { readonly kind?: unknown; readonly items?: unknown };
  return kind === 'List' && Array.isArray(items) ? items : [object];
}

function unusedWaiver({ rule, object, namespace }: Waiver, found: readonly Finding[]): Finding {
  const elsewhere = found.find((finding) => finding.rule === rule && finding.object === object);
  const right = elsewhere?.namespace ? `"namespace": "${elsewhere.namespace}"` : 'no namespace';
  return {
    rule: 'waiver-unused',
    object,
    ...(namespace !== undefined && { namespace }),
    field: rule,
    why: 'The waiver waives nothing any more, and would hide the next one.',
    fix: elsewhere ? `Remove the waiver, or say ${right} in it.` : 'Remove the waiver.',
  };
}

/** Findings for people, one a paragraph. */
export function describeFindings(findings: readonly Finding[]): string {
  return findings
    .map(({ rule, object, namespace, field, why, fix }) => {
      const where = [object, namespace && `in ${namespace}`, field].filter(Boolean).join(' ');
      return `${where} [${rule}]\n  ${why}\n  ${fix}\n`;
    })
    .join('\n');
}
