import { type Connection, get, KubeError, type KubeObject, resource, type Stored } from '../../kube';
import type { Cluster } from '../api/cluster';
import { GitopsError } from '../errors';

interface Secret extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}
const secrets = resource<Secret>('v1', 'Secret');

/** The kubeconfig of a Cluster, from a Secret beside it, and which version of that Secret it is. */
export async function kubeconfigOf(
  home: Connection,
  { metadata: { namespace = 'default' }, spec }: Stored<Cluster>,
): Promise<{ readonly text: string; readonly version: string }> {
  const { secret: name = '', key = 'kubeconfig' } = spec.kubeconfig ?? {};
  const where = `Secret ${namespace}/${name}`;
  const { metadata, data } = await found(home, { namespace, name }, where);
  const value = data?.[key];
  if (value === undefined) {
    throw new GitopsError('SECRET_INVALID', {
      where,
      found: `no entry \`${key}\``,
      expected: 'a kubeconfig there',
      remedy: `create it with \`kubectl create secret generic ${name} --from-file=${key}=FILE\`, or correct \`spec.kubeconfig.key\``,
    });
  }
  const version = `${metadata.uid}/${metadata.resourceVersion} ${key}`;
  return { text: Buffer.from(value, 'base64').toString('utf8'), version };
}

async function found(
  home: Connection,
  at: { readonly namespace: string; readonly name: string },
  where: string,
): Promise<Stored<Secret>> {
  try {
    return await get(home, secrets, at);
  } catch (error) {
    if (home.closing.aborted || !(error instanceof KubeError)) throw error;
    if (error.code !== 'NOT_FOUND') throw unreadable(where, error);
    throw new GitopsError('SECRET_MISSING', {
      where,
      found: 'no such Secret',
      expected: 'the Secret that `spec.kubeconfig.secret` names',
      remedy: 'create it in the namespace of the Cluster, or correct the name',
    });
  }
}

/** The cluster of the controller is the one that does not answer, or does not let it read. */
function unreadable(where: string, error: KubeError): GitopsError {
  const { found, remedy } = error;
  const facts = {
    where,
    found: found.slice(0, 512),
    expected: 'a Secret that the controller can read',
    remedy,
  };
  return new GitopsError('SECRET_UNREADABLE', facts, { cause: error });
}
