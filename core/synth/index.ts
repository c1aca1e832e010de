export { App, type AppProps } from './app';
export { chartModel } from './chart-model';
export { DUMP_VARIABLE, type Dump } from './dump';
export {
  EXPLAIN_VARIABLE,
  type ExplainedRelease,
  type ExplainedValue,
  explain,
  type Reach,
  type Target,
} from './explain';
export {
  HANDOVER_VARIABLE,
  type HandedChart,
  type Handover,
  type HandoverRequest,
  readHandovers,
} from './handover';
export type { LiteralRun } from './literal-runs';
export { Testing } from './testing';
export { compareDumps, type Verdict } from './verify';
export { type FolderContent, writeFolders } from './write';
export { folderBeside, hasRecord, readRecord } from './written-files';
