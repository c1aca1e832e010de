import type { HardenException, HardenRule } from './options';

/** Where something was changed or found. */
export interface HardenPlace {
  readonly rule: HardenRule;
  /** Path of the construct. */
  readonly construct: string;
  /** For example `Deployment/web`. */
  readonly object: string;
  /** The namespace of the object, where it names one. */
  readonly namespace?: string;
  /** For example `spec.template.spec.automountServiceAccountToken`; empty for an object that is new. */
  readonly field: string;
}

/** One field that was set, or one object that was added. */
export interface HardenChange extends HardenPlace {
  /** What was there; absent where nothing was. */
  readonly from?: unknown;
  /** What is there now; absent where it was taken away. */
  readonly to?: unknown;
}

/** Something that is left to the people who know the program. */
export interface HardenFinding extends HardenPlace {
  /** What it comes to. */
  readonly why: string;
  /** What to do. */
  readonly fix: string;
}

/**
 * What `harden` did, and what it leaves open.
 *
 * @example
 * const report: HardenReport = harden(shop);
 * console.log(report.text);
 * if (report.findings.length > 0) process.exitCode = 1;
 */
export class HardenReport {
  constructor(
    /** What was set and added. */
    readonly changes: readonly HardenChange[],
    /** What is open: it was left as it was, or guessed. */
    readonly findings: readonly HardenFinding[],
    /** What stays as it is on purpose. */
    readonly exceptions: readonly HardenException[],
  ) {}

  /** The same for people, by object. */
  get text(): string {
    const places = [...this.changes, ...this.findings];
    const objects = [...new Set(places.map(headOf))];
    return objects.map((head) => this.about(head)).join('\n');
  }

  private about(head: string): string {
    const changes = this.changes
      .filter((one) => headOf(one) === head)
      .map(({ rule, field, from, to }) =>
        field === '' ? `  added [${rule}]` : `  set ${field}: ${said(from)} -> ${said(to)} [${rule}]`,
      );
    const findings = this.findings
      .filter((one) => headOf(one) === head)
      .map(({ rule, field, why, fix }) => `  open ${field} [${rule}]\n    ${why}\n    ${fix}`);
    return [head, ...changes, ...findings, ''].join('\n');
  }
}

function headOf({ object, namespace, construct }: HardenPlace): string {
  return `${object}${namespace ? ` in ${namespace}` : ''} (${construct})`;
}

function said(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
