import { printable } from '../../errors';
import { type Point, type Preview, pointOf, preview, previewMarkdown } from '../../gitops';
import { costInWords } from '../../gitops/preview/cost';
import { type Command, UsageError } from '../command';
import { asJson } from '../deploy/as-json';
import { type Paint, paintFor } from '../deploy/colours';
import { planText } from '../deploy/plan-text';
import { interruptible } from '../interruptible';
import { parseOptions } from '../parse-options';
import { CONNECT_HELP, connectOptions, onlyName } from './options';
import { POLICY_HELP, policiesOf, policyOptions } from './policies';
import { PROGRAM_HELP, programOptions, programsOf } from './programs';

const HELP = `Usage: drydock gitops preview NAME [options]

Says what a commit would do to each cluster of an Application if it came into its branch: what the policy finds, which objects
would change and how, and what they cost. Writes nothing. Exits with 0 when nothing would change, 1 when something would, 2
when it is refused or fails.

      --revision REVISION  a branch, all digits of a commit, or a change of jj (default: the branch that it follows)
      --pull-request N     a pull request of GitHub or Gitea, or a merge request of GitLab
      --trust-author       whoever has written the commit may see what is in the cluster: values of Secrets that a chart is
                           given, and fields of others
      --require-service-account  as the controller has it: refuse Applications that name no account to act as
  -o, --output text|json|markdown   (default text; markdown is for a comment)
${CONNECT_HELP}${POLICY_HELP}${PROGRAM_HELP}`;

const options = {
  ...connectOptions,
  ...policyOptions,
  ...programOptions,
  revision: { type: 'string' },
  'pull-request': { type: 'string' },
  'require-service-account': { type: 'boolean', default: false },
  'trust-author': { type: 'boolean', default: false },
  output: { type: 'string', short: 'o', default: 'text' },
} as const;

const HELP_AT = 'drydock gitops preview --help';

/** `drydock gitops preview`. */
export const previewCommand: Command = async (argv, io) => {
  const { values, positionals } = parseOptions('gitops preview', argv, options, true);
  if (values.help) {
    io.out(HELP);
    return 0;
  }
  const name = onlyName('preview', positionals);
  if (name === undefined) throw new UsageError('preview takes the name of an Application', HELP_AT);
  const print = Object.hasOwn(PRINTERS, values.output) ? PRINTERS[values.output] : undefined;
  if (!print) throw new UsageError(`--output takes text, json or markdown, not "${values.output}"`, HELP_AT);
  const programs = programsOf(values['program-template'], values['program-namespace'], HELP_AT);
  const policies = policiesOf(values.policies, values['policy-mode'], HELP_AT);
  const { namespace, context, kubeconfig, revision, 'pull-request': pullRequest } = values;
  return interruptible(async (signal) => {
    try {
      const point = asked(revision, pullRequest);
      const found = await preview({
        ...{
          name,
          signal,
          trustAuthor: values['trust-author'],
          requireServiceAccount: values['require-service-account'],
          allowExecPlugin: values['allow-exec-plugin'],
        },
        ...(namespace === undefined ? {} : { namespace }),
        ...(context === undefined ? {} : { context }),
        ...(kubeconfig === undefined ? {} : { kubeconfig }),
        ...(point ? { point } : {}),
        ...(programs ? { programs } : {}),
        ...(policies ? { policies } : {}),
      });
      io.out(print(found));
      return { nothing: 0, changes: 1, refused: 2 }[found.outcome];
    } catch (error) {
      if (error instanceof UsageError) throw error;
      // 1 means a change here, so a failure is told here and is 2.
      io.err(`drydock: ${error instanceof Error ? error.message : String(error)}\n`);
      return 2;
    }
  });
};

const PRINTERS: Readonly<Record<string, (found: Preview) => string>> = {
  text: (found) => previewText(found, paintFor(process.stdout)),
  json: (found) => `${asJson(found)}\n`,
  markdown: (found) => previewMarkdown(found),
};

function asked(revision: string | undefined, pullRequest: string | undefined): Point | undefined {
  if (revision !== undefined && pullRequest !== undefined)
    throw new UsageError('--revision and --pull-request are one or the other', HELP_AT);
  if (pullRequest === undefined) return revision === undefined ? undefined : pointOf(revision);
  if (!/^[1-9]\d{0,8}$/.test(pullRequest))
    throw new UsageError(`--pull-request takes a number, not "${pullRequest}"`, HELP_AT);
  return { pullRequest: Number(pullRequest) };
}

function previewText(
  { application, asked: what, revision, refused, policy, clusters }: Preview,
  paint: Paint,
): string {
  const lines = [paint('bold', `${application} at commit ${revision} (${printable(what)})`)];
  if (refused) lines.push(paint('red', `refused: ${inOneText(refused)}`));
  for (const { by, findings, failure } of policy) {
    if (failure) lines.push(paint('red', `policy ${printable(by)} has no verdict: ${inOneText(failure)}`));
    for (const { rule, object, field, why, fix } of findings)
      lines.push(
        paint('yellow', `policy ${printable(`${by}: ${rule} at ${object} ${field}: ${why} ${fix}`)}`),
      );
  }
  const parts = clusters.map((one) => {
    const title = one.cluster === undefined ? '' : `\n${paint('bold', `in cluster ${one.cluster}`)}\n`;
    const why = one.refused ? `${paint('red', `refused: ${inOneText(one.refused)}`)}\n` : '';
    const cost = one.cost ? `${costInWords(one.cost.before, one.cost.after).join('; ')}\n` : '';
    return `${title}${why}${one.plan ? planText(one.plan, paint) : ''}${cost}`;
  });
  return `${lines.join('\n')}\n${parts.join('')}`;
}

function inOneText({ code, where, found, expected, remedy }: NonNullable<Preview['refused']>): string {
  return printable(`${code} at ${where}: found ${found}; expected ${expected}. ${remedy}`);
}
