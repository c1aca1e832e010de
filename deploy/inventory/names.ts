import { createHash } from 'node:crypto';
import { type Resource, resource } from '../../kube';
import { DeployError } from '../errors';

/** A release, and how what is remembered of it is called in the cluster. */
export interface Release {
  readonly name: string;
  readonly namespace: string;
  /** The name of the parent Secret and of the Lease. */
  readonly parent: string;
  /** The value of the label that its objects carry: the id of the ApplySet that the parent is. */
  readonly id: string;
}

export const PART_OF = 'applyset.kubernetes.io/part-of';
export const APPLYSET_ID = 'applyset.kubernetes.io/id';
export const RELEASE_LABEL = 'drydock.dev/release';
export const secrets: Resource = resource('v1', 'Secret');

/** Room for the hash of a blob behind it, in the 63 characters of a label. */
const VALID_NAME = /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/;

export function releaseOf(name: string, namespace: string): Release {
  if (!VALID_NAME.test(name)) {
    throw new DeployError('RELEASE_NAME', {
      where: 'the name of the release',
      found: JSON.stringify(name),
      expected: 'at most 40 of a-z, 0-9 and dash, with a letter or digit at both ends',
      remedy: 'Choose another name.',
    });
  }
  const parent = `drydock.${name}`;
  // As KEP-3659 has it: name, namespace, kind and group of the parent; the group of a Secret is empty.
  const hash = createHash('sha256').update(`${parent}.${namespace}.Secret.`).digest('base64url');
  return { name, namespace, parent, id: `applyset-${hash}-v1` };
}
