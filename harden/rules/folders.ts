import type { WritableFolder } from '../../constructs';
import { WRITABLE_SIZE } from '../../constructs/workload/storage';
import { isNode, type Tree } from '../../core/template';
import type { ContainerPlace, PodEdit } from '../pod-edit';
import type { Settings } from '../settings';
import { mapsIn } from '../trees';

/** A root filesystem that cannot be written, and folders of the pod's own for what has to be. */
export function folders(edit: PodEdit, container: ContainerPlace, settings: Settings): void {
  const { at, name } = container;
  const field = [...at, 'securityContext', 'readOnlyRootFilesystem'];
  const given = edit.get(...field);
  if (isNode(given)) return;
  if (given === false && !settings.isWritableNamed) {
    edit.find(
      'read-only-root',
      field,
      'It says that it writes to its root filesystem, so that is left: whoever breaks in can replace its programs.',
      'Answer `writable` for it with the folders that it writes to.',
      name,
    );
    return;
  }
  const isNew = given !== true;
  if (isNew && !edit.set('read-only-root', field, true, name)) return;
  if (isNew || settings.isWritableNamed)
    for (const folder of settings.writable) addFolder(edit, container, folder);
  if (!isNew || !settings.isWritableGuess) return;
  edit.find(
    'writable',
    field,
    'Where it writes is not known; it can write to /tmp, and fails where it writes elsewhere.',
    'Answer `writable` for it with the folders that it writes to, or with an empty list.',
    name,
  );
}

function addFolder(edit: PodEdit, { at, name, part }: ContainerPlace, folder: WritableFolder): void {
  const path = trimmed(folder.path);
  if (mapsIn(part.volumeMounts).some(({ part: mount }) => trimmed(String(mount.mountPath)) === path)) return;
  const volume = freeName(edit, `${name}${path}`);
  const source = { sizeLimit: folder.size ?? WRITABLE_SIZE, ...(folder.inMemory && { medium: 'Memory' }) };
  const isAdded = edit.add('writable', ['volumes'], { name: volume, emptyDir: source as Tree }, name);
  if (isAdded) edit.add('writable', [...at, 'volumeMounts'], { name: volume, mountPath: path }, name);
}

function trimmed(path: string): string {
  return path.replace(/(.)\/+$/, '$1');
}

/** A name from the container and the folder that no volume of the pod has. */
function freeName(edit: PodEdit, wanted: string): string {
  const taken = mapsIn(edit.get('volumes')).map(({ part }) => part.name);
  const plain = wanted.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  for (let number = 1; ; number += 1) {
    const suffix = number === 1 ? '' : `-${number}`;
    const name = `${plain.slice(0, 63 - suffix.length).replace(/^-|-$/g, '')}${suffix}`;
    if (!taken.includes(name)) return name;
  }
}
