/**
 * Runs the scanners that people run on manifests and charts over the output of ours, and writes docs/evidence/scanners.md:
 *
 *     npx tsx evidence/scanners.ts     needs Python 3 with venv, Go, and the network at the first time
 *
 * The tools are installed in pinned versions into the cache outside the repository. A finding without a reason fails.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { tool } from '../cluster/tools/tool';
import { chartTesting } from './scanners/chart-testing';
import type { Finding, Scanned, Subject } from './scanners/finding';
import { goTool, sourceOf } from './scanners/go-tool';
import { kyverno } from './scanners/kyverno';
import { checkov, pythonTools, yamllint } from './scanners/python';
import { REASONS } from './scanners/reasons';
import { CHART_TESTING, KYVERNO, TRIVY } from './scanners/tools';
import { trivy } from './scanners/trivy';

const root = path.join(__dirname, '..');
const document = path.join(root, 'docs', 'evidence', 'scanners.md');

async function scan(subject: Subject): Promise<readonly Scanned[]> {
  const python = pythonTools();
  const helm = await tool('helm-4');
  return [
    checkov(python, subject),
    trivy(goTool(TRIVY), subject),
    kyverno(goTool(KYVERNO), sourceOf(KYVERNO), helm, subject),
    yamllint(python, subject),
    chartTesting({ ct: goTool(CHART_TESTING), source: sourceOf(CHART_TESTING), helm, python }, subject),
  ];
}

function page(scanned: readonly Scanned[]): string {
  return `# Scanners

\`npx tsx evidence/scanners.ts\` renders every chart of ours with its defaults and runs these scanners over the output. It fails
where a finding has no reason.

${scanned.map(({ summary }) => `- ${summary}`).join('\n')}

| tool | rule | what it says | times | why it stays |
|---|---|---|---|---|
${rows(scanned.flatMap(({ findings }) => findings))}

## What is not run

- **Artifact Hub's linter** (\`ah lint\`): its module, \`github.com/artifacthub/hub\`, is refused by the Go module proxy: the list of its versions,
  and each of v1.17.0, v1.19.0, v1.20.0 and v1.21.0 ("403 Forbidden: This module version is not available"). It is in no other registry that we
  build tools from. What it reads is checked by us: the annotations of
  Artifact Hub are typed props, refused where they are wrong (\`core/synth/chart-yaml.test.ts\`).
- **The repository \`kyverno/policies\`** is no Go module either. The policies used here are the same pod-security policies as a chart, in the module
  of Kyverno itself.
- **\`ct install\`**: it takes the images of a chart from a registry, and the images of our examples are built by their readers. The charts
  are installed with real helm on a real cluster, with images built for it, by the tests named \`life-cycle\`; \`ci/default-values.yaml\` is
  linted and rendered here and in \`test/charts/helm-tools.real.test.ts\`.
`;
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

async function main(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'drydock-scanners-'));
  try {
    const manifests = path.join(folder, 'manifests');
    const tsx = path.join(root, 'node_modules', '.bin', 'tsx');
    execFileSync(tsx, ['cli/main.ts', 'synth', '--output', manifests], { cwd: root, stdio: 'ignore' });
    const charts = readdirSync(path.join(folder, 'charts'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => path.join(folder, 'charts', name));
    const scanned = await scan({ manifests, charts });
    writeFileSync(document, page(scanned));
    const open = scanned
      .flatMap(({ findings }) => findings)
      .filter(({ rule }) => REASONS[rule] === undefined);
    for (const { tool: by, rule, what, where } of open)
      console.error(`${by} ${rule} ${where}: ${what} has no reason`);
    process.exitCode = open.length > 0 ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

void main();
