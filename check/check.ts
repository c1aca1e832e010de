import type { Finding, KubeObjectJson, Waiver } from './finding';
import { Inventory } from './inventory';
import type { PodSecurityLevel } from './pod-security';
import { hpaWithReplicas, pdbBlocksDrain } from './rules/availability';
import { missingKey } from './rules/keys';
import { policyNamesNobody, servicePort, serviceWithoutPods, unreachableService } from './rules/network';
import {
  duplicateEnv,
  latestTag,
  podSecurity,
  probePort,
  secretInEnv,
  selectorMismatch,
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
}

const RULES: readonly ((inventory: Inventory) => Finding[])[] = [
  selectorMismatch,
  probePort,
  servicePort,
  serviceWithoutPods,
  unreachableService,
  pdbBlocksDrain,
  hpaWithReplicas,
  duplicateEnv,
  secretInEnv,
  latestTag,
  policyNamesNobody,
  missingKey,
];

/** Everything that is wrong with objects that are installed together, by object. */
export function check(objects: readonly KubeObjectJson[], options: CheckOptions = {}): Finding[] {
  const inventory = new Inventory(objects.flatMap(itemsOf), options.provided?.flatMap(itemsOf));
  const found = [
    podSecurity(inventory, options.level ?? 'restricted'),
    ...RULES.map((rule) => rule(inventory)),
  ].flat();
  const waivers = options.waivers ?? [];
  const isWaived = (finding: Finding, { rule, object }: Waiver) =>
    finding.rule === rule && finding.object === object;
  const left = found.filter((finding) => !waivers.some((waiver) => isWaived(finding, waiver)));
  const unused = waivers.filter((waiver) => !found.some((finding) => isWaived(finding, waiver)));
  return [...left, ...unused.map(unusedWaiver)];
}

function itemsOf(object: KubeObjectJson): readonly KubeObjectJson[] {
  return object.kind === 'List' ? (object.items as readonly KubeObjectJson[]) : [object];
}

function unusedWaiver({ rule, object }: Waiver): Finding {
  return {
    rule: 'waiver-unused',
    object,
    field: rule,
    why: 'The waiver waives nothing any more, and would hide the next one.',
    fix: 'Remove the waiver.',
  };
}

/** Findings for people, one a paragraph. */
export function describeFindings(findings: readonly Finding[]): string {
  return findings
    .map(({ rule, object, field, why, fix }) => `${object} ${field} [${rule}]\n  ${why}\n  ${fix}\n`)
    .join('\n');
}
