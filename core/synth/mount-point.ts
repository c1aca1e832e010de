import fs from 'node:fs';
import path from 'node:path';

/** Whether something else is mounted at a folder, as containers do with an output folder: it cannot be renamed then. */
export function isMountPoint(folder: string): boolean {
  if (!fs.existsSync(folder)) return false;
  if (fs.statSync(folder).dev !== fs.statSync(path.dirname(folder)).dev) return true;
  // A folder that is mounted onto another of the same disk has its device.
  return mountPoints().includes(folder);
}

function mountPoints(): string[] {
  try {
    const lines = fs.readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
    return lines.map((line) => unescaped(line.split(' ')[4] ?? ''));
  } catch {
    return [];
  }
}

/** A space in such a path is `\040`. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
