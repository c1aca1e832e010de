import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type DownloadOptions, SandboxError } from '../../../sandbox';
import type { Attempt, Observed } from './attempt';
import type { Grounds } from './grounds';
import { naiveUntar } from './naive-reader';

const HUGE = 2 ** 40;
const NAIVE_BOUND = 64 << 20;

/** A file of this machine that is nobody's business. */
export function precious({ folder }: Grounds): string {
  const file = path.join(folder, 'precious');
  if (!existsSync(file)) writeFileSync(file, 'precious');
  return file;
}

/** Downloads a folder that a script has made, and says with what error that ended. */
export async function download(
  grounds: Grounds,
  name: string,
  script: string,
  options?: DownloadOptions,
): Promise<Observed> {
  const { commands, files } = grounds.sandbox;
  (await commands.shell(`mkdir ${name} && cd ${name} && ${script}`)).orThrow();
  const target = path.join(grounds.folder, `ours-${name}`);
  try {
    await files.download(name, target, options);
    return { worked: true, got: 'a folder' };
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    const left = existsSync(target) ? ', and something is left' : ', nothing is left';
    return { worked: existsSync(target), got: error.code + left };
  } finally {
    await files.remove(name, { recursive: true });
  }
}

/** The same folder through `tar` and a naive reader. Returns where it was unpacked. */
export async function naiveDownload(
  { open, folder }: Grounds,
  name: string,
  script: string,
): Promise<string> {
  const source = `/tmp/${name}`;
  const { output } = await open.shell(
    `mkdir ${source} && cd ${source} && { ${script}; } >/dev/null && tar cf - .`,
  );
  const target = path.join(folder, `naive-${name}`);
  naiveUntar(output, target);
  return target;
}

function depthOf(folder: string): number {
  const below = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return 1 + Math.max(0, ...below.map(({ name }) => depthOf(path.join(folder, name))));
}

// Forty names of one letter are what a tar header takes.
const DEEP = `mkdir -p ${'d/'.repeat(40)}`;
const MANY = 'for i in $(seq 1 500); do : >$i; done';

const named = (command: string) => `mkdir -p names && cd names && ${command}`;

export const FILE_ATTEMPTS: readonly Attempt[] = [
  {
    kind: 'client',
    name: 'a file with the name of an option',
    meaning: 'its content is read',
    inSandbox: async ({ sandbox: { commands, files } }) => {
      (await commands.shell(named('printf content >--help'))).orThrow();
      const content = (await files.read('names/--help')).toString('utf8');
      return { worked: content !== 'content', got: `the file: ${content}` };
    },
    inControl: async ({ open }) => {
      const { output } = await open.shell(`cd /tmp && ${named('printf content >--help && cat * 2>&1')}`);
      const text = output.toString('utf8');
      return { worked: !text.includes('content'), got: `the help of the reader: ${text.slice(0, 40)}` };
    },
  },
  {
    kind: 'client',
    name: 'a file with an end of line in its name',
    meaning: 'it is one file',
    inSandbox: async ({ sandbox: { commands, files } }) => {
      (await commands.shell("mkdir lines && printf content >'lines/one\ntwo'")).orThrow();
      const list = await files.list('lines');
      return { worked: list.length !== 1, got: JSON.stringify(list.map(({ name }) => name)) };
    },
    inControl: async ({ open }) => {
      const { output } = await open.shell(
        "mkdir /tmp/lines && printf content >'/tmp/lines/one\ntwo' && cd /tmp/lines && find . -type f",
      );
      const list = output.toString('utf8').trim().split('\n');
      return { worked: list.length !== 1, got: JSON.stringify(list) };
    },
  },
  {
    kind: 'client',
    name: 'a file with a command for a name',
    meaning: 'no shell reads a name',
    inSandbox: async ({ sandbox: { commands, files } }) => {
      (await commands.shell("mkdir orders && printf content >'orders/$(touch owned)'")).orThrow();
      const content = (await files.read('orders/$(touch owned)')).toString('utf8');
      const { ok } = await commands.run(['ls', 'owned', 'orders/owned']);
      return { worked: ok || content !== 'content', got: `the file: ${content}` };
    },
    inControl: async ({ open }) => {
      const name = '$(touch owned)';
      await open.shell(`mkdir /tmp/orders && cd /tmp/orders && printf content >'${name}'`);
      await open.shell(`cd /tmp/orders && cat "${name}"`);
      const { code } = await open.run(['ls', '/tmp/orders/owned']);
      return { worked: code === 0, got: 'the command ran' };
    },
  },
  {
    kind: 'client',
    name: 'a link to a file of the client',
    meaning: 'what is downloaded leads nowhere',
    inSandbox: (grounds) => download(grounds, 'linked', `ln -s ${precious(grounds)} report`),
    inControl: async (grounds) => {
      const folder = await naiveDownload(grounds, 'linked', `ln -s ${precious(grounds)} report`);
      const content = readFileSync(path.join(folder, 'report'), 'utf8');
      return { worked: content === 'precious', got: `reads ${content} of the client` };
    },
  },
  {
    kind: 'client',
    name: 'a file of a terabyte that takes no room',
    meaning: 'the limit of the client counts, before anything is read',
    inSandbox: (grounds) => download(grounds, 'sparse', `truncate -s ${HUGE} huge`),
    inControl: async ({ open }) => {
      const { output } = await open.shell(
        `truncate -s ${HUGE} /tmp/huge && cat /tmp/huge | head -c ${NAIVE_BOUND}`,
      );
      const worked = output.length >= NAIVE_BOUND;
      return { worked, got: `${output.length} bytes read when the test stopped it` };
    },
  },
  {
    kind: 'client',
    name: 'a pipe in the place of a file',
    meaning: 'it is not opened',
    inSandbox: (grounds) => download(grounds, 'piped', 'mkfifo report'),
    inControl: async ({ open }) => {
      const { code } = await open.shell('mkfifo /tmp/report && timeout 2 cat /tmp/report');
      return { worked: code !== 0, got: 'read for ever, until the test stopped it' };
    },
  },
  {
    kind: 'client',
    name: 'folders in folders, forty deep',
    meaning: 'the limit of the client counts',
    inSandbox: (grounds) => download(grounds, 'deep', DEEP, { limits: { maxDepth: 16 } }),
    inControl: async (grounds) => {
      const depth = depthOf(await naiveDownload(grounds, 'deep', DEEP));
      return { worked: depth > 16, got: `${depth - 1} levels made` };
    },
  },
  {
    kind: 'client',
    name: 'more files than are wanted',
    meaning: 'the limit of the client counts',
    inSandbox: (grounds) => download(grounds, 'many', MANY, { limits: { maxEntries: 100 } }),
    inControl: async (grounds) => {
      const { length } = readdirSync(await naiveDownload(grounds, 'many', MANY));
      return { worked: length > 100, got: `${length} files made` };
    },
  },
];
