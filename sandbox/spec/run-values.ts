import { defineValues, value } from '../../core/values';

/**
 * Waits for whatever is run beside it, and ends when it is told to: a first process that does not hear SIGTERM keeps its
 * pod, and what that takes, for the two seconds that a kubelet waits at least. A `sleep` that a tenant ends is followed
 * by another.
 */
const WAIT = "trap 'exit 143' TERM; while :; do sleep infinity & wait $!; done";

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
    default: ['sh', '-c', WAIT],
    minItems: 1,
    doc: 'What the sandbox runs; by default it waits for commands',
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
