import { spawnSync } from 'node:child_process';
import type { Scanned, Subject } from './finding';

interface TrivyReport {
  readonly Results?: readonly {
    readonly Target: string;
    readonly MisconfSummary?: { readonly Successes: number; readonly Failures: number };
    readonly Misconfigurations?: readonly { ID: string; Title: string; Status: string; Severity: string }[];
  }[];
}

/** `trivy config` with the checks that are compiled into it; nothing is fetched. */
export function trivy(program: string, { manifests }: Subject): Scanned {
  const args = ['config', '--format', 'json', '--skip-check-update', '--quiet', manifests];
  const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (!stdout.startsWith('{')) throw new Error(`trivy gave no report: ${stderr}`);
  const { Results: results = [] } = JSON.parse(stdout) as TrivyReport;
  const count = (which: 'Successes' | 'Failures') =>
    results.reduce((sum, { MisconfSummary: summary }) => sum + (summary?.[which] ?? 0), 0);
  const [passed, failed] = [count('Successes'), count('Failures')];
  if (passed === 0) throw new Error('trivy found nothing to look at');
  return {
    findings: results.flatMap(({ Target, Misconfigurations = [] }) =>
      Misconfigurations.filter(({ Status }) => Status === 'FAIL').map(({ ID, Title, Severity }) => ({
        tool: 'trivy',
        rule: ID,
        what: `${Title} (${Severity.toLowerCase()})`,
        where: Target,
      })),
    ),
    summary: `trivy 0.60.0, \`trivy config\` with the checks compiled into it, on the manifests: ${passed} of ${passed + failed} checks pass.`,
  };
}
