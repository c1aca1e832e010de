import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Exec, exec } from '../../../kube';
import { SandboxError } from '../../../sandbox';
import { type Commands, SupervisedCommands } from '../../../sandbox/commands';
import { type Files, SupervisedFiles } from '../../../sandbox/files';
import { bootCommand, openSupervisor, type Supervisor } from '../../../sandbox/supervisor';
import { encodeFrame, FrameParser, fromPod, toPod } from '../../../sandbox/supervisor/frames';
import type { Attempt, Observed } from './attempt';
import { ATTACK_IN_SANDBOX, type Grounds } from './grounds';
import { naiveUntar } from './naive-reader';
import { ATTACK, allOf } from './open-pod';

/** What a client may hold of a frame that does not end. */
const HELD_BOUND = 1 << 20;

interface Liar {
  readonly commands: Commands;
  readonly files: Files;
  readonly supervisor: Supervisor;
  /** Why the client would have deleted the sandbox. */
  readonly given: string[];
}

/** The attack program in the place of the supervisor, in the sandbox of the neighbourly attempts. */
async function withLiar(grounds: Grounds, body: (liar: Liar) => Promise<Observed>): Promise<Observed> {
  const { podName: pod, namespace, id } = grounds.sandbox;
  const given: string[] = [];
  const stream = await exec(grounds.connection, { namespace, pod, command: bootCommand(), stdin: true });
  const host = {
    id,
    fate: async () => undefined,
    destroy: async (reason: string) => {
      given.push(reason);
    },
  };
  const supervisor = await openSupervisor(stream, { host, program: async () => grounds.program });
  try {
    const [commands, files] = [new SupervisedCommands(supervisor), new SupervisedFiles(supervisor)];
    return await body({ commands, files, supervisor, given });
  } finally {
    stream.close();
  }
}

/** A command under a lying supervisor: how it ended, and whether the sandbox would be deleted. */
function command(how: string): Attempt['inSandbox'] {
  return (grounds) =>
    withLiar(grounds, async ({ commands, supervisor, given }) => {
      const { ok, outcome, stdout } = await commands.run([how], { timeoutMs: 60_000 });
      const { why } = await supervisor.ended;
      const isGivenUp = given.length === 1 && stdout.length <= HELD_BOUND;
      return { worked: ok || !isGivenUp, got: `${outcome}; ${why}, the sandbox is deleted` };
    });
}

/** The same in the open pod, for a reader that is not on its guard. */
async function askLiar({ open }: Grounds, how: string): Promise<Exec> {
  const asked = await open.open([ATTACK, 'serve'], true);
  const request = JSON.stringify({ op: 'run', with: { argv: [how] } });
  asked.stdin!.write(encodeFrame(toPod.open, 1, request));
  return asked;
}

/** Takes the first end that comes for the end of its command. */
async function trustingReader(grounds: Grounds): Promise<Observed> {
  const asked = await askLiar(grounds, 'of-another');
  const parser = new FrameParser();
  const code = await new Promise<unknown>((resolve) => {
    asked.stdout!.on('data', (chunk: Buffer) =>
      parser.push(chunk, ({ type, payload }) => {
        if (type === fromPod.exit) resolve(JSON.parse(payload.toString('utf8')).code);
      }),
    );
    asked.stdout!.once('close', resolve);
  });
  asked.close();
  return { worked: code === 0, got: 'a success of a command that never ran' };
}

/** Waits for as many bytes as it is promised. */
async function patientReader(grounds: Grounds): Promise<Observed> {
  const asked = await askLiar(grounds, 'endless');
  asked.stdin!.end();
  const { length } = await allOf(asked.stdout!);
  return { worked: length > HELD_BOUND, got: `${length} bytes held of a frame that never ends` };
}

/** Downloads what the liar calls a folder, beside a file that it is after. */
function folder(how: string): Attempt['inSandbox'] {
  return (grounds) =>
    withLiar(grounds, async ({ files }) => {
      const place = placeFor(grounds, `ours-${how}`);
      const code = await files.download(how, path.join(place, 'here')).then(
        () => 'a folder',
        (error: unknown) => {
          if (error instanceof SandboxError) return error.code;
          throw error;
        },
      );
      return damage(place, code);
    });
}

/** The same entries as an archive, from a pod whose `tar` is the tenant's. */
function archive(how: string): Attempt['inControl'] {
  return async (grounds) => {
    const place = placeFor(grounds, `naive-${how}`);
    const { output } = await grounds.open.run([ATTACK, 'hostile-tar', how]);
    naiveUntar(output, path.join(place, 'here'));
    return damage(place, 'unpacked');
  };
}

function placeFor(grounds: Grounds, name: string): string {
  const place = path.join(grounds.folder, name);
  mkdirSync(path.join(place, 'outside'), { recursive: true });
  writeFileSync(path.join(place, 'outside/precious'), 'precious');
  return place;
}

function damage(place: string, how: string): Observed {
  const content = readFileSync(path.join(place, 'outside/precious'), 'utf8');
  const isWhole = content === 'precious' && readdirSync(path.join(place, 'outside')).length === 1;
  const left = existsSync(path.join(place, 'here')) ? '' : ', nothing is left';
  return { worked: !isWhole, got: `${how}; the file beside it says "${content}"${isWhole ? left : ''}` };
}

export const LIE_ATTEMPTS: readonly Attempt[] = [
  {
    kind: 'client',
    name: 'a supervisor that ends what it was not asked for',
    meaning: 'a lie is no success, and the sandbox goes',
    inSandbox: command('of-another'),
    inControl: trustingReader,
  },
  {
    kind: 'client',
    name: 'a supervisor that sends a frame without end',
    meaning: 'nothing of it is kept, and the sandbox goes',
    inSandbox: command('endless'),
    inControl: patientReader,
  },
  {
    kind: 'client',
    name: 'a path with .. in a folder or an archive',
    meaning: 'nothing is written beside the folder',
    inSandbox: folder('climb'),
    inControl: archive('climb'),
  },
  {
    kind: 'client',
    name: 'a link, and a file through it',
    meaning: 'nothing is written through it',
    inSandbox: folder('link'),
    inControl: archive('link'),
  },
  {
    kind: 'client',
    name: 'a link that lies in a link, and a file through it',
    meaning: 'links are made last, and in folders only',
    inSandbox: folder('link-through-link'),
    inControl: archive('link-through-link'),
  },
  {
    kind: 'client',
    name: 'kill the supervisor',
    meaning: 'an end that nobody explains is no success, and the sandbox goes',
    inSandbox: async (grounds) => {
      const sandbox = await grounds.claim();
      const killed = await sandbox.commands.run([ATTACK_IN_SANDBOX, 'kill-supervisor', '2']);
      const end = await sandbox.ended;
      await sandbox.close();
      return { worked: killed.ok || end === undefined, got: `${killed.outcome}; the sandbox: ${end?.code}` };
    },
    inControl: async ({ open }) => {
      // The reader takes the end of the output for the end of the work.
      const { code, output } = await open.shell('echo done; kill -9 $$');
      return {
        worked: output.toString('utf8') === 'done\n' && code !== 0,
        got: 'killed, and "done" was read',
      };
    },
  },
];
