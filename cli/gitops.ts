import { stringify } from 'yaml';
import { gitopsDefinitions, gitopsOperator } from '../gitops';
import { type Command, UsageError } from './command';
import { POLICY_HELP, policiesOf, policyOptions } from './gitops/policies';
import { previewCommand } from './gitops/preview';
import { PROGRAM_HELP, programOptions, programsOf } from './gitops/programs';
import { PROMETHEUS_HELP, prometheusOf, prometheusOptions } from './gitops/prometheus';
import { statusCommand } from './gitops/status';
import { abortCommand, promoteCommand } from './gitops/steer';
import { syncCommand } from './gitops/sync';
import { parseOptions } from './parse-options';

const HELP = `Usage: drydock gitops <run | crds | status | sync | promote | abort | preview> [options]

Follows folders of Git repositories, and keeps a cluster as they say.

  status [NAME]               how Applications are, and why; with --watch as it changes
  sync NAME                   let an Application apply the commit that it has told, and wait
  promote NAME                let a canary or blue-green delivery of Argo Rollouts go on
  abort NAME                  take it back
  preview NAME                what a branch, commit, change or pull request would do to its clusters
  crds                        print the CustomResourceDefinitions, for kubectl apply --server-side -f -
  run                         run the controller until SIGTERM; of several one works
  -n, --namespace NAME        where its Lease is (default: the context's, or the pod's)
      --watch-namespace NAME  follow the Applications of one namespace alone (default: of all)
      --require-service-account  refuse Applications that name no account to act as
      --context NAME          a context of the kubeconfig (default: its current one)
      --kubeconfig FILE       (default: $KUBECONFIG, then ~/.kube/config, then the account of the pod)
      --folder PATH           where repositories are kept; may be lost at any time (default: a new temporary one)
      --port PORT             where /healthz, /readyz and /metrics are; 0 for none (default 8080)
      --push-secrets FILE     take what GitHub, GitLab and Gitea tell of pushes; a line for each secret they sign with
      --push-port PORT        where that is taken, as POST /push (default 8081)
      --page                  show Applications on a page, to who reaches it: there is no sign-in
      --page-port PORT        where that is (default 8082)
      --page-host ADDRESS     (default 127.0.0.1: this machine alone, and kubectl port-forward)
      --page-name NAME        by which name it is asked for, where that is not localhost
${POLICY_HELP}${PROGRAM_HELP}${PROMETHEUS_HELP}`;

const options = {
  namespace: { type: 'string', short: 'n' },
  'watch-namespace': { type: 'string' },
  'require-service-account': { type: 'boolean', default: false },
  context: { type: 'string' },
  kubeconfig: { type: 'string' },
  folder: { type: 'string' },
  port: { type: 'string', default: '8080' },
  'push-secrets': { type: 'string' },
  'push-port': { type: 'string', default: '8081' },
  ...policyOptions,
  page: { type: 'boolean', default: false },
  'page-port': { type: 'string', default: '8082' },
  'page-host': { type: 'string', default: '127.0.0.1' },
  'page-name': { type: 'string' },
  ...programOptions,
  ...prometheusOptions,
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const run: Command = async (argv) => {
  const { values } = parseOptions('gitops', argv, options);
  const { namespace, context, kubeconfig, folder, 'watch-namespace': watchNamespace, port } = values;
  const { 'push-secrets': secretFile, 'push-port': pushPort } = values;
  const { page, 'page-port': pagePort, 'page-host': host, 'page-name': pageName } = values;
  for (const [name, given] of Object.entries({ port, 'push-port': pushPort, 'page-port': pagePort }))
    if (!/^\d{1,5}$/.test(given) || Number(given) > 65_535)
      throw new UsageError(`--${name} takes a number up to 65535, not "${given}"`, 'drydock gitops --help');
  const policies = policiesOf(values.policies, values['policy-mode'], 'drydock gitops --help');
  const programs = programsOf(
    values['program-template'],
    values['program-namespace'],
    'drydock gitops --help',
  );
  const prometheus = prometheusOf(
    values.prometheus,
    values['prometheus-ca'],
    values['prometheus-token'],
    'drydock gitops --help',
  );
  await gitopsOperator({
    ...(namespace ? { namespace } : {}),
    ...(watchNamespace ? { watchNamespace } : {}),
    ...(context ? { context } : {}),
    ...(kubeconfig ? { kubeconfig } : {}),
    ...(folder ? { folder } : {}),
    ...(secretFile ? { pushes: { secretFile, port: Number(pushPort) } } : {}),
    ...(policies ? { policies } : {}),
    ...(programs ? { programs } : {}),
    ...(prometheus ? { prometheus } : {}),
    ...(page
      ? { page: { port: Number(pagePort), host, names: pageName === undefined ? [] : [pageName] } }
      : {}),
    requireServiceAccount: values['require-service-account'],
    port: port === '0' ? false : Number(port),
  }).run();
  return 0;
};

const crds: Command = async (argv, io) => {
  parseOptions('gitops', argv, { help: options.help });
  io.out(gitopsDefinitions.map((one) => stringify(one)).join('---\n'));
  return 0;
};

const actions: Readonly<Record<string, Command>> = {
  run,
  crds,
  status: statusCommand,
  sync: syncCommand,
  promote: promoteCommand,
  abort: abortCommand,
  preview: previewCommand,
};
/** These have more to say than fits here. */
const WITH_HELP = ['status', 'sync', 'promote', 'abort', 'preview'];

/** `drydock gitops ...`. */
export const gitopsCommand: Command = async ([name, ...rest], io) => {
  const asksForHelp = ['--help', '-h'].some((asked) => name === asked || rest.includes(asked));
  if (name === undefined || (asksForHelp && !WITH_HELP.includes(name))) {
    io.out(HELP);
    return 0;
  }
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action) return action(rest, io);
  throw new UsageError(
    `unknown command gitops ${name}, expected one of ${Object.keys(actions).join(', ')}`,
    'drydock gitops --help',
  );
};
