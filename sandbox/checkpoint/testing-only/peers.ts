import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { toPod } from '../../supervisor/frames';
import { HostilePeer, record } from '../../supervisor/testing-only/hostile-peer';

export const ORIGIN = { template: 'abc', image: 'tools:1' };

/** A record of a file, with its hash. */
export function file(name: string, content = 'evil', told: object = {}): Buffer {
  const header = { path: name, kind: 'file', size: Buffer.byteLength(content), mode: 0o644, ...told };
  return Buffer.concat([record(header, content), createHash('sha256').update(content).digest()]);
}

export const folder = (name: string, mode = 0o755) => record({ path: name, kind: 'folder', mode });
export const link = (name: string, target: string) => record({ path: name, kind: 'link', target });
export const end = record({ kind: 'end' });

/** A sandbox whose folder consists of these records, as it says. */
export async function sending(records: readonly Buffer[]): Promise<HostilePeer> {
  const peer = await HostilePeer.open();
  peer.onFrame = ({ type, channel }) => {
    if (type === toPod.stop) peer.done(channel, { problem: { code: 'STOPPED', text: '' } });
    if (type !== toPod.open) return;
    const bytes = Buffer.concat(records);
    for (let from = 0; from < bytes.length; from += 60_000)
      peer.output(channel, bytes.subarray(from, from + 60_000));
    peer.done(channel, { result: {} });
  };
  return peer;
}

/** A sandbox that takes an upload, keeps what came, and answers as it is told. */
export async function taking(answer: object) {
  const peer = await HostilePeer.open();
  const came: Buffer[] = [];
  const asked: unknown[] = [];
  peer.onFrame = ({ type, channel, payload }) => {
    if (type === toPod.open) asked.push(JSON.parse(payload.toString('utf8')));
    if (type === toPod.data) came.push(Buffer.from(payload));
    if (type === toPod.end) peer.done(channel, { result: answer });
    if (type === toPod.stop) peer.done(channel, { problem: { code: 'STOPPED', text: '' } });
  };
  return { supervisor: peer.supervisor, asked, bytes: () => Buffer.concat(came) };
}

/** The head of a checkpoint, and its records as a text of bytes. */
export function partsOf(file: Buffer): { readonly head: Buffer; readonly records: string } {
  const end = 4 + file.readUInt32BE();
  return { head: file.subarray(0, end), records: gunzipSync(file.subarray(end)).toString('latin1') };
}
