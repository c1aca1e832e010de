import { join } from 'node:path';
import { check } from '../../check';
import { tool } from '../../cluster/tools/tool';
import { type Contender, contendersOf, linesOf, type Subject } from './contenders';
import { OTHER_CHARTS } from './other-charts';
import { QUESTIONS } from './questions';
import { SUBJECTS } from './subjects';

const yesNo = (holds: boolean) => (holds ? 'yes' : '**no**');

function section(subject: Subject, contenders: readonly Contender[]): string {
  const { features, provided = [] } = subject;
  const row = (title: string, of: (one: Contender) => string) =>
    `| ${title} | ${contenders.map(of).join(' | ')} |`;
  const rows = [
    row('', ({ title }) => title),
    `|---|${contenders.map(() => '---').join('|')}|`,
    row('lines to write and to read, without empty ones', ({ files }) => String(linesOf(files))),
    row('objects', ({ objects }) => String(objects.length)),
    row('**what it is to do**', ({ objects }) => {
      const done = features.filter(([, holds]) => holds(objects)).length;
      return `${done} of ${features.length}`;
    }),
    ...features.map(([title, holds]) => row(title, ({ objects }) => yesNo(holds(objects)))),
    row('**what is left open**', ({ objects }) => {
      const open = QUESTIONS.filter(([, holds]) => !holds(objects)).length;
      return `${open} of ${QUESTIONS.length}`;
    }),
    ...QUESTIONS.map(([title, holds]) => row(title, ({ objects }) => yesNo(holds(objects)))),
    row('values that can be set at installation', ({ values }) => (values > 0 ? String(values) : '**none**')),
    row('wrong values are refused before anything is installed', ({ hasSchema }) => yesNo(hasSchema)),
    row('findings of `drydock check`', ({ objects }) => String(check(objects, { provided }).length)),
  ];
  return `## ${subject.title}\n\n${subject.about}\n\n${rows.join('\n')}\n`;
}

export const SIDE_BY_SIDE = join(__dirname, '..', '..', 'docs', 'side-by-side.md');

/** The page, as the programs are now. */
export async function sideBySide(): Promise<string> {
  const helm = await tool('helm-4');
  const sections = SUBJECTS.map((subject) => section(subject, contendersOf(subject, helm)));
  return `# Four programs, three ways

Each program is written by hand for Helm, with cdk8s-plus-34, and with this library, as its author would. The programs are in
\`bench/backend\`; \`npx tsx bench/backend/page.ts\` writes this page from the objects that they print: both charts rendered by
\`helm template\`, that of cdk8s-plus by its own synthesis. Each line is a question to these objects.

${sections.join('\n')}
Each "no" can be had in the other two as well, by writing more lines; the question here is what is left open otherwise. What
cdk8s-plus cannot say at all is what is decided at installation; its three larger programs need JSON patches for Pod Security.
${OTHER_CHARTS}`;
}
