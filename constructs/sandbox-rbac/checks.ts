import type { IConstruct } from 'constructs';
import { parseQuantity, prop } from '../../core/props';
import { Expression, type Templated } from '../../core/template';
import { SandboxSpec, TAKEN_NAMESPACES } from '../../sandbox/spec';
import { type Condition, not } from '../condition';
import { apiServer, dns } from '../network/shapes';
import { requireProps, requireThat } from '../require';
import type { SandboxManager } from './access';
import { MOST_JOBS, type SandboxQuota } from './amounts';
import type { SandboxGate } from './gate';
import type { SandboxRbacProps } from './sandbox-rbac';

export const SANDBOX = prop.custom((given) => given instanceof SandboxSpec, {
  expected: 'what defineSandbox gives',
  remedy: 'Describe the sandbox: defineSandbox({ ... }).',
});

const MANAGER = prop.object<SandboxManager>({
  serviceAccount: prop.objectName().required(),
  namespace: prop.dnsLabel().required(),
});

const QUOTA = prop.object<SandboxQuota>({
  sandboxes: prop.integer({ min: 1 }).required(),
  jobs: prop.integer({ min: 1 }),
  cpu: prop.cpu().required(),
  memory: prop.bytes().required(),
  ephemeralStorage: prop.bytes().required(),
});

const GATE = prop.object<SandboxGate>({
  image: prop.image().required(),
  namespace: prop.dnsLabel().required(),
  apiServer,
});

const SHAPE = prop.object<SandboxRbacProps>({
  sandbox: SANDBOX.required(),
  managers: prop.list(MANAGER, { minItems: 1 }).required(),
  quota: QUOTA.required(),
  gate: GATE,
  bindAtOnce: prop.boolean(),
  policyName: prop.objectName().required(),
  roleName: prop.objectName(),
  allowDns: prop.boolean(),
  dns,
  allowInternet: prop.boolean(),
  agentSandbox: prop.flag(),
});

/** Refuses what would not hold, or would not hold what it says. */
export function checkRbac(construct: IConstruct, props: SandboxRbacProps): void {
  requireProps(construct, SHAPE, props);
  requireSandboxFits(construct, props.sandbox);
  const { sandbox, managers, quota, gate, bindAtOnce = false } = props;
  if (!gate) {
    requireThat(construct, bindAtOnce, {
      code: 'PROP_MISSING',
      prop: 'gate',
      found: 'nothing',
      expected: 'what binds the managers once the policy is in force: { image, namespace }',
      remedy: 'Add gate, or say bindAtOnce: true and read there what that costs.',
    });
  }
  managers.forEach(({ namespace }, index) => {
    requireElsewhere(construct, `managers[${index}].namespace`, namespace, sandbox.namespace);
  });
  if (gate) requireElsewhere(construct, 'gate.namespace', gate.namespace, sandbox.namespace);
  for (const key of ['cpu', 'memory', 'ephemeralStorage'] as const) {
    requireRoom(construct, key, quota[key], sandbox.amounts[key]);
  }
  requireThat(construct, isAtMost(quota.sandboxes, quota.jobs ?? MOST_JOBS), {
    code: 'PROP_INVALID',
    prop: 'quota.jobs',
    found: String(quota.jobs ?? `nothing, which is ${MOST_JOBS}`),
    expected: 'at least as many Jobs as sandboxes',
    remedy: 'Raise quota.jobs: those that ended in the last five minutes count too.',
  });
}

/** Asks of the values of the installation what `defineSandbox` could not know. */
export function requireSandboxFits(construct: IConstruct, { requirements, namespace }: SandboxSpec): void {
  for (const { holds, ...facts } of requirements) {
    requireThat(construct, holds, { ...facts, prop: `sandbox.${facts.prop}` });
  }
  if (!(namespace instanceof Expression)) return;
  for (const taken of TAKEN_NAMESPACES) {
    requireThat(construct, namespace.notEquals(taken), {
      code: 'NAME_INVALID',
      prop: 'sandbox.namespace',
      found: taken,
      expected: 'a namespace that holds nothing but sandboxes',
      remedy: 'Choose a namespace of its own.',
    });
  }
}

/** Beside sandboxes an account or a pod could be reached, and its Secrets read. */
function requireElsewhere(
  construct: IConstruct,
  name: string,
  namespace: Templated<string>,
  sandboxes: Templated<string>,
): void {
  requireThat(construct, not(isSame(namespace, sandboxes)), {
    code: 'PROP_INVALID',
    prop: name,
    found: 'the namespace of the sandboxes',
    expected: 'another namespace, for that one holds nothing but sandboxes',
    remedy: 'Give one of the two another name.',
  });
}

function requireRoom(
  construct: IConstruct,
  key: string,
  quota: Templated<string>,
  one: Templated<string>,
): void {
  if (typeof quota !== 'string' || typeof one !== 'string') return;
  requireThat(construct, (parseQuantity(one) as number) <= (parseQuantity(quota) as number), {
    code: 'QUANTITY_INVALID',
    prop: `quota.${key}`,
    found: JSON.stringify(quota),
    expected: `at least what one sandbox takes, ${one}`,
    remedy: 'Raise the quota, or let a sandbox take less.',
  });
}

function isSame(left: Templated<string>, right: Templated<string>): Condition {
  if (left instanceof Expression) return left.equals(right);
  return right instanceof Expression ? right.equals(left) : left === right;
}

function isAtMost(left: Templated<number>, right: Templated<number>): Condition {
  if (left instanceof Expression) return left.le(right);
  return right instanceof Expression ? right.ge(left) : left <= right;
}
