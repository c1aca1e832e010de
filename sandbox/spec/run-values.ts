import { defineValues, value } from '../../core/values';

/** A client that was killed while it claimed has nothing in the sandbox that could end it. One that lives is in at once. */
export const ENTERED_WITHIN_SECONDS = 20;
/** What the container says when it ended for that; the runtime reads the same words. */
export const NOT_ENTERED = `drydock: no client has entered this sandbox within ${ENTERED_WITHIN_SECONDS} s of its start`;

/**
 * Waits for whatever is run beside it, and ends when it is told to: a first process that does not hear SIGTERM keeps its
 * pod, and what that takes, for the two seconds that a kubelet waits at least.
 *
 * It ends by itself when nothing was run beside it for a while: then its second child has the number after that of its
 * first, because process 1 and what it starts are alone in their namespace, and nothing else is there. Whatever was run
 * takes a number, also when it is over, so that a sandbox that was released lives on. A `sleep` that a tenant ends is
 * followed by another, not faster than one a second.
 */
export function waitingScript(enteredWithinSeconds: number): string {
  return [
    "trap 'exit 143' TERM",
    `sleep ${enteredWithinSeconds} & first=$!`,
    'wait $first',
    'sleep infinity & set -- /proc/[0-9]*',
    `[ $$ -ne 1 ] || [ $! -ne $((first + 1)) ] || [ $# -gt 2 ] || { echo '${NOT_ENTERED}' >/dev/termination-log; exit 1; }`,
    'while :; do wait $!; sleep 1; sleep infinity & done',
  ].join('; ');
}

/**
 * What each run of a sandbox may choose. A template of your own can declare other values.
 *
 * @example
 * // A template that lets each run ask for its own memory.
 * const memory = sandboxRun.memory.orElse('512Mi');
 */
export const sandboxRun = defineValues({
  name: value.dnsName({ doc: 'Name of the Job' }),
  image: value.image({ doc: 'Image that the sandbox runs, one of those that the template allows' }),
  command: value.list(value.string({ doc: 'One argument' }), {
    default: ['sh', '-c', waitingScript(ENTERED_WITHIN_SECONDS)],
    minItems: 1,
    doc: 'What the sandbox runs; by default it waits for commands, and ends when no client enters it',
  }),
  env: value.map(value.string({ doc: 'Value of a variable' }), {
    default: { HOME: '/workspace' },
    doc: 'Environment variables',
  }),
  labels: value.map(
    value.string({ pattern: '^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$', doc: 'Value of a label' }),
    {
      default: {},
      doc: "More labels for the Job and its pod; the template's own win",
    },
  ),
  deadlineSeconds: value.integer({
    default: 600,
    min: 1,
    max: 604_800,
    doc: 'Seconds until the sandbox is ended',
  }),
  cpu: value.cpu({ optional: true, doc: 'CPU of the sandbox, instead of the default' }),
  memory: value.memory({ optional: true, doc: 'Memory of the sandbox, instead of the default' }),
  ephemeralStorage: value.memory({ optional: true, doc: 'Disk of the sandbox, instead of the default' }),
});

export type SandboxRun = typeof sandboxRun;
