/** One finding of a scanner. */
export interface Finding {
  readonly tool: string;
  readonly rule: string;
  readonly what: string;
  readonly where: string;
}

/** The findings of one scanner, and in words what it looked at. */
export interface Scanned {
  readonly findings: readonly Finding[];
  readonly summary: string;
}

/** Where the scanners find the output of our charts. */
export interface Subject {
  /** The folder with plain manifests. */
  readonly manifests: string;
  /** The folders of the charts. */
  readonly charts: readonly string[];
}
