import {
  chmodSync,
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { pause } from '../../../kube';
import type { Fault as OnTheWay } from '../../../kube/testing-only/fault-proxy';
import { ended } from '../../../test/gitops/world';
import type { Delivered } from './delivered';
import type { Ground } from './ground';
import { isWrite } from './way';

/** What happens to a ground on which all is well, and comes to an end. */
export interface Fault {
  readonly name: string;
  readonly injections: number;
  /** Which Applications have to say so; none where nothing has to be said. */
  readonly tells: (app: Delivered) => boolean;
  /** It stays at least so long. */
  readonly lastsMs?: number;
  /** Begins with the next commit of each Application. */
  begin(ground: Ground, nth: number): Promise<Begun>;
}

/** How a fault ends, and what comes when all is well again. Without either it is over as it has begun. */
interface Begun {
  readonly end?: () => Promise<unknown> | unknown;
  readonly after?: () => Promise<unknown>;
}

const MOST_FOR_A_SYNC_MS = 10_000;
const NOBODY = () => false;
const ALL = () => true;
const inTurn = (calls: ReadonlyArray<() => void>) => () => {
  for (const call of calls) call();
};
const commitAll = ({ apps }: Ground) => apps.map((one) => one.commit());

/** Waits until the leader, whoever it is, writes for the nth time from now on, and answers with the leader. */
async function atWrite(ground: Ground, count: number, isHeard: boolean) {
  const leader = await ground.controllers.leader();
  let left = count;
  const reached = new Promise<void>((resolve) => {
    leader.way.meddle = (seen): OnTheWay => {
      if (!isWrite(seen)) return { kind: 'none' };
      left -= 1;
      if (left !== 0) return { kind: 'none' };
      resolve();
      return isHeard ? { kind: 'half-open', after: 0 } : { kind: 'status', code: 500 };
    };
  });
  commitAll(ground);
  // Where a sync has fewer, it happens after the last one.
  await Promise.race([reached, pause(MOST_FOR_A_SYNC_MS)]);
  return leader;
}

/** The loose objects and packs of a repository. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((one) => {
    const file = path.join(folder, one.name);
    return one.isDirectory() ? filesBelow(file) : [file];
  });
}

/** Whether this is the loose object of a commit, without which git moves no branch. */
const isOf = (id: string, file: string) => file.endsWith(path.join(id.slice(0, 2), id.slice(2)));

/** Writes other bytes over the middle of a file. */
function garble(file: string): void {
  chmodSync(file, 0o600);
  const open = openSync(file, 'r+');
  writeSync(open, Buffer.alloc(64, 'x'), 0, 64, 20);
  closeSync(open);
}

const hook = (port: number) => ({
  ...{ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration' },
  metadata: { name: 'away' },
  webhooks: [
    {
      ...{
        name: 'away.example.com',
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        timeoutSeconds: 2,
      },
      clientConfig: { url: `https://127.0.0.1:${port}/` },
      rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], operations: ['*'] }],
    },
  ],
});

