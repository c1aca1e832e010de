import { crc32 } from 'node:zlib';
import { DrydockError } from '../template';
import type { ChartFiles } from './model';

/**
 * The chart as a .tgz, the same bytes on every machine and day. `helm package` orders subcharts at random, stamps
 * the time and drops comments of Chart.yaml, so the archive is written here: a plain ustar, files in the order of
 * their bytes, no owner, no time.
 */
export function chartArchive(name: string, files: ChartFiles): Buffer {
  // Helm reads the chart from the first Chart.yaml it meets.
  const paths = [...files.keys()].sort(
    (a, b) => Number(b === 'Chart.yaml') - Number(a === 'Chart.yaml') || (a < b ? -1 : 1),
  );
  const entries = paths.flatMap((path) =>
    entry(`${name}/${path}`, Buffer.from(files.get(path) as string, 'utf8')),
  );
  return gzipStored(Buffer.concat([...entries, Buffer.alloc(1024)]));
}

/**
 * gzip without compression. Compressed bytes differ between versions of zlib; these do not, and a chart is small.
 */
function gzipStored(content: Buffer): Buffer {
  const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
  const blocks: Buffer[] = [];
  for (let at = 0; at < content.length; at += MAX_BLOCK) {
    const part = content.subarray(at, at + MAX_BLOCK);
    const head = Buffer.alloc(5);
    head[0] = at + MAX_BLOCK >= content.length ? 1 : 0;
    head.writeUInt16LE(part.length, 1);
    head.writeUInt16LE(0xffff - part.length, 3);
    blocks.push(head, part);
  }
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(content), 0);
  trailer.writeUInt32LE(content.length, 4);
  return Buffer.concat([header, ...blocks, trailer]);
}

const MAX_BLOCK = 0xffff;

function entry(path: string, content: Buffer): Buffer[] {
  const header = Buffer.alloc(512);
  const { name, prefix } = splitPath(path);
  header.write(name, 0, 100);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write('0', 156);
  header.write('ustar\x0000', 257);
  header.write(prefix, 345, 155);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
}

const MAX_NAME = 100;
const MAX_PREFIX = 155;

/** ustar keeps a long path in two fields, divided at a slash. */
function splitPath(path: string): { readonly name: string; readonly prefix: string } {
  if (Buffer.byteLength(path) <= MAX_NAME) return { name: path, prefix: '' };
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)];
    if (Buffer.byteLength(name) <= MAX_NAME && Buffer.byteLength(prefix) <= MAX_PREFIX)
      return { name, prefix };
  }
  throw pathTooLong(path);
}

function pathTooLong(path: string): DrydockError {
  return new DrydockError('PATH_TOO_LONG', {
    where: `the chart's file ${path}`,
    found: `a path of ${Buffer.byteLength(path)} characters, its last part of ${Buffer.byteLength(path.slice(path.lastIndexOf('/') + 1))}`,
    expected: `at most ${MAX_PREFIX} characters, a slash and ${MAX_NAME} more, as the archive of a chart holds them`,
    remedy:
      'Give the constructs on the way to the object, or the charts around it, shorter ids: templates are named after them.',
  });
}
