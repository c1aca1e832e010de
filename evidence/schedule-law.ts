import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunLaw } from '../kube/testing-only/law-of';
import { FreshModules, type Mutation } from '../test/laws/fresh-modules';

/** A law over schedules, and what its page says of it. */
export interface ScheduleLaw<Module> {
  /** From the root of the repository. */
  readonly file: string;
  readonly runOf: (module: Module) => RunLaw;
  readonly run: RunLaw;
  readonly schedules: number;
  readonly seed: number;
  readonly mostForAMutant: number;
  readonly mutants: readonly (Mutation & { readonly title: string })[];
  /** What a conviction says, as a cell has it. */
  readonly inWords: (said: string) => string;
  readonly page: string;
  readonly title: string;
  readonly about: string;
  readonly properties: readonly string[];
}

/** Runs schedules at length, then with each planted fault, and writes the page. */
export async function writeLawPage<Module>(law: ScheduleLaw<Module>): Promise<void> {
  const { run, schedules, seed, mutants, page, title, about, properties } = law;
  // Nobody looks at where an error of a simulated server came from, and that is half of what one costs.
  Error.stackTraceLimit = 0;
  const tally = new Map<string, number>();
  const began = process.cpuUsage();
  await run(schedules, seed, true, tally);
  const seconds = Math.round(process.cpuUsage(began).user / 1e6);
  const rows: string[] = [];
  for (const mutant of mutants) rows.push(await conviction(law, mutant));
  const counts = [...tally].sort(([left], [right]) => (left < right ? -1 : 1));
  writeFileSync(
    join(__dirname, '../docs/evidence', page),
    `# ${title}

${about}

${schedules} schedules, seed ${seed}, ${seconds} s of processor time: none broke a property.

${properties.map((property, index) => `${index + 1}. ${property}`).join('\n')}

| what they went through | times |
|---|---|
${counts.map(([what, count]) => `| ${what} | ${count} |`).join('\n')}

## Planted faults

One change in the source each; the law has to see it, and does.

| fault | convicted of | after so many schedules |
|---|---|---|
${rows.join('\n')}
`,
  );
}

/** The beginning of what a law says, without its name. */
export const firstWordsOf =
  (law: string) =>
  (said: string): string =>
    said
      .replace(new RegExp(`^the ${law}: `), '')
      .slice(0, 120)
      .replaceAll('|', '\\|');

/** What a mutant was convicted of, and by which schedule. */
async function conviction<Module>(
  { file, runOf, seed, mostForAMutant, inWords }: ScheduleLaw<Module>,
  mutant: Mutation & { readonly title: string },
): Promise<string> {
  const run = runOf(new FreshModules(mutant).load(file) as Module);
  try {
    await run(mostForAMutant, seed, false);
  } catch (error) {
    const { message, cause } = error as Error;
    const said = cause instanceof Error ? cause.message : message;
    const after = /after (\d+) tests/.exec(message)?.[1];
    return `| ${mutant.title} | ${inWords(said)} | ${after} |`;
  }
  throw new Error(`not caught: ${mutant.title}`);
}
