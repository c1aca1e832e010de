import { type Command, UsageError } from './command';
import { cp, exec, gc, preflight, ps, run, shell } from './sandbox-actions';

const HELP = `Usage: drydock sandbox <run | exec | shell | cp | ps | gc | preflight> [options]

Runs untrusted commands in sandboxes of the cluster that kubectl talks to.

  run --image IMAGE -- CMD    a sandbox for one command; its exit code is ours; Ctrl-C ends the command and the sandbox
      --cpu, --memory, --storage AMOUNT    instead of the template's
      --ttl SECONDS                        ended after this, whatever happens (default 3600)
      --orphan-ttl SECONDS|none            ended this long after drydock is gone without a word (default 20)
  exec ID -- CMD              a command in a sandbox that is there
      --env NAME=VALUE        for run and exec; can be given several times
      --timeout SECONDS       for run and exec: ends the command, with exit code 124
      --raw                   for run and exec: do not make escape sequences visible on a terminal
      --tty, -t               for run and exec: at this terminal, which the command then writes to as it likes
  shell ID                    a shell at this terminal, in a sandbox that is there; --env and --timeout as for exec
  cp ID:PATH PATH             out of a sandbox; cp PATH ID:PATH into it. Files and folders, verified, with the links
                              that stay inside of the folder; anything else is refused by name
      --skip-special                       leave out other links, devices, pipes and sockets, and say which
  ps                          sandboxes and one-shot Jobs of the namespace
  gc                          delete what has finished; --all deletes all of it
  preflight --image IMAGE     look whether cluster and rights hold what sandboxes promise; exits with 1 if not

  --template FILE             the template (default $SANDBOX_TEMPLATE, else the one that is installed in the cluster)
  --namespace NAME            its namespace (default the one in the template)
`;

const actions: Readonly<Record<string, Command>> = { run, exec, shell, cp, ps, gc, preflight };

/** `drydock sandbox ...`. */
export const sandboxCommand: Command = async (argv, io) => {
  const [name, ...rest] = argv;
  const dashes = rest.indexOf('--');
  const asksForHelp = rest.slice(0, dashes < 0 ? undefined : dashes).includes('--help');
  if (name === undefined || name === '--help' || name === '-h' || asksForHelp) {
    io.out(HELP);
    return 0;
  }
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action) return action(rest, io);
  throw new UsageError(
    `unknown command sandbox ${name}, expected one of ${Object.keys(actions).join(', ')}`,
    'drydock sandbox --help',
  );
};
