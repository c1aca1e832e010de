import { type Connection, get, KubeError, type KubeObject, resource } from '../../kube';
import type { HelmRender, ValuesFrom } from '../api/render';
import { GitopsError } from '../errors';

interface WithData extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

const resources = {
  ConfigMap: resource<WithData>('v1', 'ConfigMap'),
  Secret: resource<WithData>('v1', 'Secret'),
};

/**
 * The files of values that an Application takes from the cluster, in their order.
 *
 * @param connection in the name of the account of the Application: what that may not read, it cannot render into an object
 */
export async function valuesOf(
  connection: Connection,
  namespace: string,
  { valuesFrom = [] }: HelmRender,
): Promise<readonly string[]> {
  const read = await Promise.all(valuesFrom.map((one) => readOne(connection, namespace, one)));
  return read.filter((text) => text !== undefined);
}

async function readOne(
  connection: Connection,
  namespace: string,
  { kind, name, key = 'values.yaml', optional = false }: ValuesFrom,
): Promise<string | undefined> {
  const where = `${kind} ${namespace}/${name}`;
  try {
    const { data = {} } = await get(connection, resources[kind], { namespace, name });
    const text = Object.hasOwn(data, key) ? data[key] : undefined;
    if (text !== undefined) return kind === 'Secret' ? Buffer.from(text, 'base64').toString('utf8') : text;
    if (optional) return undefined;
    throw missing(where, `no key ${JSON.stringify(key)}`);
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    if (error.code === 'NOT_FOUND' && optional) return undefined;
    if (error.code === 'NOT_FOUND') throw missing(where, 'no such object');
    if (error.code === 'FORBIDDEN') throw missing(where, 'no right to read it');
    throw error;
  }
}

function missing(where: string, found: string): GitopsError {
  return new GitopsError('VALUES_MISSING', {
    ...{ where, found },
    expected: 'what `spec.render.helm.valuesFrom` names, readable by the account of the Application',
    remedy: 'create it in the namespace of the Application, correct the name, or say `optional: true`',
  });
}
