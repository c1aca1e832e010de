import { type Connection, get, KubeError, type KubeObject, resource, type Stored } from '../../kube';
import type { Application } from '../api/application';
import { GitopsError } from '../errors';
import { Credentials, credentialsIn } from '../source/credentials';

interface Secret extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}
const secrets = resource<Secret>('v1', 'Secret');

interface Read {
  readonly at: number;
  readonly credentials: Promise<Credentials>;
}

/**
 * What repositories are asked with: Secrets beside the Applications, and of no other namespace. One that many Applications
 * name is read once for all of them.
 */
export class SourceSecrets {
  readonly #read = new Map<string, Read>();

  of(
    connection: Connection,
    { metadata: { namespace = 'default' }, spec }: Stored<Application>,
    maxAgeMs: number,
  ): Promise<Credentials> {
    const name = spec.source.secret;
    if (name === undefined) return Promise.resolve(new Credentials());
    const where = `Secret ${namespace}/${name}`;
    const known = this.#read.get(where);
    const now = performance.now();
    if (known && now - known.at <= maxAgeMs) return known.credentials;
    const read = { at: now, credentials: readSecret(connection, where, { namespace, name }) };
    this.#read.set(where, read);
    // What cannot be read is kept for none, so that Secrets that are gone leave nothing behind.
    read.credentials.catch(() => {
      if (this.#read.get(where) === read) this.#read.delete(where);
    });
    return read.credentials;
  }
}

async function readSecret(
  connection: Connection,
  where: string,
  at: { readonly namespace: string; readonly name: string },
): Promise<Credentials> {
  try {
    const { data } = await get(connection, secrets, at);
    return credentialsIn(where, data);
  } catch (error) {
    if (!(error instanceof KubeError && error.code === 'NOT_FOUND')) throw error;
    throw new GitopsError('SECRET_MISSING', {
      where,
      found: 'no such Secret',
      expected: 'the Secret that `spec.source.secret` names',
      remedy: 'create it in the namespace of the Application, or correct the name',
    });
  }
}
