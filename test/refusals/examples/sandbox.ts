import { mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import type { Pod, PodStatus } from '../../../imports/k8s';
import { ApiError } from '../../../kube';
import { apiError } from '../../../sandbox/causes/api-cause';
import { type Cause, errorOf } from '../../../sandbox/causes/cause';
import { ending, startFailure, unschedulable } from '../../../sandbox/causes/pod-cause';
import type { Checkpoint } from '../../../sandbox/checkpoint/checkpoint';
import { refuseOther } from '../../../sandbox/checkpoint/checkpoint-errors';
import { StoredCheckpoint } from '../../../sandbox/checkpoint/stored';
import { SupervisedCommands } from '../../../sandbox/commands';
import { SupervisedFiles } from '../../../sandbox/files/files';
import { UnsupportedFiles } from '../../../sandbox/files/unsupported-files';
import { checkMap } from '../../../sandbox/fleet/options';
import { orThrow } from '../../../sandbox/job/outcome';
import { checkPool } from '../../../sandbox/pool/options';
import { untilClosed } from '../../../sandbox/session/until-closed';
import { encodeFrame, fromPod, toPod } from '../../../sandbox/supervisor/frames';
import { openSupervisor } from '../../../sandbox/supervisor/open-supervisor';
import { HostilePeer, onOpen } from '../../../sandbox/supervisor/testing-only/hostile-peer';
import { WatchedHost } from '../../../sandbox/supervisor/testing-only/local-supervisor';
import { asserted, type Example, type Examples, on, removing } from '../example';

/** What the API server says to the Job of a sandbox. */
const refused = (what: string, message: string, code = 403, reason = 'Forbidden'): Example =>
  on(what, () => apiError(new ApiError('POST jobs', code, { reason, message }), 'claim of box-1', 'box-1'));

/** What the node or the scheduler says of a pod. */
const podThat = (what: string, read: (pod: Pod) => Cause | undefined, status: PodStatus): Example =>
  on(what, () => {
    const pod: Pod = { apiVersion: 'v1', kind: 'Pod', spec: { containers: [{ name: 'sandbox' }] }, status };
    return errorOf(read(pod) as Cause, 'sandbox box-1', 'box-1');
  });
const container = (state: object): PodStatus => ({
  containerStatuses: [{ name: 'sandbox', state, image: '', imageID: '', ready: false, restartCount: 0 }],
});

/** An operation on files, to which the supervisor answers with a problem. */
const problem = (
  what: string,
  code: string,
  text: string,
  run: (files: SupervisedFiles) => Promise<unknown> = (files) => files.read('/work/a'),
): Example =>
  withPeer(what, { problem: { code, text } }, (peer) => run(new SupervisedFiles(peer.supervisor)));

/** Something that is done with a supervisor which answers like this. */
const withPeer = (what: string, answer: unknown, run: (peer: HostilePeer) => Promise<unknown>): Example =>
  on(what, async () => {
    const peer = await HostilePeer.open();
    onOpen(peer, (channel) => peer.done(channel, answer));
    return run(peer);
  });

const endOf = async (peer: HostilePeer) => (await peer.supervisor.ended).error;

async function notAHello() {
  const stdout = new PassThrough();
  const stdin = new Writable({ write: (_chunk, _encoding, done) => done() });
  const opening = openSupervisor({ stdin, stdout, ended: new Promise(() => {}), close: () => {} } as never, {
    host: new WatchedHost(),
  });
  stdout.write(encodeFrame(fromPod.done, 1, '{}'));
  return opening;
}

async function uploadOfALink(peer: HostilePeer) {
  const folder = mkdtempSync(path.join(tmpdir(), 'drydock-refusals-'));
  const link = path.join(folder, 'link');
  symlinkSync('/etc/passwd', link);
  return removing(folder, () => new SupervisedFiles(peer.supervisor).upload(link, '/work/a'));
}

/** As a program would have kept it; what lies at its path is none. */
const KEPT: Checkpoint = {
  path: '/tmp',
  digest: 'a'.repeat(64),
  size: 10,
  template: 'abc',
  image: 'tools:1',
  folder: '.',
  entries: 1,
  bytes: 4,
  skipped: [],
};

/** The sandbox runtime: what the cluster, the node and the supervisor say, in one of our codes. */
export const sandboxExamples: Examples = {
  Aborted: problem('an operation on files that was stopped', 'STOPPED', 'stopped'),
  ApiFailed: refused('a server that breaks', 'etcdserver: no leader', 500, 'InternalError'),
  ArgumentInvalid: withPeer('a negative number of bytes', {}, (peer) =>
    new SupervisedFiles(peer.supervisor).read('/work/a', { maxBytes: -1 }),
  ),
  CheckpointDamaged: on('a checkpoint whose file is a folder', () => StoredCheckpoint.open(KEPT)),
  CheckpointMismatch: on('a checkpoint of another image', () =>
    refuseOther(KEPT, { template: 'abc', image: 'tools:2' }),
  ),
  Closed: withPeer('a sandbox that was closed', {}, (peer) => {
    void peer.supervisor.close();
    peer.end('its end');
    return endOf(peer);
  }),
  CommandFailed: on('a Job that ends with another code than 0', () =>
    orThrow({ outcome: 'exited', exitCode: 3, cause: undefined, durationMs: 10 }, 'box-1'),
  ),
  CommandNotStarted: withPeer(
    'a program that is not in the image',
    { problem: { code: 'ENOENT', text: 'no such file or directory' } },
    (peer) => new SupervisedCommands(peer.supervisor).run(['no-such-program']),
  ),
  ConnectionLost: withPeer('a stream that ends', {}, (peer) => {
    peer.end('an end of the stream');
    return endOf(peer);
  }),
  DeadlineExceeded: podThat('a sandbox beyond its time', ending, {
    phase: 'Failed',
    reason: 'DeadlineExceeded',
  }),
  Ended: podThat(
    'a main process that ends',
    ending,
    container({ terminated: { reason: 'Completed', exitCode: 0 } }),
  ),
  Evicted: podThat('a sandbox that fills its disk', ending, {
    phase: 'Failed',
    reason: 'Evicted',
    message: 'Pod ephemeral local storage usage exceeds the total limit of containers 1Gi.',
  }),
  FileExists: problem('a folder where one is already', 'EEXIST', 'file exists', (files) =>
    files.makeFolder('/work/a'),
  ),
  FileFailed: problem('a file that may not be read', 'EACCES', 'permission denied'),
  FileLimit: on('a file that is larger than was expected', async () => {
    const peer = await HostilePeer.open();
    peer.onFrame = ({ type, channel }) => {
      if (type === toPod.open) peer.output(channel, 'more than ten bytes');
      if (type === toPod.stop) peer.done(channel, { problem: { code: 'STOPPED', text: '' } });
    };
    return new SupervisedFiles(peer.supervisor).read('/work/a', { maxBytes: 10 });
  }),
  FileMismatch: problem('a file that changed on its way', 'HASH', 'another hash'),
  FileMissing: problem('a file that is not there', 'ENOENT', 'no such file or directory'),
  FileUnsafe: withPeer('a link among what is sent', {}, uploadOfALink),
  ImagePull: podThat(
    'an image that does not exist',
    startFailure,
    container({ waiting: { reason: 'ErrImagePull', message: 'example.com/app:1: not found' } }),
  ),
  OOMKilled: podThat(
    'a main process that takes too much memory',
    ending,
    container({ terminated: { reason: 'OOMKilled', exitCode: 137 } }),
  ),
  PodLost: podThat('a node that is gone', ending, {
    phase: 'Failed',
    reason: 'NodeLost',
    message: 'node is down',
  }),
  PolicyDenied: refused(
    'an image that the policy does not allow',
    `jobs.batch "box-1" is forbidden: ValidatingAdmissionPolicy 'ops.sandbox' with binding 'ops.sandbox' denied request: spec.template.spec.containers[0].image: found evil:1, allowed: one of good:1`,
  ),
  CommandMissing: withPeer(
    'a detached command that is not there',
    { problem: { code: 'NO_COMMAND', text: 'no detached command with the id build' } },
    (peer) => new SupervisedCommands(peer.supervisor).attach('build'),
  ),
  FleetMismatch: asserted('other items under the id of a fleet', 'sandbox/fleet/map.test.ts'),
  FleetRecord: asserted('a record that keeps nothing', 'sandbox/fleet/map.test.ts'),
  NetworkNotClosed: withPeer(
    'a cluster in which nothing closes the network of sandboxes',
    { result: { isClosed: false, tried: '10.96.0.1:443' } },
    (peer) => untilClosed(peer.supervisor, 'box-1', new AbortController().signal),
  ),
  PoolBeyondQuota: asserted(
    'more warm sandboxes than the quota has room for',
    'sandbox/pool/pool-options.test.ts',
  ),
  PoolIdleTooLong: on('members that wait longer than their pods live', () =>
    checkPool(() => ({ spec: { template: { spec: { activeDeadlineSeconds: 300 } } } }) as never, 'boxes', {
      warm: 1,
    }),
  ),
  PortRefused: asserted('a port that nothing listens on', 'sandbox/ports/expose.real.test.ts'),
  TenantUnknown: on('an item of a tenant that has no share', () =>
    checkMap([1], () => {}, { tenant: 'green' }, { red: 1, blue: 2 }),
  ),
  QuotaExceeded: refused(
    'more sandboxes than the quota allows',
    'pods "box-1" is forbidden: exceeded quota: boxes, requested: pods=1, used: pods=20, limited: pods=20',
  ),
  StartFailed: podThat(
    'a command that is not in the image',
    startFailure,
    container({ terminated: { reason: 'StartError', exitCode: 128, message: 'exec: "nope": not found' } }),
  ),
  StartTimeout: asserted('a pod that is not ready in time', 'test/sandbox-runtime/claim.real.test.ts'),
  SupervisorProtocol: withPeer('a supervisor that sends what it may not', {}, (peer) => {
    peer.send(99, 0);
    return endOf(peer);
  }),
  SupervisorUnavailable: on('an image in which no supervisor starts', notAHello),
  TemplateMismatch: refused(
    'a Job of another template',
    `ValidatingAdmissionPolicy 'ops.sandbox' with binding 'ops.sandbox' denied request: metadata.annotations["drydock.dev/template"]: found aaa, allowed: bbb`,
  ),
  TimedOut: withPeer(
    'a command whose time was over',
    { result: { exitCode: -1, signal: 'SIGTERM', reason: 'timeout' } },
    async (peer) => {
      const commands = new SupervisedCommands(peer.supervisor);
      return (await commands.run(['sleep', '600'], { timeoutMs: 50 })).orThrow();
    },
  ),
  Unschedulable: podThat('a sandbox that no node has room for', unschedulable, {
    conditions: [
      {
        type: 'PodScheduled',
        status: 'False',
        reason: 'Unschedulable',
        message: '0/1 nodes are available: 1 Insufficient cpu.',
      },
    ],
  }),
  Unsupported: on('files without a supervisor', () => new UnsupportedFiles('box-1').read()),
};
