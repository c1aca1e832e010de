import { until } from '../../../cluster';
import { type Attempt, type Observed, observed } from './attempt';
import { ATTACK_IN_SANDBOX, PIDS } from './grounds';
import { ATTACK } from './open-pod';

const MIB = 1 << 20;
/** What a sandbox may have here; the pods of the controls may have twice that. */
const MEMORY = 64;
const DISK = 64;
/** Between the one and the other. */
const WANTED = `${96 * MIB}`;

const INPUTS = 40;
const INPUT_EACH = 3;
const INPUT_MEMORY = 16;
/** Twice the inputs, for what its garbage collector has not found yet, and the program itself. */
const SUPERVISOR_MEMORY = 2 * INPUT_MEMORY + 24;

function peakAbove(status: string, whose: string): Observed {
  const kib = /VmHWM:\s+(\d+) kB/.exec(status)?.[1];
  if (!kib) throw new Error(`no peak in ${JSON.stringify(status)}`);
  const peak = Math.round(Number(kib) / 1024);
  return { worked: peak > SUPERVISOR_MEMORY, got: `${peak} MiB at most ${whose}` };
}

/** Each in a sandbox of its own, which may not survive it. */
export const RESOURCE_ATTEMPTS: readonly Attempt[] = [
  {
    kind: 'resources',
    name: 'a fork bomb',
    meaning: `no more than the ${PIDS} processes that the kubelet allows; in the control it stops by itself at 2000`,
    inSandbox: async (grounds) => {
      const sandbox = await grounds.claim({ memory: '256Mi' });
      const bomb = [ATTACK_IN_SANDBOX, 'fork', `${PIDS}`];
      const { exitCode, stdout, stderr } = await sandbox.commands.run(bomb, { timeoutMs: 60_000 });
      // Its own supervisor lives through it, too.
      const after = await sandbox.commands.run(['echo', 'commands work']);
      await sandbox.close();
      return observed(exitCode, `${stdout.text || stderr.text}`.trim() + `; then ${after.stdout.text}`);
    },
    inControl: async (grounds) => {
      const pod = await grounds.unlimitedPod();
      const { code, output } = await pod.run([ATTACK, 'fork', `${PIDS}`]);
      return observed(code, output.toString('utf8'));
    },
  },
  {
    kind: 'resources',
    name: 'fill the memory',
    meaning: 'the kernel ends it at its own limit, and the caller is told so',
    inSandbox: async (grounds) => {
      const sandbox = await grounds.claim({ memory: `${MEMORY}Mi` });
      const filled = [ATTACK_IN_SANDBOX, 'memory', WANTED];
      const { outcome, exitCode, stdout } = await sandbox.commands.run(filled, { timeoutMs: 60_000 });
      await sandbox.close();
      if (outcome === 'oomKilled') return { worked: false, got: outcome };
      return observed(exitCode, stdout.text);
    },
    inControl: async (grounds) => {
      const pod = await grounds.cappedPod('memory', { memory: `${2 * MEMORY}Mi` });
      const { code, output } = await pod.run([ATTACK, 'memory', WANTED]);
      return observed(code, output.toString('utf8'));
    },
  },
  {
    kind: 'resources',
    name: 'forty inputs at once',
    meaning: `they share a memory of ${INPUT_MEMORY} MiB, so the supervisor has no more than ${SUPERVISOR_MEMORY}`,
    inSandbox: async (grounds) => {
      const sandbox = await grounds.claim({ memory: '256Mi', ephemeralStorage: '512Mi' });
      const content = Buffer.alloc(INPUT_EACH * MIB, 'x');
      const inputs = Array.from({ length: INPUTS }, (_, index) => `input${index}`);
      await Promise.all(inputs.map((name) => sandbox.files.write(name, content)));
      // The parent of a command is its reaper, and the parent of that the supervisor.
      const { stdout } = await sandbox.commands.shell(
        'grep VmHWM /proc/$(cut -d " " -f 4 /proc/$PPID/stat)/status',
      );
      await sandbox.close();
      return peakAbove(stdout.text, 'of the supervisor');
    },
    inControl: async ({ open }) => {
      const { output } = await open.shell(
        `head -c ${INPUTS * INPUT_EACH * MIB} /dev/zero | tr '\\0' x | sh -c 'x=$(cat); grep VmHWM /proc/$$/status; :'`,
      );
      return peakAbove(output.toString('utf8'), 'of a receiver that keeps what comes');
    },
  },
  {
    kind: 'resources',
    name: 'fill the disk',
    meaning: 'the sandbox is put out by its node, and the caller is told so',
    inSandbox: async (grounds) => {
      const sandbox = await grounds.claim({ ephemeralStorage: `${DISK}Mi` });
      const script = `${ATTACK_IN_SANDBOX} fill-disk fill ${WANTED} && exec sleep 120`;
      const { outcome, exitCode, stdout } = await sandbox.commands.shell(script, { timeoutMs: 150_000 });
      await sandbox.close();
      if (outcome === 'evicted') return { worked: false, got: outcome };
      return observed(exitCode, stdout.text);
    },
    inControl: async (grounds) => {
      const pod = await grounds.cappedPod('disk', { 'ephemeral-storage': `${2 * DISK}Mi` });
      const { code, output } = await pod.run([ATTACK, 'fill-disk', '/tmp/fill', WANTED]);
      // The kubelet measures every ten seconds; by its second look it has seen this, too.
      const since = Date.now();
      await until('the kubelet to have looked twice', () => Date.now() - since > 25_000, {
        withinMs: 60_000,
        everyMs: 1000,
      });
      const { phase } = (await pod.read()).status ?? {};
      return {
        worked: code === 0 && phase === 'Running',
        got: `${output.toString('utf8').trim()}, ${phase}`,
      };
    },
  },
];
