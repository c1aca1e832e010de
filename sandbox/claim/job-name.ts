import type { Job } from '../../imports/k8s';
import { invalid } from '../arguments';

/** A name that a Job can have, and that a label of its pods can say. */
const NAME = /^[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?$/;

/** The name of a planned Job. Its pods are selected by it before a server has looked at it. */
export function jobNameOf(where: string, { metadata }: Job): string {
  const name = metadata?.name ?? '';
  if (name !== '' && !NAME.test(name))
    throw invalid({ where }, 'name', name, 'at most 63 lower case letters, digits, - and .');
  return name;
}
