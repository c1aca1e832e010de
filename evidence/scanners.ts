/**
 * Runs the scanners that people run on manifests over the output of our charts, and writes docs/evidence/scanners.md:
 *
 *     npx tsx evidence/scanners.ts     needs Python 3 with venv, and the network at the first time
 *
 * The tools are installed in pinned versions into the cache outside the repository. A finding without a reason in REASONS fails.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cacheDirectory } from '../cluster/tools/tool';

const root = path.join(__dirname, '..');
const document = path.join(root, 'docs', 'evidence', 'scanners.md');

const PACKAGES = ['checkov==3.3.30', 'yamllint==1.38.0'] as const;

/** Why a finding stays, by the rule. */
const REASONS: Readonly<Record<string, string>> = {
  CKV_K8S_21:
    'Manifests and charts name no namespace: whoever applies them chooses it (`kubectl -n`, `helm -n`).',
  CKV_K8S_11: 'A CPU limit slows a service down on an idle node. Memory is limited, CPU is requested.',
  CKV_K8S_43:
    'Images of an example are built by their reader. A tag that does not move is asked for; a digest may be given.',
  CKV_K8S_38:
    'Only the pods that call the API server mount a token: CI-fixer makes sandboxes, the gate asks whether admission is in force.',
  CKV_K8S_35: 'The programs read environment variables. The values come from Secrets and are in no manifest.',
  CKV_K8S_15: 'Tags do not move here, and a node must be able to start pods without the registry.',
  CKV_K8S_40: 'The UID that the node images have. Where 10001 and up is the default, this finding is gone.',
  indentation:
    'A group whose values are all commented out is `{ }` around them; its closing brace is indented, so that strict readers take it too.',
};

/** What is no matter of right and wrong for generated files. */
const YAMLLINT = '{extends: default, rules: {line-length: disable, document-start: disable}}';

interface Finding {
  readonly tool: string;
  readonly rule: string;
  readonly what: string;
  readonly where: string;
}

function install(): string {
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

function checkov(bin: string, folder: string): { readonly findings: Finding[]; readonly count: string } {
  const args = ['-d', folder, '--framework', 'kubernetes', '-o', 'json', '--compact', '--quiet'];
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
    count: `${summary.passed} of ${summary.passed + summary.failed} checks`,
  };
}

/** What of a chart is YAML: templates are none before helm has read them. */
function plainFilesOf(charts: string): string[] {
  return readdirSync(charts, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yaml') && !file.split(path.sep).includes('templates'))
    .sort()
    .map((file) => path.join(charts, file));
}

function yamllint(bin: string, paths: readonly string[]): Finding[] {
  const args = ['-d', YAMLLINT, '-f', 'parsable', ...paths];
  const { stdout } = spawnSync(path.join(bin, 'yamllint'), args, { encoding: 'utf8' });
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [, file = '', what = '', rule = ''] = /^([^:]+):\d+:\d+: (.*) \(([\w-]+)\)$/.exec(line) ?? [];
      return { tool: 'yamllint', rule: rule || line, what, where: path.basename(file) };
    });
}

function rows(findings: readonly Finding[]): string {
  const rules = [...new Set(findings.map(({ rule }) => rule))].sort();
  return rules
    .map((rule) => {
      const of = findings.filter((finding) => finding.rule === rule);
      return `| ${of[0]?.tool} | ${rule} | ${of[0]?.what} | ${of.length} | ${REASONS[rule] ?? '**none**'} |`;
    })
    .join('\n');
}

function main(): void {
  const bin = install();
  const folder = mkdtempSync(path.join(tmpdir(), 'drydock-scanners-'));
  try {
    const manifests = path.join(folder, 'manifests');
    const tsx = path.join(root, 'node_modules', '.bin', 'tsx');
    execFileSync(tsx, ['cli/main.ts', 'synth', '--output', manifests], { cwd: root, stdio: 'ignore' });
    const scanned = checkov(bin, manifests);
    const linted = yamllint(bin, [manifests, ...plainFilesOf(path.join(folder, 'charts'))]);
    const findings = [...scanned.findings, ...linted];
    writeFileSync(
      document,
      `# Scanners

\`npx tsx evidence/scanners.ts\` renders every chart of ours with its defaults and runs ${PACKAGES.join(' and ').replaceAll('==', ' ')}. It fails where a
finding has no reason.

- checkov, framework kubernetes: ${scanned.count} pass.
- yamllint, its default rules without \`line-length\` and \`document-start\`, on the manifests and on Chart.yaml, values and ci/ of the charts: ${linted.length} findings.

| tool | rule | what it says | times | why it stays |
|---|---|---|---|---|
${rows(findings)}
`,
    );
    const open = findings.filter(({ rule }) => REASONS[rule] === undefined);
    for (const { tool, rule, what, where } of open)
      console.error(`${tool} ${rule} ${where}: ${what} has no reason`);
    process.exitCode = open.length > 0 ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

main();
