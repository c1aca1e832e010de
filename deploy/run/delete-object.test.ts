import type { ClusterApi, Live } from '../cluster/cluster-api';
import { Observer } from '../health/observer';
import { refusal } from '../testing-only/model-api';
import { deleteUnless } from './delete-object';

const ref = { group: '', kind: 'ConfigMap', namespace: 'here', name: 'a' };
const resource = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };
const live = (uid: string, more: object = {}) =>
  ({ ...resource, metadata: { name: 'a', uid, resourceVersion: `${uid}1`, ...more } }) as unknown as Live;
const how = { timeoutMs: 0, foreground: false, signal: undefined };
const never = () => undefined;

/** A server that shows these one after the other, the last for ever, and answers a deletion so. */
function serverOf(
  shown: readonly (Live | undefined)[],
  remove: () => Promise<'gone' | undefined> = async () => 'gone',
) {
  const asked: object[] = [];
  let looks = 0;
  const api = {
    get: async () => shown[Math.min(looks++, shown.length - 1)],
    remove: (_: unknown, __: unknown, given: object) => {
      asked.push(given);
      return remove();
    },
  } as unknown as ClusterApi;
  return { api, asked, looks: () => looks };
}

test('what is not there is gone; what has a reason to stay is not deleted', async () => {
  const none = serverOf([undefined]);
  expect(await deleteUnless(none.api, { ref, resource }, never, how)).toBe('gone');
  const kept = serverOf([live('u')]);
  expect(await deleteUnless(kept.api, { ref, resource }, () => 'kept', how)).toBe('kept');
  expect([...none.asked, ...kept.asked]).toEqual([]);
});

test('a deletion names the very object that was looked at, or that an earlier look has seen', async () => {
  const looked = serverOf([live('u')]);
  expect(await deleteUnless(looked.api, { ref, resource }, never, { ...how, foreground: true })).toBe('gone');
  expect(looked.asked).toEqual([{ uid: 'u', resourceVersion: 'u1', foreground: true }]);
  const seen = serverOf([live('u')]);
  await deleteUnless(seen.api, { ref, resource, seen: live('s') }, never, how);
  expect([seen.looks(), seen.asked]).toEqual([0, [{ uid: 's', resourceVersion: 's1', foreground: false }]]);
});

test('one that changes meanwhile is looked at again, and asked again whether it may go', async () => {
  let conflicts = 1;
  const server = serverOf([live('u'), live('u', { labels: { keep: 'yes' } })], () =>
    conflicts-- > 0 ? Promise.reject(refusal(409, 'Conflict', 'changed')) : Promise.resolve('gone'),
  );
  const reason = ({ metadata }: Live) => (metadata.labels?.keep ? 'kept' : undefined);
  expect(await deleteUnless(server.api, { ref, resource }, reason, how)).toBe('kept');
  expect(server.asked).toHaveLength(1);
});

test('one that changes at every look is left after twenty; any other refusal ends it at once', async () => {
  const busy = serverOf([live('u')], () => Promise.reject(refusal(409, 'Conflict', 'changed')));
  await expect(deleteUnless(busy.api, { ref, resource }, never, how)).rejects.toThrow('changed');
  expect(busy.asked).toHaveLength(20);
  const closed = serverOf([live('u')], () => Promise.reject(refusal(403, 'Forbidden', 'no')));
  await expect(deleteUnless(closed.api, { ref, resource }, never, how)).rejects.toThrow('no');
  expect(closed.asked).toHaveLength(1);
});

test('it is waited for until it is gone, or another one has its name', async () => {
  const slow = async () => undefined;
  for (const after of [undefined, live('other')]) {
    const server = serverOf([live('u'), live('u'), after], slow);
    expect(await deleteUnless(server.api, { ref, resource }, never, { ...how, timeoutMs: 60_000 })).toBe(
      'gone',
    );
    expect(server.looks()).toBe(3);
  }
});

test.each([
  [[], 'an object that is still there 0 s after its deletion', /Wait until its pods have ended/],
  [
    ['a.example.com', 'b'],
    'an object that is still there 0 s after its deletion, with finalizers a.example.com, b',
    /Look at the controllers/,
  ],
])('one that stays, with finalizers %j, is told with what to look at', async (finalizers, found, remedy) => {
  const server = serverOf([live('u', { finalizers })], async () => undefined);
  await expect(deleteUnless(server.api, { ref, resource }, never, how)).rejects.toMatchObject({
    code: 'DELETION_HANGS',
    where: 'ConfigMap here/a',
    found,
    remedy: expect.stringMatching(remedy),
  });
});

test('what takes its time is followed by a watch, and looked at once more when that no longer has it', async () => {
  const server = serverOf([live('u'), live('u'), undefined], async () => undefined);
  let told: Live | undefined = live('u');
  let looksAtWatch = 0;
  const followed: string[] = [];
  const api: ClusterApi = {
    ...server.api,
    follow: async (of, namespace, labelSelector) => {
      followed.push(`${of.plural} ${namespace} ${labelSelector}`);
      return {
        get: () => {
          looksAtWatch += 1;
          return told;
        },
        onChange: () => undefined,
        close: () => undefined,
      };
    },
  };
  const observer = new Observer(api, 'a=b');
  const deleted = deleteUnless(api, { ref, resource }, never, { ...how, timeoutMs: 60_000, observer });
  while (looksAtWatch < 3) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(server.looks()).toBe(2);
  told = undefined;
  expect(await deleted).toBe('gone');
  expect(server.looks()).toBe(3);
  expect(followed).toEqual(['configmaps here a=b']);
  observer.close();
});
