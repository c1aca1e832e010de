import { mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SandboxError, type UploadOptions } from '../../../sandbox';
import type { Attempt, Observed } from './attempt';
import { download, naiveDownload, precious } from './file-attempts';
import type { Grounds } from './grounds';
import { naiveRead } from './naive-reader';

/** Leads out of its folder, one step or through another link that stays inside. */
const CLIMB = 'ln -s ../precious report';
const DETOUR = 'mkdir -p p/q && ln -s ../.. p/q/up && ln -s p/q/up/../precious report';

/** A link in a download, and what a naive reader finds behind it. */
function leadingOut(name: string, script: string): Pick<Attempt, 'inSandbox' | 'inControl'> {
  return {
    inSandbox: (grounds) => download(grounds, name, script),
    inControl: async (grounds) => {
      precious(grounds);
      const folder = await naiveDownload(grounds, name, script);
      const content = readFileSync(path.join(folder, 'report'), 'utf8');
      return { worked: content === 'precious', got: `reads ${content} of the client` };
    },
  };
}

/** Two names that are one when they are read as text. */
const ODD = `printf one >"$(printf 'a\\377')" && printf two >"$(printf 'a\\376')"`;

function kept(folder: string): Observed {
  const names = readdirSync(folder, { encoding: 'buffer' });
  const contents = names.map((name) =>
    readFileSync(Buffer.concat([Buffer.from(`${folder}/`), name]), 'utf8'),
  );
  return { worked: contents.length !== 2, got: `${names.length} files: ${contents.sort().join(' and ')}` };
}

/** A tree of this machine whose folder `inner` somebody replaces by a link to what is precious. */
function treeToSteal(grounds: Grounds, name: string): { readonly tree: string; readonly steal: () => void } {
  const beside = path.join(grounds.folder, name);
  const tree = path.join(beside, 'tree');
  for (const [folder, content] of [
    ['tree/inner', 'ours'],
    ['secrets', 'precious'],
  ] as const) {
    mkdirSync(path.join(beside, folder), { recursive: true });
    writeFileSync(path.join(beside, folder, 'file'), content);
  }
  let isDone = false;
  const steal = () => {
    if (isDone) return;
    isDone = true;
    renameSync(path.join(tree, 'inner'), path.join(beside, 'moved'));
    symlinkSync('../secrets', path.join(tree, 'inner'));
  };
  return { tree, steal };
}

/** What of a folder of this machine arrives in the sandbox. */
async function upload(
  { sandbox }: Grounds,
  tree: string,
  to: string,
  options?: UploadOptions,
): Promise<Observed> {
  const code = await sandbox.files.upload(tree, to, options).then(
    () => 'carried',
    (error: unknown) => {
      if (error instanceof SandboxError) return error.code;
      throw error;
    },
  );
  const { stdout } = await sandbox.commands.shell(`cat ${to}/*/* ${to}/* 2>/dev/null`);
  return {
    worked: stdout.text.includes('precious') || code === 'carried',
    got: `${code}, ${stdout.length} bytes arrived`,
  };
}

/** What a naive reader would have sent. */
function sent(tree: string, looked: () => void): Observed {
  const text = naiveRead(tree, looked).toString('utf8');
  return { worked: text.includes('precious'), got: `sends ${text} of the client` };
}

const MIB = 1 << 20;
const GROWING = 'while :; do echo line >>grow/log; done';

export const FOLDER_ATTEMPTS: readonly Attempt[] = [
  {
    kind: 'client',
    name: 'a relative link that climbs out of its folder',
    meaning: 'a link that leads out is refused by its name',
    ...leadingOut('climbing', CLIMB),
  },
  {
    kind: 'client',
    name: 'a link that leads out through one that stays inside',
    meaning: 'no link goes up after it went down',
    ...leadingOut('detour', DETOUR),
  },
  {
    kind: 'client',
    name: 'two names that differ in bytes that are no text',
    meaning: 'each file arrives under its own name',
    inSandbox: async (grounds) => {
      const target = path.join(grounds.folder, 'ours-odd');
      (await grounds.sandbox.commands.shell(`mkdir odd && cd odd && ${ODD}`)).orThrow();
      await grounds.sandbox.files.download('odd', target);
      return kept(target);
    },
    inControl: async (grounds) => kept(await naiveDownload(grounds, 'odd', ODD)),
  },
  {
    kind: 'client',
    name: 'a file that grows while it is downloaded',
    meaning: 'what changes is no success, and is named',
    inSandbox: async ({ sandbox: { commands, files }, folder }) => {
      (await commands.shell(`mkdir grow && head -c ${16 * MIB} /dev/zero >grow/log`)).orThrow();
      const growing = await commands.start(['sh', '-c', `echo begun; ${GROWING}`]);
      await growing.events.next();
      const got = await files.download('grow', path.join(folder, 'ours-grow')).then(
        () => 'a folder',
        (error: SandboxError) => `${error.code}: ${error.found.replace(/.*grow/, 'grow')}`,
      );
      growing.kill();
      await growing.events.return();
      await files.remove('grow', { recursive: true });
      return { worked: got === 'a folder', got };
    },
    inControl: async ({ open }) => {
      const make = `mkdir /tmp/grow && cd /tmp && head -c ${16 * MIB} /dev/zero >grow/log`;
      const pack = `{ ${GROWING} & }; tar cf /tmp/grow.tar grow 2>&1; code=$?; kill $!; rm -r grow*; exit $code`;
      const { code, output } = await open.shell(`${make} && ${pack}`);
      return {
        worked: code === 0,
        got: `an archive without a word ${output.toString('utf8').trim()}`.trim(),
      };
    },
  },
  {
    kind: 'client',
    name: 'a link to a file of the client in what is uploaded',
    meaning: 'an upload reads in its own folder only',
    inSandbox: (grounds) => {
      const { tree } = treeToSteal(grounds, 'link-up');
      symlinkSync('../../secrets/file', path.join(tree, 'inner/report'));
      return upload(grounds, tree, 'link-up');
    },
    inControl: async (grounds) => {
      const { tree } = treeToSteal(grounds, 'naive-link-up');
      symlinkSync('../../secrets/file', path.join(tree, 'inner/report'));
      return sent(tree, () => {});
    },
  },
  {
    kind: 'client',
    name: 'a folder that becomes a link while it is uploaded',
    meaning: 'what was looked at is what is read',
    inSandbox: (grounds) => {
      const { tree, steal } = treeToSteal(grounds, 'steal');
      return upload(grounds, tree, 'steal', { onProgress: steal });
    },
    inControl: async (grounds) => {
      const { tree, steal } = treeToSteal(grounds, 'naive-steal');
      return sent(tree, steal);
    },
  },
];
