import type { ConfigMap } from '../../imports/k8s';
import type { Stored } from '../resource';
import type { StoreChange } from '../store/shared-store';
import { type Store, Stores } from '../store/stores';
import { Channel } from '../watch/channel';
import type { Change } from '../watch/known-objects';
import { configMaps, type Follow } from './watch-law';

/**
 * Two readers of one store, told as a watch tells: what is there at the beginning, then each change. A reader that does
 * not hold what it is told breaks the law, and so does a second watch.
 */
export const followStore: Follow = (connection, { labelSelector, timing }) => {
  const stores = new Stores(connection, { ...(timing && { timing }) });
  const channel = new Channel<Change<ConfigMap>>(Number.POSITIVE_INFINITY);
  let isOver = false;
  const selection = labelSelector === undefined ? {} : { labelSelector };
  const opening = [0, 1].map(() => stores.open<ConfigMap>(configMaps, selection));
  const begin = async () => {
    const [first, second] = (await Promise.all(opening)) as [Store<ConfigMap>, Store<ConfigMap>];
    for (const object of first.all()) void channel.push({ type: 'added', object });
    void channel.push({ type: 'synced' });
    first.onChange((change) => {
      const wrong = isOver ? undefined : disagreement([first, second], change);
      if (wrong) channel.fail(new Error(wrong));
      else void channel.push(change);
    });
    if (stores.watches !== 1) channel.fail(new Error(`${stores.watches} watches for two readers`));
  };
  begin().catch((error) => (isOver ? undefined : channel.fail(error)));
  return {
    next: () => channel.next(),
    close: () => {
      isOver = true;
      channel.close();
      for (const one of opening) one.then((store) => store.close()).catch(() => undefined);
    },
  };
};

function disagreement(
  readers: readonly Store<ConfigMap>[],
  change: StoreChange<ConfigMap>,
): string | undefined {
  const { name, namespace = '' } = change.object.metadata;
  const expected = change.type === 'deleted' ? undefined : change.object;
  const held = (found: readonly Stored<ConfigMap>[]) => found.find(({ metadata }) => metadata.name === name);
  const isHeld = readers.every(
    (reader) =>
      reader.get(name, namespace) === expected &&
      held(reader.all()) === expected &&
      held(reader.inNamespace(namespace)) === expected,
  );
  return isHeld ? undefined : `told ${change.type} ${name}, which the store has not`;
}
