import { collectWhatWasRead } from '../buffer-collection';

/**
 * Prints the most memory that lay in buffers while 100 MB of them were made and dropped: `most-held.ts told|untold`, told
 * to the collection or not. A process of its own, since V8 looks the sooner the more there is besides.
 */
const chunkBytes = 16 << 10;
const afterEach = process.argv[2] === 'told' ? collectWhatWasRead : () => {};
const before = process.memoryUsage().arrayBuffers;
let most = 0;
for (let made = 0; made < 100 << 20; made += chunkBytes) {
  Buffer.allocUnsafeSlow(chunkBytes);
  afterEach(chunkBytes);
  most = Math.max(most, process.memoryUsage().arrayBuffers - before);
}
process.stdout.write(`${most}`);
