/** Where progress goes: one finished line at a time, so that it reads the same with and without a terminal. */
export type Progress = (line: string) => void;

/** Lines on standard error, so that what a command prints stays clean. */
export function progressLines(): Progress {
  return (line) => {
    process.stderr.write(`drydock tools: ${line}\n`);
  };
}
