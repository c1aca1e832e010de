import { runCommand } from '../../cluster/command';
import { storage } from '../../cluster/images/build';
import { build, shortHash, withContext, workloadImage } from '../../test/workloads/images';

/** A version of the backend: an image of the real program, with one line of it changed. */
export interface Version {
  readonly name: string;
  readonly image: string;
  readonly about: string;
  readonly isBroken?: boolean;
}

interface Change extends Omit<Version, 'image'> {
  /** What is different in its JavaScript: a script of sed for a file, and what has to be there afterwards. */
  readonly edits: readonly (readonly [file: string, script: string, mark: string])[];
}

/** Each says its name where it says that it is healthy, so that a user knows by whom she was answered. */
const saying = (name: string) =>
  [
    '/app/shared/server.js',
    `s/{ healthy: true }/{ healthy: true, version: "${name}" }/`,
    `version: "${name}"`,
  ] as const;

/** What a program does whose author has forgotten a migration: it is healthy and ready, and its lists are not to be had. */
const BUG = [
  '/app/todo-backend/todos.js',
  's/async list(query) {/& throw new Error("column colour does not exist");/',
  'column colour',
] as const;

const CHANGES: readonly Change[] = [
  { name: '1.1.0', about: 'a good one', edits: [saying('1.1.0')] },
  {
    name: '1.2.0',
    about: 'a broken one: healthy and ready, and each list of todos is answered with 500',
    isBroken: true,
    edits: [saying('1.2.0'), BUG],
  },
  { name: '1.2.1', about: 'the same, mended', edits: [saying('1.2.1')] },
];

/** The versions in the order in which they are delivered; the first is what `make workloads` builds. */
export async function versionsOfBackend(): Promise<readonly Version[]> {
  const first = await workloadImage('todo-backend');
  const all: Version[] = [{ name: '1.0.0', image: first, about: 'the first' }];
  for (const one of CHANGES) all.push(await changed(first, one));
  return all;
}

async function changed(from: string, { edits, ...version }: Change): Promise<Version> {
  const lines = edits.map(
    ([file, script, mark]) => `RUN sed -i '${script}' ${file} && grep -q '${mark}' ${file}`,
  );
  const dockerfile = ['ARG OF', 'FROM $' + '{OF}', 'USER 0', ...lines, 'USER 1000:1000', ''].join('\n');
  const repository = from.slice(0, from.lastIndexOf(':'));
  // Seven characters, as of a commit: one with ten is what `workloadImage` has made.
  const image = `${repository}:${version.name}-${shortHash(from, dockerfile).slice(0, 7)}`;
  await withContext(dockerfile, (context) => build({ tag: image, context, args: { OF: from } }));
  return { ...version, image };
}

/** Removes the images that only this trial has: each would keep the layers of its first version. */
export async function forget([_first, ...changed]: readonly Version[]): Promise<void> {
  const tags = changed.map(({ image }) => image);
  await runCommand('unshare', ['-m', 'buildah', ...storage(), 'rmi', ...tags]);
}
