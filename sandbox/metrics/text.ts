/** One more with these labels. */
export function counted(counts: Map<string, number>, labels: string): void {
  counts.set(labels, (counts.get(labels) ?? 0) + 1);
}

export function labelled(name: string, counts: ReadonlyMap<string, number>): string[] {
  return [...counts]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([labels, count]) => `${name}{${labels}} ${count}`);
}

export function family(name: string, type: string, help: string, lines: readonly string[]): string[] {
  return [`# HELP ${name} ${help}.`, `# TYPE ${name} ${type}`, ...lines];
}
