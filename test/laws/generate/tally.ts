/** What a run of a law has seen. */
export class Tally {
  programs = 0;
  cases = 0;
  /** Cases whose values both sides took. */
  accepted = 0;
  /** Programs that were refused, by the code. */
  readonly refused = new Map<string, number>();
  /** How many cases ran through a chart that has the feature. */
  readonly features = new Map<string, number>();

  countRefused(code: string): void {
    this.refused.set(code, (this.refused.get(code) ?? 0) + 1);
  }

  countFeatures(features: ReadonlySet<string>, cases: number): void {
    for (const feature of features) this.features.set(feature, (this.features.get(feature) ?? 0) + cases);
  }

  get refusedPrograms(): number {
    return [...this.refused.values()].reduce((sum, count) => sum + count, 0);
  }
}
