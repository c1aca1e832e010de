import { parseQuantity } from '../../core/props';
import { shown } from '../../core/props/shown';
import type { Job, Pod } from '../../imports/k8s';
import { isRecord } from '../../kube';
import { SandboxError } from '../errors';
import { hashOfJob, mismatch } from '../template/template-source';

/**
 * Refuses a pod that is not the template's: another program has made it, from an object that others may change. What the
 * API server adds is no matter, and environment is given to each command.
 */
export function refuseOtherPod(planned: Job, pod: Pod, id: string): void {
  const [expected, found] = [planned, pod].map((one) => hashOfJob(one as Job));
  const where = `the pod that agent-sandbox gave to ${id}`;
  if (expected !== found) throw mismatch(where, found!, expected!, id);
  const { tolerations: _, ...spec } = withoutEnv(planned.spec?.template.spec);
  const difference = differenceIn(spec, withoutEnv(pod.spec), 'spec');
  if (difference === undefined) return;
  const facts = {
    where,
    ...difference,
    remedy: 'Apply what agentSandboxPool() gives anew, and see who else may write SandboxTemplates there.',
  };
  throw new SandboxError('TemplateMismatch', facts, { sandboxId: id });
}

type Found = { readonly found: string; readonly expected: string };

function withoutEnv(spec: Pod['spec']) {
  const [first, ...others] = spec?.containers ?? [];
  const { env: _, ...container } = first ?? { name: '' };
  return { ...spec, containers: [container, ...others] };
}

/** The first thing that the template says and the pod has not. */
function differenceIn(said: unknown, has: unknown, path: string): Found | undefined {
  if (said === undefined || isSame(said, has, path)) return undefined;
  if (Array.isArray(said) && Array.isArray(has) && said.length === has.length)
    return firstOf(said.map((one, at) => () => differenceIn(one, has[at], `${path}[${at}]`)));
  if (isRecord(said) && isRecord(has))
    return firstOf(
      Object.entries(said).map(
        ([key, one]) =>
          () =>
            differenceIn(one, has[key], `${path}.${key}`),
      ),
    );
  return { found: `${path}: ${shown(has)}`, expected: `${path}: ${shown(said)}` };
}

function firstOf(looks: readonly (() => Found | undefined)[]): Found | undefined {
  for (const look of looks) {
    const found = look();
    if (found) return found;
  }
  return undefined;
}

/** Where an amount is: `1000m` and `1` are the same, and the controller writes the shorter. */
const AMOUNT = /\.resources\.|\.sizeLimit$/;

/** What says no more than a default may be left out by who wrote it anew. */
function isSame(said: unknown, has: unknown, path: string): boolean {
  if (said === has || (said === false && has === undefined)) return true;
  if (typeof said !== 'string' || typeof has !== 'string' || !AMOUNT.test(path)) return false;
  const amount = parseQuantity(said);
  return amount !== undefined && amount === parseQuantity(has);
}
