import { writeFileSync } from 'node:fs';
import { printable } from '../errors';
import { Connection } from '../kube';
import { asHtml, asJunit, asText, isWell, type Live, type Verification, verify } from '../verify';
import { type Command, UsageError } from './command';
import { readSet } from './deploy/source';
import { parseOptions } from './parse-options';
import { checkAddresses, templatesToTry, tryAddresses, trySandboxes } from './verify-tries';

const HELP = `Usage: drydock verify [PATH ...] [options]

Holds what runs in a cluster against what was meant, and says of each thing that is wrong where it comes from, in one
sentence with what to do. It reads, and changes nothing, unless --try is given; it quotes the last lines of programs that
ended. Exits with 1 when something is wrong, or an object that is meant could not be read.

What was meant is read from manifests (files, folders, - for the standard input), charts (needs helm on the PATH), or, without a
PATH, the app of cdk8s.yaml.

      --release NAME       the name that charts are installed under (default: release-name)
      --values FILE        values for charts (may be repeated)
  -n, --namespace NAME     where objects are that name none (default: the context's)
      --context NAME       a context of the kubeconfig (default: its current one)
      --kubeconfig FILE    (default: $KUBECONFIG, then ~/.kube/config)
      --allow-exec-plugin  lets the kubeconfig run a program for its credentials
      --timeout SECONDS    how long to look again while something may only be starting (default 60)
      --ready-within SECONDS  what took longer to be ready is wrong too (default: no limit)
      --try                makes a sandbox of each template that is meant: it runs a command, keeps a file, and is ended
      --image IMAGE        for --try: one of the images that the template allows
      --reach URL          an address that has to answer from here, such as that of a node port (may be repeated)
      --html FILE          writes a report for a browser, one file
      --junit FILE         writes a report for CI
  -o, --output text|json   (default text)
`;

const options = {
  release: { type: 'string', default: 'release-name' },
  values: { type: 'string', multiple: true },
  namespace: { type: 'string', short: 'n' },
  context: { type: 'string' },
  kubeconfig: { type: 'string' },
  'allow-exec-plugin': { type: 'boolean', default: false },
  timeout: { type: 'string', default: '60' },
  'ready-within': { type: 'string' },
  try: { type: 'boolean', default: false },
  image: { type: 'string' },
  reach: { type: 'string', multiple: true, default: [] as string[] },
  html: { type: 'string' },
  junit: { type: 'string' },
  output: { type: 'string', short: 'o', default: 'text' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** `drydock verify`. */
export const verifyCommand: Command = async (argv, io) => {
  const { values, positionals: paths } = parseOptions('verify', argv, options, true);
  if (values.help) {
    io.out(HELP);
    return 0;
  }
  const timeoutMs = secondsOf('timeout', values.timeout) * 1000;
  const within = values['ready-within'];
  const readyWithinSeconds = within === undefined ? undefined : secondsOf('ready-within', within);
  if (values.output !== 'text' && values.output !== 'json') {
    throw new UsageError(`--output takes text or json, not "${values.output}"`, 'drydock verify --help');
  }
  if (values.image !== undefined && !values.try)
    throw new UsageError('--image is for --try, which was not given', 'drydock verify --help');
  checkAddresses(values.reach);
  const { release, namespace, context, kubeconfig, 'allow-exec-plugin': allowExecPlugin } = values;
  const connect = { allowExecPlugin, context, kubeconfig };
  const connection = new Connection({ ...connect, namespace });
  try {
    const source = { paths, values: values.values, release, namespace: connection.namespace };
    const { objects } = await readSet(source, io);
    const meant = objects as unknown as readonly Live[];
    const templates = values.try ? templatesToTry(meant, values.image) : [];
    const started = Date.now();
    const read = await verify({
      connection,
      objects: meant,
      timeoutMs,
      readyWithinSeconds,
      onLook: (left, first) =>
        io.err(`${left} not well yet: ${first ? printable(`${first.where}: ${first.found}`) : ''}\n`),
    });
    const { namespace } = connection;
    const tried = [
      ...(await trySandboxes(templates, { image: values.image, namespace, readyWithinSeconds, ...connect })),
      ...(await tryAddresses(values.reach, timeoutMs)),
    ];
    const found: Verification = {
      ...read,
      checked: [...read.checked, ...tried],
      findings: [...read.findings, ...tried.flatMap(({ finding }) => finding ?? [])],
      seconds: (Date.now() - started) / 1000,
    };
    if (values.html !== undefined) writeFileSync(values.html, asHtml(found));
    if (values.junit !== undefined) writeFileSync(values.junit, asJunit(found));
    io.out(values.output === 'json' ? `${JSON.stringify(found, undefined, 2)}\n` : printable(asText(found)));
    return found.checked.every(isWell) ? 0 : 1;
  } finally {
    connection.close();
  }
};

function secondsOf(option: string, text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new UsageError(`--${option} takes seconds, such as 90, not "${text}"`, 'drydock verify --help');
}
