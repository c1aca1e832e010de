/**
 * What the first commands of new sandboxes reach, with the hold and without: docs/evidence/first-command.md.
 *
 *     npx tsx evidence/first-command.ts
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { figuresOf } from './figures-of';

const TEST = 'test/sandbox-runtime/first-command.real.test.ts';
type Figures = Readonly<
  Record<string, { readonly reached: number; readonly of: number; readonly p50Ms: number }>
>;

const figures = figuresOf<Figures>(TEST);
const row = (what: string) => {
  const [held, open] = ['held', 'open'].map((way) => figures[`${what}, ${way}`]);
  if (!held || !open) throw new Error(`no figures of the ${what}`);
  const cells = [held, open].map(
    ({ reached, of, p50Ms }) => `${reached} of ${of} | ${(p50Ms / 1000).toFixed(1)} s`,
  );
  return `| ${what} | ${cells.join(' | ')} |`;
};

const page = `# What a first command reaches

<!-- Written by \`npx tsx evidence/first-command.ts\`; do not edit. -->

[\`${TEST}\`](../../${TEST}) starts many sandboxes together on the embedded cluster, whose plug-in (kube-router) closes a pod some moments after its start. The first
command of each connects to the API server, which the policies deny. Without the hold is a template that says \`allowOpenStart\`, and the plug-in is stopped meanwhile, as how long it takes differs; how the hold works is in
[0057](../decisions/0057-first-command.md). The time is from the call to the end of the command, the median of all that start together on a small machine.

| | held: reached | | without: reached | |
|---|---|---|---|---|
${['first command of a sandbox', 'command of a one-shot Job'].map(row).join('\n')}
`;

writeFileSync(join(__dirname, '..', 'docs', 'evidence', 'first-command.md'), page);
