import { printable } from '../../../errors';
import type { Attempt, Observed } from './attempt';
import { ATTACK_IN_SANDBOX, type Grounds } from './grounds';
import { longestLine } from './naive-reader';
import { ATTACK } from './open-pod';

const FLOOD = 64 << 20;
const BOUND = 1 << 20;

/** Floods a client that wants to keep a megabyte. */
function flood(kind: 'zeros' | 'lines', name: string): Attempt {
  return {
    kind: 'client',
    name,
    meaning: 'the client keeps what it wanted to keep, and says that there was more',
    inSandbox: async ({ sandbox }) => {
      const { stdout, truncated, outcome } = await sandbox.commands.run(
        [ATTACK_IN_SANDBOX, 'flood', `${FLOOD}`, kind],
        { maxOutputBytes: BOUND, timeoutMs: 60_000 },
      );
      const kept = `${stdout.length} bytes kept of ${FLOOD}${truncated ? ', said to be cut' : ''}`;
      return { worked: stdout.length > BOUND || !truncated || outcome !== 'exited', got: kept };
    },
    inControl: async ({ open }) => {
      const { output } = await open.run([ATTACK, 'flood', `${FLOOD}`, kind]);
      return { worked: output.length > BOUND, got: `${output.length} bytes kept` };
    },
  };
}

/** Eight megabytes without an end of line. */
const LONG_LINE = 'head -c 8388608 /dev/zero | tr "\\0" x';

/** Another title, an empty screen, and a word in its place. */
const ESCAPES = '\\033]0;owned\\007\\033[2J\\033[1;1Hall tests passed\\r';

function escapes(text: string): Observed {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what must not come through
  const worked = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.test(text);
  return { worked, got: JSON.stringify(text.slice(0, 80)) };
}

async function errorText(run: Promise<unknown>): Promise<string> {
  return run.then(
    () => '',
    (error: Error) => error.message,
  );
}

export const OUTPUT_ATTEMPTS: readonly Attempt[] = [
  flood('zeros', 'print without end, and without an end of line'),
  flood('lines', 'print lines without end'),
  {
    kind: 'client',
    name: 'a line of eight megabytes in a log',
    meaning: 'the log comes in pieces, whatever a line is',
    inSandbox: async ({ sandboxes, installation }) => {
      const values = installation.run();
      const job = await sandboxes.job({ values, command: ['sh', '-c', LONG_LINE], ttl: 300 });
      let [longest, all] = [0, 0];
      for await (const piece of job.log) {
        longest = Math.max(longest, (piece as Buffer).length);
        all += (piece as Buffer).length;
      }
      await job.close();
      return { worked: longest > BOUND, got: `${all} bytes, none of its pieces above ${BOUND}` };
    },
    inControl: async ({ open }) => {
      const longest = longestLine((await open.shell(LONG_LINE)).output);
      return { worked: longest > BOUND, got: `a line of ${longest} bytes` };
    },
  },
  {
    kind: 'client',
    name: 'escape sequences for the terminal',
    meaning: 'what the command line and errors show holds none that a terminal would obey',
    inSandbox: async ({ sandbox }) => {
      const ended = await sandbox.commands.run(['sh', '-c', `printf '${ESCAPES}' | tee /dev/stderr; exit 1`]);
      const shown = await errorText(Promise.resolve().then(() => ended.orThrow()));
      return escapes(printable(ended.stdout.text) + shown);
    },
    inControl: async ({ open }) => {
      return escapes((await open.shell(`printf '${ESCAPES}'`)).output.toString('utf8'));
    },
  },
  {
    kind: 'client',
    name: 'write into the stream of the supervisor',
    meaning: 'nobody speaks in its name; the parent of the control is a shell',
    inSandbox: async ({ sandbox }) => {
      const { exitCode, stdout } = await sandbox.commands.run([ATTACK_IN_SANDBOX, 'speak-for-parents', '2']);
      return { worked: exitCode !== 1, got: stdout.text.trim() };
    },
    inControl: async ({ open }) => {
      const { output } = await open.shell(`${ATTACK} speak-for-parents 1; :`);
      const text = output.toString('utf8');
      return { worked: text.startsWith('forged\n'), got: text.trim() };
    },
  },
];

/** What runs in a pod of these words. */
async function living(list: (argv: readonly string[]) => Promise<string>, words: string): Promise<boolean> {
  const lines = (await list(['ps', '-o', 'args'])).split('\n');
  return lines.some((line) => line.trim() === words);
}

function inSandbox({ sandbox }: Grounds, words: string): Promise<boolean> {
  return living(async (argv) => (await sandbox.commands.run(argv)).stdout.text, words);
}

function inOpenPod({ open }: Grounds, words: string): Promise<boolean> {
  return living(async (argv) => (await open.run(argv)).output.toString('utf8'), words);
}

const outlives = (isAlive: boolean, how: string): Observed => ({
  worked: isAlive,
  got: `${how}; ${isAlive ? 'it runs on' : 'nothing of it runs'}`,
});

const STUBBORN = 'sleep 47115';
const STUBBORN_SCRIPT = `trap '' TERM INT HUP QUIT; (${STUBBORN}); (${STUBBORN}); ${STUBBORN}`;
const DAEMON = 'sleep 47116';
const DAEMON_SCRIPT = `setsid sh -c '${DAEMON} & exit' </dev/null >/dev/null 2>&1; echo started`;

export const SURVIVAL_ATTEMPTS: readonly Attempt[] = [
  {
    kind: 'client',
    name: 'children that take no signal',
    meaning: 'after a timeout nothing of them runs',
    inSandbox: async (grounds) => {
      const { outcome } = await grounds.sandbox.commands.shell(STUBBORN_SCRIPT, { timeoutMs: 500 });
      return outlives(await inSandbox(grounds, STUBBORN), outcome);
    },
    inControl: async (grounds) => {
      const run = await grounds.open.open(['sh', '-c', `echo up; ${STUBBORN_SCRIPT}`]);
      await new Promise((resolve) => run.stdout!.once('data', resolve));
      run.close();
      await run.ended;
      return outlives(await inOpenPod(grounds, STUBBORN), 'closed');
    },
  },
  {
    kind: 'client',
    name: 'a child that becomes a daemon',
    meaning: 'a command takes with it whatever it started',
    inSandbox: async (grounds) => {
      const { outcome } = await grounds.sandbox.commands.shell(DAEMON_SCRIPT, { timeoutMs: 30_000 });
      return outlives(await inSandbox(grounds, DAEMON), outcome);
    },
    inControl: async (grounds) => {
      await grounds.open.shell(DAEMON_SCRIPT);
      return outlives(await inOpenPod(grounds, DAEMON), 'exited');
    },
  },
];
