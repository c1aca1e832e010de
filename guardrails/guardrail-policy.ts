import { Construct } from 'constructs';
import { KubeObject } from '../core/tree';
import type { ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding } from '../imports/k8s';
import { checkPolicy } from './checks';
import { policySpec } from './policy';
import type { Guardrail } from './rule';

export interface GuardrailPolicyProps {
  /** Name of the policy and its binding in the whole cluster. */
  readonly name: string;
  /** The rules that the API server holds every object against. */
  readonly rules: readonly Guardrail[];
  /**
   * What it does about an object that breaks one. Begin with `Warn` and `Audit` on a cluster that has such objects.
   * @default ['Deny', 'Audit']
   */
  readonly actions?: readonly ('Deny' | 'Warn' | 'Audit')[];
  /**
   * Namespaces that are not asked, such as those of the cluster itself.
   * @default ['kube-system', 'kube-public', 'kube-node-lease']
   */
  readonly exemptNamespaces?: readonly string[];
}

const API_VERSION = 'admissionregistration.k8s.io/v1';
export const DEFAULT_ACTIONS = ['Deny', 'Audit'] as const;
export const EXEMPT_NAMESPACES = ['kube-system', 'kube-public', 'kube-node-lease'] as const;

/**
 * The rules of a platform team as a ValidatingAdmissionPolicy and its binding, for the cluster: the same that `Guardrails`
 * decides when a program is synthesized.
 *
 * @example
 * const rules: Guardrail[] = [
 *   {
 *     id: 'two-pods',
 *     of: 'object',
 *     kinds: ['Deployment'],
 *     holds: field('spec', 'replicas').atLeast(2),
 *     why: 'With one pod each drain of a node is an outage.',
 *     fix: 'Run two or more.',
 *   },
 * ];
 * new GuardrailPolicy(shop, 'platform', { name: 'platform', rules: [...Object.values(checkRules), ...rules] });
 */
export class GuardrailPolicy extends Construct {
  constructor(scope: Construct, id: string, props: GuardrailPolicyProps) {
    super(scope, id);
    checkPolicy(this, props);
    const { name, rules, actions = DEFAULT_ACTIONS, exemptNamespaces = EXEMPT_NAMESPACES } = props;
    new KubeObject<ValidatingAdmissionPolicy>(this, 'policy', {
      apiVersion: API_VERSION,
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name },
      spec: policySpec(rules),
    });
    const exempt = {
      matchExpressions: [
        { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: [...exemptNamespaces] },
      ],
    };
    new KubeObject<ValidatingAdmissionPolicyBinding>(this, 'binding', {
      apiVersion: API_VERSION,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name },
      spec: {
        policyName: name,
        validationActions: [...actions],
        ...(exemptNamespaces.length > 0 && { matchResources: { namespaceSelector: exempt } }),
      },
    });
  }
}
