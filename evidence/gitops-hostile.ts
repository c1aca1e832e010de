/**
 * Lets hostile repositories, their servers and those who name them try what they can, and beside each attempt what is like it
 * and has to work, and writes what became of them to docs/evidence/gitops-hostile.md. Ends with an error when an attempt is
 * taken, or its twin is not.
 *
 *     npx tsx evidence/gitops-hostile.ts     needs git 2.38 or newer
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Attempt } from '../gitops/testing-only/hostile/attempt';
import { ATTEMPTS } from '../gitops/testing-only/hostile/attempts';
import { Grounds } from '../gitops/testing-only/hostile/grounds';

interface Tried {
  readonly attempt: Attempt;
  readonly became: string;
  readonly twinBecame: string;
}

const KINDS: readonly (readonly [Attempt['kind'], string])[] = [
  ['files', 'Files of a commit'],
  ['objects', 'Objects that git itself would not write'],
  ['manifests', 'Manifests'],
  ['addresses', 'What an Application may say: addresses, branches, paths'],
  ['servers', 'Servers'],
];

function table(tried: readonly Tried[]): string {
  const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
  const rows = tried.map(
    ({ attempt: { what, twin }, became, twinBecame }) =>
      `| ${cell(what)} | \`${became}\` | ${cell(twin)} | ${twinBecame} |`,
  );
  return ['| attempt | became | what is like it | became |', '|---|---|---|---|', ...rows].join('\n');
}

function page(tried: readonly Tried[]): string {
  return [
    '# Hostile repositories',
    '',
    '<!-- Written by `npx tsx evidence/gitops-hostile.ts`; do not edit. -->',
    '',
    'Each attempt is made against the sources of the GitOps controller, with the real git, a real git server over https and, where it is about',
    'objects, repositories written byte by byte. Beside it stands its control: what is like it and has to be taken, from the same server.',
    '`gitops/source/hostile.real.test.ts` does the same on each run. Hooks, filters and settings that a repository brings have no effect and are',
    'no refusals: `gitops/source/git-repository.real.test.ts` shows them beside a work tree that they change. What is tried over ssh is in',
    '`gitops/source/ssh.real.test.ts`, with messages of forges in `gitops/webhook/push-server.test.ts`, with accounts in `test/gitops/sync.real.test.ts`.',
    '',
    `${tried.length} attempts: ${tried.filter(({ became }) => became !== 'accepted').length} are refused, ` +
      `${tried.filter(({ twinBecame }) => twinBecame === 'accepted').length} of their twins are accepted.`,
    '',
    ...KINDS.flatMap(([kind, title]) => [
      `## ${title}`,
      '',
      table(tried.filter(({ attempt }) => attempt.kind === kind)),
      '',
    ]),
  ].join('\n');
}

async function main(): Promise<void> {
  const grounds = await new Grounds().prepare();
  const tried: Tried[] = [];
  try {
    for (const attempt of ATTEMPTS) {
      const became = await grounds.outcomeOf(attempt.attempt(grounds));
      tried.push({ attempt, became, twinBecame: await grounds.outcomeOf(attempt.control(grounds)) });
    }
  } finally {
    await grounds.remove();
  }
  writeFileSync(join(__dirname, '..', 'docs', 'evidence', 'gitops-hostile.md'), page(tried));
  const wrong = tried.filter(
    ({ attempt, became, twinBecame }) => became !== attempt.code || twinBecame !== 'accepted',
  );
  if (wrong.length > 0)
    throw new Error(`not as it should be: ${wrong.map(({ attempt }) => attempt.what).join('; ')}`);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
