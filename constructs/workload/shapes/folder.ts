import { prop } from '../../../core/props';

/** A folder below the root: the root itself cannot be mounted over. */
export const folder = prop.text({
  expected: 'an absolute path below the root, without a colon',
  remedy: 'Name the folders one by one; `allowWritableRoot` opens all of them.',
  pattern: '^/[^:\\n]+$',
  maxLength: 4096,
  also: (path) => !path.split('/').includes('..') && !path.includes('\0') && !/^\/+$/.test(path),
});
