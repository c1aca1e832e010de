import { throwingOwn } from '../causes/own-error';
import type { Commands, StartOptions } from '../commands';
import type { Files } from '../files';

/** Commands that throw nothing but errors of the runtime, and those of the caller's own streams and callbacks. */
export function commandsWithOwnErrors(commands: Commands, sandboxId: string): Commands {
  const where = `a command in sandbox ${sandboxId}`;
  return {
    run: (argv, options) => throwingOwn(where, sandboxId, () => commands.run(argv, options)),
    shell: (text, options) => throwingOwn(where, sandboxId, () => commands.shell(text, options)),
    start: ((argv: readonly string[], options?: StartOptions) =>
      throwingOwn(where, sandboxId, () => commands.start(argv, options))) as Commands['start'],
    attach: (id, options) => throwingOwn(where, sandboxId, () => commands.attach(id, options)),
    list: () => throwingOwn(`commands.list in sandbox ${sandboxId}`, sandboxId, () => commands.list()),
  };
}

/** The same for files. */
export function filesWithOwnErrors(files: Files, sandboxId: string): Files {
  const own = <Result>(what: string, work: () => Promise<Result>) =>
    throwingOwn(`files.${what} in sandbox ${sandboxId}`, sandboxId, work);
  return {
    read: (path, options) => own('read', () => files.read(path, options)),
    write: (path, content, options) => own('write', () => files.write(path, content, options)),
    list: (path, options) => own('list', () => files.list(path, options)),
    stat: (path, options) => own('stat', () => files.stat(path, options)),
    watch: (path, options) => own('watch', () => files.watch(path, options)),
    remove: (path, options) => own('remove', () => files.remove(path, options)),
    makeFolder: (path, options) => own('makeFolder', () => files.makeFolder(path, options)),
    upload: (local, remote, options) => own('upload', () => files.upload(local, remote, options)),
    download: (remote, local, options) => own('download', () => files.download(remote, local, options)),
  };
}
