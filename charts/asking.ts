import type { Templated } from '../core/template';

/** How `helm test` asks a service whether it is well. By `timeout`, for the busybox of Debian 12 crashes at `wget -T`. */
export function asking(url: Templated<string>): readonly Templated<string>[] {
  return ['timeout', '5', 'wget', '-q', '-O', '/dev/null', url];
}