export const FAULTS: readonly Fault[] = [
  {
    name: 'none',
    ...{ injections: 5, tells: NOBODY },
    begin: async (ground) => {
      commitAll(ground);
      return {};
    },
  },
  {
    name: 'leader killed at a write of a sync, heard or not',
    ...{ injections: 8, tells: NOBODY },
    begin: async (ground, nth) => {
      const leader = await atWrite(ground, 1 + 4 * nth, nth % 2 === 0);
      await ended(leader.process, 'SIGKILL');
      return {};
    },
  },
  {
    name: 'leader stopped at a write of a sync (SIGSTOP), woken while another leads',
    ...{ injections: 5, tells: NOBODY },
    begin: async (ground, nth) => {
      const leader = await atWrite(ground, 1 + 6 * nth, true);
      leader.process.kill('SIGSTOP');
      const after = async () => {
        leader.process.kill('SIGCONT');
        // What it had on its lips it says now, or never.
        await pause(2_000);
        commitAll(ground);
        await ground.untilWell();
      };
      return { after };
    },
  },
  {
    name: 'each third answer to a write is lost',
    ...{ injections: 5, tells: NOBODY, lastsMs: 5_000 },
    begin: async (ground) => {
      const { way } = await ground.controllers.leader();
      let count = 0;
      way.meddle = (seen) => {
        count += isWrite(seen) ? 1 : 0;
        return isWrite(seen) && count % 3 === 0 ? { kind: 'cut', after: 0 } : { kind: 'none' };
      };
      commitAll(ground);
      const end = () => {
        way.meddle = () => ({ kind: 'none' });
      };
      return { end };
    },
  },
  {
    name: 'repository down',
    ...{ injections: 5, tells: ALL },
    begin: async ({ server, apps }) => {
      const port = await server.away();
      for (const one of apps) one.commit();
      return { end: () => server.start(port) };
    },
  },
  {
    name: 'repository corrupt: files of the commit',
    ...{ injections: 5, tells: ALL },
    begin: async ({ apps }) => {
      const mend = apps.map((one) => {
        const objects = path.join(one.repository.folder, 'objects');
        const before = new Set(filesBelow(objects));
        const { id, push } = one.prepare();
        const added = filesBelow(objects).filter((file) => !before.has(file) && !isOf(id, file));
        const kept = added.map((file) => [file, readFileSync(file)] as const);
        for (const file of added) garble(file);
        push();
        return () => {
          for (const [file, bytes] of kept) writeFileSync(file, bytes);
        };
      });
      return { end: inTurn(mend) };
    },
  },
  {
    name: 'repository shallow',
    ...{ injections: 5, tells: NOBODY },
    begin: async ({ apps }) => {
      const mend = apps.map((one) => {
        const { id, push } = one.prepare(one.head);
        const file = path.join(one.repository.folder, 'shallow');
        writeFileSync(file, `${id}\n`);
        push();
        return () => rmSync(file);
      });
      return { end: inTurn(mend) };
    },
  },
  {
    name: "the controller's own copy corrupt",
    ...{ injections: 5, tells: NOBODY },
    begin: async (ground) => {
      const { store } = await ground.controllers.leader();
      for (const file of filesBelow(store).filter((one) => one.endsWith('.pack') || one.endsWith('.idx')))
        garble(file);
      commitAll(ground);
      return {};
    },
  },
  {
    name: 'cluster away for a minute',
    ...{ injections: 2, tells: ({ isElsewhere }) => isElsewhere, lastsMs: 60_000 },
    begin: async (ground) => {
      ground.relay.setAway(true);
      commitAll(ground);
      return { end: () => ground.relay.setAway(false) };
    },
  },
  {
    name: 'API server of the controller killed and started',
    ...{ injections: 5, tells: NOBODY },
    begin: async (ground) => {
      commitAll(ground);
      // Ended in good order it would let what is under way come to its end.
      await ground.home.kill('apiserver');
      await ground.home.restart('apiserver');
      return {};
    },
  },
  {
    name: 'admission webhook of the cluster down',
    ...{ injections: 5, tells: ({ isElsewhere }) => !isElsewhere },
    begin: async (ground) => {
      // Nobody listens there.
      await ground.home.kubectl(['apply', '-f', '-'], { input: JSON.stringify(hook(9)) });
      await pause(1_000);
      commitAll(ground);
      return { end: () => ground.home.kubectl(['delete', 'validatingwebhookconfiguration', 'away']) };
    },
  },
  {
    name: "disk full: the controller's folder",
    ...{ injections: 5, tells: ALL },
    begin: async (ground) => {
      const file = path.join(ground.stores, 'filler');
      fill(file);
      commitAll(ground);
      return { end: () => rmSync(file) };
    },
  },
  {
    name: 'a commit that names an object of others',
    ...{ injections: 5, tells: ALL },
    begin: async ({ apps }) => {
      const taken = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: foreign }\ndata: { x: taken }\n';
      for (const one of apps) one.commitBad({ 'app/z.yaml': taken });
      return { end: inTurn(apps.map((one) => () => one.putBack())) };
    },
  },
];

/** Writes until there is no room. */
function fill(file: string): void {
  const open = openSync(file, 'w');
  try {
    for (let bytes = 65_536; bytes >= 1; bytes /= 16) while (hasRoomFor(open, bytes));
  } finally {
    closeSync(open);
  }
}

function hasRoomFor(open: number, bytes: number): boolean {
  try {
    return writeSync(open, Buffer.alloc(bytes)) === bytes;
  } catch {
    return false;
  }
}
