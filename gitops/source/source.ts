/** A file of a commit. */
export interface SourceFile {
  /** Below the folder that was asked for, with slashes. */
  readonly path: string;
  readonly content: Buffer;
}

/** A folder of a commit: the id says its content, so that of two commits with one id the folder is the same. */
export interface SourceTree {
  readonly revision: string;
  readonly id: string;
  /** The change of jj that the commit is a version of, where that is asked for. */
  readonly change?: string | undefined;
}

/** A branch of a repository, as all Applications that follow it share it. */
export interface Source {
  /**
   * The commit that the branch is at, of which all files are here. Asked anew when the last answer is older than this;
   * who asks at the same time shares the question.
   */
  revision(maxAgeMs: number, signal?: AbortSignal): Promise<string>;
  /** Somebody has told that the branch may have moved: no answer of before this moment is given any more. */
  pushed(): void;
  /** Calls at each `pushed`, until what it answers with is called. */
  onPush(listener: () => void): () => void;
  /**
   * The paths of all files that differ between two commits; undefined where they are too many, or the first one is no longer
   * here.
   */
  changedPaths(from: string, to: string, signal?: AbortSignal): Promise<readonly string[] | undefined>;
  /** @param path of a folder, from the root; empty for the root */
  tree(revision: string, path: string, signal?: AbortSignal): Promise<SourceTree>;
  /** The files of the folder whose names end in one of `endings`. Anything there that is no plain file refuses all of it. */
  files(tree: SourceTree, endings: readonly string[], signal?: AbortSignal): Promise<readonly SourceFile[]>;
}

/** What a repository may cost. */
export interface SourceLimits {
  /** The longest that one command may take. */
  readonly timeoutMs: number;
  /** What one fetch may write. */
  readonly fetchBytes: number;
  /** Files below the folder of an Application. */
  readonly files: number;
  /** All files that are read of them together. */
  readonly fileBytes: number;
}

export const LIMITS: SourceLimits = {
  timeoutMs: 120_000,
  fetchBytes: 256 * 1024 * 1024,
  files: 20_000,
  fileBytes: 32 * 1024 * 1024,
};

/** A branch that was found at another commit than before. */
export interface Moved {
  readonly repository: string;
  readonly branch: string;
  /** Undefined where none was known. */
  readonly from: string | undefined;
  readonly to: string;
  /** Of jj. */
  readonly change: string | undefined;
  /** How many files differ; undefined where that is not known. */
  readonly files: number | undefined;
}
