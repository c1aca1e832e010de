import { readFileSync } from 'node:fs';
import path from 'node:path';
import { repository } from './blocks';

/** A command that a page says to type, and what it says comes of it. */
export interface Step {
  readonly command: string;
  readonly exitCode: number;
  /** Lines that are printed, in this order, with others between them. */
  readonly says: readonly string[];
}

/** The commands of a page, one after the other: each line of its `sh` blocks; a `text` block says what the last one prints. */
export function sessionOf(page: string): Step[] {
  return stepsIn(readFileSync(path.join(repository, 'docs', 'guides', page), 'utf8'));
}

export function stepsIn(text: string): Step[] {
  const steps: Step[] = [];
  for (const [, language, block = ''] of text.matchAll(/^```(sh|text)\n([\s\S]*?)^```$/gm)) {
    const lines = block.split('\n').filter((line) => line.trim() !== '');
    if (language === 'sh') steps.push(...lines.map(stepOf));
    else steps.push({ ...(steps.pop() as Step), says: lines });
  }
  return steps;
}

/** `command   # exit code 1`; other comments are for the reader alone. */
function stepOf(line: string): Step {
  const [command = '', comment = ''] = line.split(/\s+# /);
  const [, code = 0] = /^exit code (\d+)/.exec(comment) ?? [];
  return { command, exitCode: Number(code), says: [] };
}

/** The first of these lines that is not printed where the page has it; `…` stands for anything. */
export function missingIn(printed: string, says: readonly string[]): string | undefined {
  const lines = printed.split('\n');
  let at = 0;
  for (const said of says) {
    const parts = said.trimEnd().split('…').map(literally);
    const pattern = new RegExp(`^${parts.join('.*')}$`);
    const found = lines.findIndex((line, index) => index >= at && pattern.test(line.trimEnd()));
    if (found < 0) return said;
    at = found + 1;
  }
  return undefined;
}

function literally(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
