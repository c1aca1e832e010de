/** One thing that a specification asks for. */
export interface Row {
  /** In its own words, shortened. */
  readonly says: string;
  /** Where it is met, in a few words; absent for what is open. */
  readonly met?: string;
  /** The test that shows it: its file, and how its title begins. A file alone is a page or a program. */
  readonly by?: readonly [file: string, title?: string];
  /** The figure that was measured: a page below docs/evidence or docs, and where it is there. */
  readonly measured?: readonly [page: string, figure: RegExp];
  /** Why it is open, or which later issue has it. */
  readonly open?: string;
  /** Why it is not done and will not be: a decision record, and what is there in its place. */
  readonly leftOut?: readonly [record: string, instead: string];
}

export interface Specification {
  readonly name: string;
  readonly about: string;
  readonly rows: readonly Row[];
}
