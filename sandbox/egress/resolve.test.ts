import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { resolve } from './outside';

/** A name server: what was asked, and for `known.example.com` an address of each family. */
async function nameServer() {
  const asked: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => {
    const labels: string[] = [];
    let at = 12;
    for (let length = query[at]!; length > 0; length = query[at]!) {
      labels.push(query.toString('latin1', at + 1, at + 1 + length));
      at += 1 + length;
    }
    const name = labels.join('.');
    const type = query.readUInt16BE(at + 1);
    asked.push(`${name} ${type === 1 ? 'A' : 'AAAA'}`);
    const isKnown = name === 'known.example.com';
    const data =
      type === 1 ? Buffer.from([93, 184, 215, 14]) : Buffer.from([0x26, 6, ...Array(13).fill(0), 1]);
    const head = Buffer.alloc(12);
    query.copy(head, 0, 0, 2);
    head.writeUInt16BE(isKnown ? 0x8180 : 0x8183, 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(isKnown ? 1 : 0, 6);
    const answer = Buffer.alloc(12);
    answer.writeUInt16BE(0xc00c, 0);
    answer.writeUInt16BE(type, 2);
    answer.writeUInt16BE(1, 4);
    answer.writeUInt16BE(data.length, 10);
    const parts = [head, query.subarray(12, at + 5), ...(isKnown ? [answer, data] : [])];
    socket.send(Buffer.concat(parts), port, address);
  });
  await new Promise<void>((listening) => socket.bind(0, '127.0.0.1', listening));
  const resolver = new Resolver({ timeout: 2000, tries: 1 });
  resolver.setServers([`127.0.0.1:${socket.address().port}`]);
  return { asked, resolver, close: () => socket.close() };
}

test('a name is asked for as it is, in both families, and one that nobody knows has no address', async () => {
  const { asked, resolver, close } = await nameServer();
  expect(await resolve('known.example.com', resolver)).toEqual(['93.184.215.14', '2606::1']);
  expect(await resolve('unknown.example.com', resolver)).toEqual([]);
  expect(asked.sort()).toEqual(
    ['known', 'unknown'].flatMap((name) => [`${name}.example.com A`, `${name}.example.com AAAA`]),
  );
  close();
});
