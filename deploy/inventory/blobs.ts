import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { ApiError, metadataOnly, parseJson, stringifyJson } from '../../kube';
import type { ClusterApi, Live } from '../cluster/cluster-api';
import { DeployError } from '../errors';
import { RELEASE_LABEL, type Release, secrets } from './names';

/** A Secret holds 1 MiB, its keys included. */
const PIECE_BYTES = 900_000;
const KEY = 'piece';

/** Content of any size, kept in Secrets that are named for the hash of what is in them and never change. */
export class Blobs {
  readonly #api: ClusterApi;
  readonly #release: Release;

  constructor(api: ClusterApi, release: Release) {
    this.#api = api;
    this.#release = release;
  }

  /** The names under which it can be read again. Content that is there already is not written again. */
  async write(content: unknown, known: ReadonlySet<string>): Promise<string[]> {
    const packed = gzipSync(stringifyJson(content));
    const pieces: Buffer[] = [];
    for (let at = 0; at < packed.length; at += PIECE_BYTES) {
      pieces.push(packed.subarray(at, at + PIECE_BYTES));
    }
    const names = pieces.map((piece) => this.#nameOf(piece));
    await Promise.all(
      pieces.map((piece, index) =>
        known.has(names[index]!) ? undefined : this.#create(names[index]!, piece),
      ),
    );
    return names;
  }

  async read(names: readonly string[]): Promise<unknown> {
    const pieces = await Promise.all(names.map((name) => this.#piece(name)));
    return parseJson(gunzipSync(Buffer.concat(pieces)).toString('utf8'));
  }

  /** Removes the blobs that no parent names: what a crash or an old revision left. */
  async sweep(named: ReadonlySet<string>): Promise<void> {
    const { name, namespace, parent } = this.#release;
    const found = await this.#api.list(metadataOnly(secrets), namespace, `${RELEASE_LABEL}=${name}`);
    const left = found.filter(
      ({ metadata }) => metadata.name.startsWith(`${parent}.`) && !named.has(metadata.name),
    );
    await Promise.all(
      left.map(({ metadata }) => this.#api.remove(secrets, { namespace, name: metadata.name }, metadata)),
    );
  }

  #nameOf(piece: Buffer): string {
    const hash = createHash('sha256').update(piece).digest('hex').slice(0, 20);
    return `${this.#release.parent}.${hash}`;
  }

  async #create(name: string, piece: Buffer): Promise<void> {
    const { name: release, namespace } = this.#release;
    const blob = {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'drydock.dev/release',
      immutable: true,
      metadata: { name, namespace, labels: { [RELEASE_LABEL]: release } },
      data: { [KEY]: piece.toString('base64') },
    };
    try {
      await this.#api.create(secrets, blob);
    } catch (error) {
      // A blob of the same name has the same content, and cannot be changed.
      if (!(error instanceof ApiError && error.code === 'ALREADY_EXISTS')) throw error;
    }
  }

  async #piece(name: string): Promise<Buffer> {
    const { namespace } = this.#release;
    const blob: (Live & { readonly data?: Readonly<Record<string, string>> }) | undefined =
      await this.#api.get(secrets, { namespace, name });
    const piece = Buffer.from(blob?.data?.[KEY] ?? '', 'base64');
    if (blob && this.#nameOf(piece) === name) return piece;
    throw damaged(
      this.#release,
      `Secret ${name} ${blob ? 'with other content than it is named for' : 'that is gone'}`,
    );
  }
}

export function damaged({ name, namespace, parent }: Release, found: string): DeployError {
  return new DeployError('RELEASE_DAMAGED', {
    where: `release ${name} in namespace ${namespace}`,
    found,
    expected: `the Secrets named ${parent} as drydock has written them`,
    remedy: `Restore them from a backup. Else delete Secret ${parent} and apply again: objects with the label of the release are found by their names, but what an earlier set alone had is no longer pruned.`,
  });
}
