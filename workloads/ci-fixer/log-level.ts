import type { Fields, Log } from '../shared/log';
import type { Level } from './settings';

const nothing = (_message: string, _fields?: Fields) => {};

/** The log without what is below a level. */
export function atLevel(log: Log, level: Level): Log {
  return {
    info: level === 'warn' || level === 'error' ? nothing : log.info,
    warn: level === 'error' ? nothing : log.warn,
    error: log.error,
    with: (fields) => atLevel(log.with(fields), level),
  };
}
