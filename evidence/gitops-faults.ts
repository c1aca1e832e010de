/**
 * Lets faults happen to the GitOps controller, as processes on real API servers, and writes what became of it to
 * docs/evidence/gitops-faults.md. Ends with an error where something was lost, touched, or called synced that was not, and
 * where a controller that is broken on purpose is not found out.
 *
 *     npx tsx evidence/gitops-faults.ts              needs root; ten minutes
 *     npx tsx evidence/gitops-faults.ts disk shallow   these alone; the other rows stay as they are
 *     npx tsx evidence/gitops-faults.ts --each 1       so many injections of each
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { BROKEN, type Broken } from './gitops/faults/broken';
import { FAULTS } from './gitops/faults/faults';
import { Ground } from './gitops/faults/ground';
import { runFault } from './gitops/faults/injection';
import { page, rowOf } from './gitops/faults/table';

const file = join(__dirname, '..', 'docs', 'evidence', 'gitops-faults.md');
/** So many injections a controller that is broken on purpose may go on unseen. */
const MOST = 4;

async function main(given: readonly string[]): Promise<void> {
  const at = given.indexOf('--each');
  const each = at < 0 ? undefined : Number(given[at + 1]);
  const words = at < 0 ? given : given.filter((_word, index) => index !== at && index !== at + 1);
  const isWanted = (name: string) => words.length === 0 || words.some((word) => name.includes(word));
  const known = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  const asKnown = (name: string) => known.find((line) => line.startsWith(`| ${name} |`)) ?? `| ${name} |`;
  const began = performance.now();
  const wrong: string[] = [];
  const ground = new Ground();
  const lines: string[] = [];
  /** A fault that cannot be looked at is no reason to look at none. */
  const lineOf = async (name: string, make: () => Promise<string>) => {
    const line = isWanted(name) ? await make().catch((error: Error) => `${error.stack}`) : asKnown(name);
    if (!line.startsWith('|')) {
      wrong.push(`${name}: ${line}`);
      await ground.begin();
    }
    lines.push(line);
    if (isWanted(name)) process.stderr.write(`${seconds(began)} ${line}\n`);
  };
  try {
    await ground.start();
    await ground.begin();
    for (const fault of FAULTS)
      await lineOf(fault.name, async () => {
        const row = await runFault(ground, fault, each);
        wrong.push(...row.found.map((one) => `${fault.name}: ${one}`));
        return rowOf(row);
      });
    for (const broken of BROKEN) await lineOf(broken.planted.title, () => conviction(ground, broken));
  } finally {
    await ground.stop();
  }
  if (wrong.length > 0) throw new Error(`what must not be:\n${wrong.join('\n')}`);
  const about = { minutes: Math.ceil((performance.now() - began) / 60_000), cores: cpus().length };
  writeFileSync(file, page(lines.slice(0, FAULTS.length), lines.slice(FAULTS.length), about));
}

/** The same witness, of a controller that is broken on purpose. */
async function conviction(ground: Ground, { planted, fault, found }: Broken): Promise<string> {
  await ground.begin(planted);
  const under = FAULTS.find(({ name }) => name === fault)!;
  for (let injections = 1; injections <= MOST; injections += 1) {
    // Whether it comes to anything at all is another question.
    await runFault(ground, under, 1).catch(() => {});
    const what = [...ground.witness.found].find(([, kind]) => kind === found)?.[0];
    if (what !== undefined) return `| ${planted.title} | ${fault} | ${what} | ${injections} |`;
  }
  throw new Error(`not found out: ${planted.title}`);
}

const seconds = (from: number) => `${Math.round((performance.now() - from) / 1_000)} s`;

main(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
