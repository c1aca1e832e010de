/** Upper bounds in seconds: from a command on an open stream to a claim that pulls an image. */
export const SECONDS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300,
] as const;

/** How often something took how long, as Prometheus counts it. */
export class Histogram {
  readonly #counts = SECONDS.map(() => 0);
  #count = 0;
  #sum = 0;

  observe(seconds: number): void {
    this.#count += 1;
    this.#sum += seconds;
    const bucket = SECONDS.findIndex((bound) => seconds <= bound);
    if (bucket >= 0) this.#counts[bucket]! += 1;
  }

  lines(name: string): string[] {
    let below = 0;
    const buckets = SECONDS.map((bound, index) => {
      below += this.#counts[index]!;
      return `${name}_bucket{le="${bound}"} ${below}`;
    });
    return [
      ...buckets,
      `${name}_bucket{le="+Inf"} ${this.#count}`,
      `${name}_sum ${this.#sum}`,
      `${name}_count ${this.#count}`,
    ];
  }
}
