/**
 * Sends thirty builds at once to CI-fixer on a cluster, and writes what became of each to docs/evidence/ci-fixer.md.
 *
 *     npx tsx evidence/ci-fixer.ts
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { figuresOf } from './figures-of';

const TEST = 'test/ci-fixer/ci-fixer.real.test.ts';

interface Figures {
  readonly installSeconds: number;
  readonly runs: readonly {
    readonly name: string;
    readonly kind: 'fixable' | 'hopeless' | 'hostile';
    readonly outcome: string;
    readonly reason: string;
    readonly rounds: number;
    readonly patch?: string;
    readonly waited: boolean;
    readonly seconds: number;
  }[];
}

const evidence = join(__dirname, '..', 'docs', 'evidence');
const { installSeconds, runs } = figuresOf<Figures>(TEST, {
  DRYDOCK_SCREENSHOTS: join(evidence, 'pictures'),
});

const cell = (text: string) =>
  text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ').slice(0, 200);
const count = (kind: string) => runs.filter((run) => run.kind === kind).length;
const longest = Math.max(...runs.map(({ seconds }) => seconds));
const patch = runs.find((run) => run.patch !== undefined)?.patch ?? '';
const row = (run: Figures['runs'][number], at: number) =>
  `| ${[at + 1, run.name, run.kind, run.outcome.replaceAll('_', ' '), run.rounds, cell(run.reason)].join(' | ')} |`;

const page = `# CI-fixer at work

<!-- Written by \`npx tsx evidence/ci-fixer.ts\`; do not edit. -->

The image of [workloads/ci-fixer](../../workloads/ci-fixer/README.md) with the packed library, installed by helm with both charts (the administrator's
from its folder, the team's from its archive) on the embedded cluster, as an account with the rights of \`ci-fixer-admin\` and no others. **The model is a stand-in, a script, and no model**: it swaps operators
until CI-fixer sees that one was right. [\`${TEST}\`](../../${TEST}) sends ${runs.length} builds at once; the quota has room for
10 sandboxes.

- Installed and ready after ${installSeconds.toFixed(0)} s; the last verdict came ${longest.toFixed(0)} s after the last build was sent.
- \`drydock verify\` looked at what both charts installed and found nothing.
- ${count('fixable')} builds that a swapped operator mends: all **fixed**, each seen to succeed in a sandbox in which nothing ran before.
- ${count('hopeless')} that it does not mend: all said to be **not fixed**.
- ${count('hostile')} that attack: all **contained**. Such a test suite ends with 0 where its attack works, so that it would be found to have nothing to fix.
  The one that opens sockets tries at once: no test is started before its sandbox is seen to be closed ([sandbox.md](../guides/sandbox.md#threat-model)).
- Each has exactly one verdict, none is lost, they began in the order in which they were sent; ${runs.filter(({ waited }) => waited).length} waited for room in the quota. Afterwards no sandbox was left, and the
  program had not restarted.
- Then its pod was killed in the middle of twelve more: another pod went on with the folder of runs, and each of them has exactly one verdict.

What a tenant sees of a run:

![A page with the runs on the left, and the verdict, the patch and the output of one of them](pictures/ci-fixer.png)

| | build | kind | outcome | tries | in its words |
|---|---|---|---|---|---|
${runs.map(row).join('\n')}

One of the patches, as \`git apply\` takes it:

\`\`\`diff
${patch.trimEnd()}
\`\`\`
`;

writeFileSync(join(evidence, 'ci-fixer.md'), page);
