import { statSync } from 'node:fs';
import type { PolicyOptions } from '../../gitops';
import { UsageError } from '../command';

const MODES = ['strict', 'permissive', 'audit'] as const;

export const policyOptions = {
  policies: { type: 'string' },
  'policy-mode': { type: 'string' },
} as const;

export const POLICY_HELP = `      --policies FOLDER       hold every Application to these policies: Rego (by opa), admission policies (by drydock-vap), policies of Kyverno (by kyverno)
      --policy-mode MODE      what a finding of them does: strict, permissive or audit (default strict)
`;

/** What Applications are held to beside policies of their own; undefined where there is nothing. */
export function policiesOf(
  folder: string | undefined,
  given: string | undefined,
  helpAt: string,
): PolicyOptions | undefined {
  const mode = MODES.find((one) => one === (given ?? 'strict'));
  if (!mode) throw new UsageError(`--policy-mode takes ${MODES.join(', ')}, not "${given}"`, helpAt);
  if (folder === undefined && given !== undefined)
    throw new UsageError('--policy-mode says what those of --policies do', helpAt);
  if (folder === undefined) return undefined;
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new UsageError(`--policies ${folder} is no folder`, helpAt);
  return { folder, mode };
}
