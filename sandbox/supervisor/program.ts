import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { SandboxError } from '../errors';

/** What `uname -m` says, and the program for it. */
const FILES: Readonly<Record<string, string>> = {
  x86_64: 'supervisor-amd64',
  amd64: 'supervisor-amd64',
  aarch64: 'supervisor-arm64',
  arm64: 'supervisor-arm64',
};

const FOLDER = path.join(__dirname, 'bin');
const read = new Map<string, Promise<Buffer>>();

/** The supervisor for a machine; it is read once. */
export function supervisorProgram(machine: string): Promise<Buffer> {
  const file = Object.hasOwn(FILES, machine) ? FILES[machine] : undefined;
  if (!file) return Promise.reject(unavailable(`a machine of type ${JSON.stringify(machine)}`));
  const known = read.get(file) ?? readFile(path.join(FOLDER, file));
  read.set(file, known);
  return known.catch((error) => {
    read.delete(file);
    throw unavailable(`no ${file} in ${FOLDER}`, error);
  });
}

function unavailable(found: string, cause?: unknown): SandboxError {
  const facts = {
    where: 'the supervisor',
    found,
    expected: 'a program for the machine: amd64 or arm64',
    remedy: 'run `npm run build` in a checkout, or run without a supervisor',
  };
  return new SandboxError('SupervisorUnavailable', facts, { cause });
}
