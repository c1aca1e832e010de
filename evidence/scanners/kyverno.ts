import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Finding, Scanned, Subject } from './finding';

/**
 * Kyverno's own pod-security policies, of the profile "restricted": the chart `kyverno-policies`, which the module of
 * Kyverno holds. (The repository kyverno/policies is not a Go module, so it cannot be fetched the same way.)
 */
export function kyverno(program: string, source: string, helm: string, { manifests }: Subject): Scanned {
  const folder = mkdtempSync(path.join(tmpdir(), 'drydock-kyverno-'));
  try {
    const policies = path.join(folder, 'policies.yaml');
    const chart = path.join(source, 'charts', 'kyverno-policies');
    const args = ['template', 'policies', chart, '--set', 'podSecurityStandard=restricted'];
    const text = execFileSync(helm, args, { encoding: 'utf8' });
    writeFileSync(policies, text);
    const bad = path.join(folder, 'bad.yaml');
    writeFileSync(bad, PRIVILEGED);
    if (apply(program, policies, [bad]).failed === 0) throw new Error('Kyverno lets a privileged pod pass');
    const files = readdirSync(manifests).map((file) => path.join(manifests, file));
    const { passed, failed, findings } = apply(program, policies, files);
    if (passed === 0) throw new Error('Kyverno found nothing to look at');
    const count = text.match(/^kind: ClusterPolicy$/gm)?.length ?? 0;
    return {
      findings,
      summary: `Kyverno CLI 1.13.4, the ${count} policies of its chart \`kyverno-policies\` with the profile "restricted", on the manifests: ${passed} of ${passed + failed} rules pass. A privileged pod fails, as a control.`,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const PRIVILEGED = `apiVersion: v1
kind: Pod
metadata: { name: bad }
spec:
  containers: [{ name: app, image: "a:1", securityContext: { privileged: true } }]
`;

interface Applied {
  readonly passed: number;
  readonly failed: number;
  readonly findings: readonly Finding[];
}

function apply(program: string, policies: string, resources: readonly string[]): Applied {
  const args = ['apply', policies, ...resources.flatMap((file) => ['--resource', file])];
  const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 2 ** 28 });
  const summary = /pass: (\d+), fail: (\d+), warn: (\d+), error: (\d+)/.exec(stdout);
  if (!summary) throw new Error(`Kyverno gave no summary: ${stdout}${stderr}`);
  const [passed = 0, failed = 0, , errors = 0] = summary.slice(1).map(Number);
  if (errors > 0) throw new Error(`Kyverno had ${errors} errors: ${stdout}`);
  const findings = [...stdout.matchAll(/policy (\S+) -> resource (\S+) failed:/g)].map(
    ([, rule = '', where = '']): Finding => ({ tool: 'kyverno', rule, what: 'fails', where }),
  );
  return { passed, failed, findings };
}
