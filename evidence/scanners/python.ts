import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cacheDirectory } from '../../cluster/tools/tool';
import type { Finding, Scanned, Subject } from './finding';

/** `ct lint` needs yamale to check Chart.yaml against its schema. */
const PACKAGES = ['checkov==3.3.30', 'yamllint==1.38.0', 'yamale==6.1.0'] as const;

/** The folder of the Python scanners, installed at the first use. */
export function pythonTools(): string {
  const folder = path.join(cacheDirectory(), 'scanners', PACKAGES.join('-').replaceAll('==', '-'));
  const bin = path.join(folder, 'bin');
  if (existsSync(path.join(folder, 'ready'))) return bin;
  rmSync(folder, { recursive: true, force: true });
  execFileSync('python3', ['-m', 'venv', folder], { stdio: 'inherit' });
  execFileSync(path.join(bin, 'pip'), ['install', '--quiet', ...PACKAGES], { stdio: 'inherit' });
  writeFileSync(path.join(folder, 'ready'), '');
  return bin;
}

interface CheckovReport {
  readonly summary: { readonly passed: number; readonly failed: number; readonly parsing_errors: number };
  readonly results: {
    readonly failed_checks: readonly { check_id: string; check_name: string; resource: string }[];
  };
}

export function checkov(bin: string, { manifests }: Subject): Scanned {
  const args = ['-d', manifests, '--framework', 'kubernetes', '-o', 'json', '--compact', '--quiet'];
  const { stdout, stderr } = spawnSync(path.join(bin, 'checkov'), args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (!stdout.startsWith('{')) throw new Error(`checkov gave no report: ${stderr}`);
  const { summary, results } = JSON.parse(stdout) as CheckovReport;
  if (summary.parsing_errors > 0) throw new Error(`checkov could not read ${summary.parsing_errors} files`);
  return {
    findings: results.failed_checks.map(({ check_id, check_name, resource }) => ({
      tool: 'checkov',
      rule: check_id,
      what: check_name,
      where: resource,
    })),
    summary: `checkov 3.3.30, framework kubernetes, on the manifests: ${summary.passed} of ${summary.passed + summary.failed} checks pass.`,
  };
}

/** Rules of style that do not matter in generated files. */
const YAMLLINT = '{extends: default, rules: {line-length: disable, document-start: disable}}';

export function yamllint(bin: string, { manifests, charts }: Subject): Scanned {
  const args = ['-d', YAMLLINT, '-f', 'parsable', manifests, ...charts.flatMap(plainFilesOf)];
  const { stdout } = spawnSync(path.join(bin, 'yamllint'), args, { encoding: 'utf8' });
  const findings = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Finding => {
      const [, file = '', what = '', rule = ''] = /^([^:]+):\d+:\d+: (.*) \(([\w-]+)\)$/.exec(line) ?? [];
      return { tool: 'yamllint', rule: rule || line, what, where: path.basename(file) };
    });
  return {
    findings,
    summary: `yamllint 1.38.0, its default rules without \`line-length\` and \`document-start\`, on the manifests and on Chart.yaml, values and ci/ of the charts: ${counted(findings.length)}.`,
  };
}

/** The YAML files of a chart. Templates are YAML only after helm has rendered them. */
function plainFilesOf(chart: string): string[] {
  return readdirSync(chart, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yaml') && !file.split(path.sep).includes('templates'))
    .sort()
    .map((file) => path.join(chart, file));
}

export function counted(findings: number): string {
  return findings === 1 ? '1 finding' : `${findings} findings`;
}
