export { FILE_LIMITS, type FileEntry, type FileKind, type FileLimits } from './file-entry';
export type { FileOptions, RemotePath } from './file-operation';
export {
  type Files,
  type ListOptions,
  type ReadOptions,
  type RemoveOptions,
  SupervisedFiles,
  type WriteOptions,
} from './files';
export type {
  DownloadOptions,
  SkippedEntry,
  TransferOptions,
  TransferProgress,
  TransferResult,
  UploadOptions,
} from './transfer-options';
export { UnsupportedFiles } from './unsupported-files';
export { type FileChange, FileWatch, type WatchOptions } from './watch';
