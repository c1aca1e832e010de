import fs from 'node:fs';
import path from 'node:path';
import { DrydockError } from '../template';

/**
 * Writes files below a folder. Each is written beside its place and renamed, so that nobody reads half a file; one
 * that did not change is left alone and keeps its time.
 */
export function writeFiles(folder: string, files: ReadonlyMap<string, string | Buffer>): void {
  try {
    for (const [name, content] of files) writeFile(path.join(folder, name), content);
  } catch (cause) {
    throw notWritable(folder, cause as NodeJS.ErrnoException);
  }
}

function writeFile(file: string, content: string | Buffer): void {
  const bytes = Buffer.from(content as string);
  if (fs.existsSync(file) && fs.readFileSync(file).equals(bytes)) return;
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    fs.writeFileSync(temporary, bytes);
    fs.renameSync(temporary, file);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
}

function notWritable(folder: string, cause: NodeJS.ErrnoException): DrydockError {
  return new DrydockError('CANNOT_WRITE', {
    where: folder,
    found: cause.code ?? cause.message,
    expected: 'a folder that can be written',
    remedy:
      cause.code === 'ENOSPC' ? 'The disk is full; make room.' : 'Check the folder and its permissions.',
  });
}
