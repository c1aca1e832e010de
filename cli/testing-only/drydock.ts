import { checkCommand } from '../check';
import { clusterCommand } from '../cluster';
import { commands } from '../commands';
import { applyCommand } from '../deploy/apply';
import { deleteCommand } from '../deploy/delete';
import { diffCommand } from '../deploy/diff';
import { historyCommand } from '../deploy/history';
import { rollbackCommand } from '../deploy/rollback';
import { statusCommand } from '../deploy/status';
import { explainCommand } from '../explain';
import { gitopsCommand } from '../gitops';
import { type CommandEntry, run } from '../run';
import { sandboxCommand } from '../sandbox';
import { synthCommand } from '../synth';
import { verifyCommand } from '../verify-installation';
import { listener } from './listener';

/** Those of `commands.ts`, which names compiled files that jest does not find. */
const loaded = {
  synth: synthCommand,
  check: checkCommand,
  explain: explainCommand,
  diff: diffCommand,
  apply: applyCommand,
  status: statusCommand,
  verify: verifyCommand,
  history: historyCommand,
  rollback: rollbackCommand,
  delete: deleteCommand,
  cluster: clusterCommand,
  sandbox: sandboxCommand,
  gitops: gitopsCommand,
};
const known: Readonly<Record<string, CommandEntry>> = Object.fromEntries(
  Object.entries(loaded).map(([name, command]) => [
    name,
    { summary: commands[name]?.summary ?? '', load: async () => command },
  ]),
);

/** Runs `drydock ...argv` in this process, and gives what it said. */
export async function drydock(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const { io, said } = listener();
  const code = await run(argv, known, io, { env: {}, version: process.version });
  return { code, ...said };
}

/** What a mistake in the command line is answered with: one sentence, where help is, and exit code 2. */
export function mistake(sentence: string, help: string): { code: number; out: string; err: string } {
  return { code: 2, out: '', err: `drydock: ${sentence} (${help} lists what there is)\n` };
}
