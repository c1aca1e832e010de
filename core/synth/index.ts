export { App, type AppProps } from './app';
export { chartModel } from './chart-model';
export { asVariables, type DriverRequest, type HandedValues, type HandoverRequest } from './driver';
export type { Dump } from './dump';
export {
  type ExplainedRelease,
  type ExplainedValue,
  explain,
  type Reach,
  type Target,
} from './explain';
export { type HandedChart, type Handover, readHandovers } from './handover';
export type { LiteralRun } from './literal-runs';
export { Testing } from './testing';
export { compareDumps, type Verdict } from './verify';
export { type FolderContent, writeFolders } from './write';
export { folderBeside, hasRecord, readRecord } from './written-files';
