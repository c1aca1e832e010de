import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Finding, Scanned, Subject } from './finding';

interface Tools {
  readonly ct: string;
  /** The source of chart-testing, with the schema and the rules that it lints with. */
  readonly source: string;
  readonly helm: string;
  /** The folder with yamllint and yamale. */
  readonly python: string;
}

/**
 * `ct lint`: `helm lint` and `helm template` for each file of ci/, the schema of Chart.yaml, yamllint with chart-testing's
 * own rules. Two checks are off because they are about a repository: that a version went up, and that maintainers exist on GitHub.
 */
export function chartTesting({ ct, source, helm, python }: Tools, { charts }: Subject): Scanned {
  const bin = mkdtempSync(path.join(tmpdir(), 'drydock-ct-'));
  try {
    symlinkSync(helm, path.join(bin, 'helm'));
    const findings = charts.flatMap((chart): Finding[] => {
      const args = [
        ...['lint', '--charts', chart, '--check-version-increment=false', '--validate-maintainers=false'],
        ...['--chart-yaml-schema', path.join(source, 'etc', 'chart_schema.yaml')],
        ...['--lint-conf', path.join(source, 'etc', 'lintconf.yaml')],
      ];
      const { status, stdout, stderr } = spawnSync(ct, args, {
        encoding: 'utf8',
        cwd: path.dirname(chart),
        env: { ...process.env, PATH: `${bin}:${python}:${process.env.PATH}` },
      });
      if (status === 0) return [];
      const where = path.basename(chart);
      return errorsIn(`${stdout}${stderr}`).map((what) => ({ tool: 'ct', rule: ruleOf(what), what, where }));
    });
    return {
      findings,
      summary: `chart-testing 3.11.0, \`ct lint\` with helm 4 and \`ci/default-values.yaml\`: ${charts.length - new Set(findings.map(({ where }) => where)).size} of ${charts.length} charts pass.`,
    };
  } finally {
    rmSync(bin, { recursive: true });
  }
}

/** What yamllint found, or the last lines where something else failed. */
function errorsIn(text: string): string[] {
  const found = text.split('\n').filter((line) => /^ +\d+:\d+ +error /.test(line));
  return found.length > 0 ? found.map((line) => line.trim()) : [text.trim().split('\n').slice(-2).join(' ')];
}

function ruleOf(what: string): string {
  const [, rule] = /\(([\w-]+)\)$/.exec(what) ?? [];
  return rule === undefined ? 'ct lint' : `ct lint: ${rule}`;
}
