import { PART_OF } from '../../deploy/inventory/names';
import {
  type Connection,
  Discovery,
  type KubeObject,
  metadataOnly,
  type Store,
  type Stored,
  Stores,
  withoutManagedFields,
} from '../../kube';

/** All objects of a kind that any release has, as far as they are followed. */
export type Followed = Pick<Store<KubeObject>, 'all' | 'onChange'>;
export type OpenKind = (apiVersion: string, kind: string) => Promise<Followed>;

/** A version of an object that a watch has told of, or its end. */
export interface SeenChange {
  readonly apiVersion: string;
  readonly kind: string;
  readonly at: { readonly namespace?: string; readonly name: string };
  readonly uid: string;
  readonly resourceVersion: string;
  readonly isGone: boolean;
  /** What somebody has applied is as it was. */
  readonly isStatusOnly: boolean;
}

export interface DriftListener {
  /** Something is no longer as it was, if only its status. */
  changed(key: string, change: SeenChange): void;
  /** Somebody has changed what was applied. */
  drifted(key: string): void;
}

/** The worst first: some cannot be watched, changes of the next moments may go unseen, none goes unseen that comes from now on. */
const FOLLOWING = ['refused', 'opening', 'watching'] as const;
export type Following = (typeof FOLLOWING)[number];

/** The controller of Deployments counts in it, as in a status. */
const COUNTED = 'deployment.kubernetes.io/revision';
/** Somebody who writes without end is put right so often in a minute; then it waits for the interval. */
const MOST_A_MINUTE = 12;

/**
 * Follows what Applications have applied, and calls at once when somebody has changed or deleted it. One watch for each kind
 * serves all Applications. Where a kind cannot be watched, for want of a right, the interval of an Application sees it.
 */
export class DriftWatch {
  readonly #open: OpenKind;
  readonly #told: DriftListener;
  /** By kind, how far it is followed. */
  readonly #kinds = new Map<string, Following>();
  /** By the id of a release, the key of its Application. */
  readonly #keys = new Map<string, string>();
  readonly #said = new Map<string, string>();
  readonly #woken = new Map<string, number[]>();

  constructor(open: OpenKind, told: DriftListener) {
    this.#open = open;
    this.#told = told;
  }

  /** From now on changes of these objects are told, as far as the answer says. */
  follow(key: string, releaseId: string, objects: readonly KubeObject[]): Following {
    this.#keys.set(releaseId, key);
    const kinds = new Map(objects.map((object) => [`${object.apiVersion} ${object.kind}`, object]));
    const all = [...kinds.keys()].map((name) => this.#kinds.get(name) ?? 'opening');
    for (const [name, { apiVersion, kind }] of kinds) {
      if (['watching', 'opening'].includes(this.#kinds.get(name) ?? '')) continue;
      this.#kinds.set(name, 'opening');
      // A kind that is not there yet, or may not be watched, is tried again when it is applied the next time.
      this.#begin(apiVersion, kind).then(
        () => this.#kinds.set(name, 'watching'),
        () => this.#kinds.set(name, 'refused'),
      );
    }
    return FOLLOWING.find((one) => all.includes(one)) ?? 'watching';
  }

  forget(releaseId: string): void {
    this.#woken.delete(this.#keys.get(releaseId) ?? '');
    this.#keys.delete(releaseId);
  }

  async #begin(apiVersion: string, kind: string): Promise<void> {
    const followed = await this.#open(apiVersion, kind);
    for (const object of followed.all()) this.#said.set(object.metadata.uid, saidOf(object));
    followed.onChange(({ type, object }) => {
      const { uid, resourceVersion, labels, namespace, name } = object.metadata;
      const said = saidOf(object);
      const isSame = this.#said.get(uid) === said;
      if (type === 'deleted') this.#said.delete(uid);
      else this.#said.set(uid, said);
      const key = this.#keys.get(labels?.[PART_OF] ?? '');
      if (key === undefined) return;
      this.#told.changed(key, {
        ...{ apiVersion, kind, at: namespace === undefined ? { name } : { namespace, name } },
        ...{ uid, resourceVersion, isGone: type === 'deleted' },
        isStatusOnly: type === 'modified' && isSame,
      });
      // What is new was made by us. A status that moves on is no drift.
      if (type === 'added' || (type === 'modified' && isSame)) return;
      if (this.#mayWake(key)) this.#told.drifted(key);
    });
  }

  #mayWake(key: string): boolean {
    const now = performance.now();
    const lately = (this.#woken.get(key) ?? []).filter((at) => now - at < 60_000);
    const may = lately.length < MOST_A_MINUTE;
    this.#woken.set(key, may ? [...lately, now] : lately);
    return may;
  }
}

/** All but the status; of kinds without a generation every change counts. */
function saidOf({ metadata }: Stored<KubeObject>): string {
  const { generation, resourceVersion, labels, annotations, deletionTimestamp } = metadata;
  const { [COUNTED]: _number, ...said } = annotations ?? {};
  return JSON.stringify([generation ?? resourceVersion, labels, said, deletionTimestamp]);
}

/** Metadata of what is in a cluster, by this connection. */
export function openBy(connection: Connection): OpenKind {
  const discovery = new Discovery(connection);
  const stores = new Stores(connection, { keep: withoutManagedFields });
  return async (apiVersion, kind) => {
    const of = await discovery.find(apiVersion, kind);
    const selection = { namespace: '*', labelSelector: PART_OF };
    return stores.open(metadataOnly(of), selection, connection.closing) as Promise<Followed>;
  };
}
