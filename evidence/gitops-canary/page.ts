import type { Line, Status } from './diary';
import { type Asked, isRight, type Question } from './user';
import type { Version } from './versions';

/** What came of one revision. */
export interface Chapter {
  readonly version: Version;
  readonly commit: string;
  /** When it was pushed, when the Application had come to an end with it, and when the next one was pushed. */
  readonly pushedMs: number;
  readonly settledMs: number;
  readonly endMs: number;
  readonly status: Status;
}

export interface Trial {
  readonly names: readonly string[];
  readonly chapters: readonly Chapter[];
  readonly lines: readonly Line[];
  /** By cluster, in the order of `names`. */
  readonly asked: readonly (readonly Asked[])[];
  readonly analyses: readonly (readonly {
    readonly tag: string;
    readonly phase: string;
    readonly answers: readonly string[];
  }[])[];
}

const QUESTIONS: Readonly<Record<Question, string>> = {
  page: 'the page',
  list: 'her list of todos',
  add: 'a new todo',
  version: 'which version it is',
};
const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

export const during = (asked: readonly Asked[], { pushedMs, endMs }: Chapter): readonly Asked[] =>
  asked.filter(({ sentAtMs }) => sentAtMs >= pushedMs && sentAtMs < endMs);

export const failed = (asked: readonly Asked[]): readonly Asked[] => asked.filter((one) => !isRight(one));

export function pageOf(trial: Trial, about: string): string {
  const { chapters } = trial;
  const bad = chapters.find(({ version }) => version.isBroken);
  return `# The todo application in two clusters, with a canary that fails and comes back

${about}

| revision | what it is | from the push to the end | what the Application says then |
|---|---|---|---|
${chapters.map(({ version: { name, about: words }, pushedMs, settledMs, status }) => `| ${name} | ${words} | ${seconds(settledMs - pushedMs)} | ${said(status)} |`).join('\n')}

## What users saw

Somebody in each cluster asks all the while, from before the second push, each time on a new connection through frontend and backend. Counted from the push of a revision to the next one.

| revision | cluster | ${Object.values(QUESTIONS).join(' | ')} | answered by |
|---|---|---|---|---|---|---|
${chapters
  .slice(1)
  .flatMap((chapter) => trial.names.map((name, at) => userRow(chapter, name, trial.asked[at]!)))
  .join('\n')}

${bad ? wordsOfBad(trial, bad) : ''}
## What was measured

Each analysis asks the Prometheus of its cluster which share of the requests that users made to pods of the new version was answered with 5xx, three times, and ends at the first answer that is not below 0.05.

| cluster | version | answers | it was |
|---|---|---|---|
${trial.names.flatMap((name, at) => trial.analyses[at]!.map(({ tag, answers, phase }) => `| ${name} | ${tag.split('-')[0]} | ${answers.map(short).join(', ')} | ${phase} |`)).join('\n')}

## Step by step

${chapters.map((chapter) => steps(trial, chapter)).join('\n\n')}

## What the status says of the broken one

${bad ? statusText(bad.status) : 'Nothing.'}
`;
}

function said({ phase, sync, conditions = [] }: Status): string {
  const reason = conditions.find(({ type }) => type === 'Ready')?.reason;
  return `\`${phase}\`, \`${sync}\`, ${reason}`;
}

function userRow(chapter: Chapter, name: string, asked: readonly Asked[]): string {
  const own = during(asked, chapter);
  const cells = (Object.keys(QUESTIONS) as Question[]).map((question) => {
    const of = own.filter((one) => one.question === question);
    return `${of.length}, ${failed(of).length} failed`;
  });
  const counts = new Map<string, number>();
  for (const { version } of own) if (version) counts.set(version, (counts.get(version) ?? 0) + 1);
  const by = [...counts].map(([version, count]) => `${version} ${count}x`).join(', ');
  return `| ${chapter.version.name} | ${name} | ${cells.join(' | ')} | ${by} |`;
}

function wordsOfBad({ names, asked }: Trial, bad: Chapter): string {
  const rows = names.map((name, at) => {
    const own = during(asked[at]!, bad);
    const wrong = failed(own);
    if (wrong.length === 0) return `- ${name}: no request failed.`;
    const first = Math.min(...wrong.map(({ sentAtMs }) => sentAtMs));
    const last = Math.max(...wrong.map(({ sentAtMs }) => sentAtMs));
    const lists = own.filter(
      ({ question, sentAtMs }) => question === 'list' && sentAtMs >= first && sentAtMs <= last,
    );
    const share = ((100 * failed(lists).length) / lists.length).toFixed(0);
    const kinds = [...new Set(wrong.map(({ question, found }) => `${QUESTIONS[question]}: ${found}`))].join(
      ', ',
    );
    return `- ${name}: the first request that failed was sent ${seconds(first - bad.pushedMs)} after the push, the last ${seconds(last - bad.pushedMs)} after it; in between ${share} % of the lists failed (${kinds}), and from then on none.`;
  });
  return `That is what a canary costs: while the broken version was measured, a quarter of the pods were its own, and who came to one got no list.

${rows.join('\n')}
`;
}

function short(answer: string): string {
  return answer.replace(/-?\d+\.\d{4,}/g, (number) => Number(number).toFixed(3));
}

function steps({ names, lines }: Trial, { version, pushedMs, endMs }: Chapter): string {
  const own = lines.filter(({ atMs }) => atMs >= pushedMs && atMs < endMs);
  const head = names.map((name) => `${name}, as the Application says | its Rollout`).join(' | ');
  const rows = own.map(
    ({ atMs, application, places }) =>
      `| ${seconds(atMs - pushedMs)} | ${application} | ${places.map((one) => `${one.said} | ${one.rollout}`).join(' | ')} |`,
  );
  return `### ${version.name}, ${version.about}

| after the push | the Application | ${head} |
|---|---|${'---|---|'.repeat(names.length)}
${rows.join('\n')}`;
}

function statusText({ conditions = [], history = [], clusters = [] }: Status): string {
  const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
  return `| condition | | reason | message |
|---|---|---|---|
${conditions.map(({ type, status, reason, message }) => `| ${type} | ${status} | ${reason} | ${cell(message)} |`).join('\n')}

| cluster | phase | reason | commit in force |
|---|---|---|---|
${clusters.map(({ name, phase, reason, revision }) => `| ${name} | ${phase} | ${reason ?? ''} | ${revision?.slice(0, 7) ?? ''} |`).join('\n')}

| history | outcome |
|---|---|
${history.map(({ revision, outcome }) => `| ${revision.slice(0, 7)} | ${outcome} |`).join('\n')}`;
}
