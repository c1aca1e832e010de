/** What a scanner has to say about one thing. */
export interface Finding {
  readonly tool: string;
  readonly rule: string;
  readonly what: string;
  readonly where: string;
}

/** What became of one scanner: its findings, and what it looked at, in words. */
export interface Scanned {
  readonly findings: readonly Finding[];
  readonly summary: string;
}

/** Where the output of our charts is, for the scanners to look at. */
export interface Subject {
  /** The folder with plain manifests. */
  readonly manifests: string;
  /** The folders of the charts. */
  readonly charts: readonly string[];
}
