/**
 * The words of container runtimes for a shell that the image does not have, or that may not be run. Anything else that
 * an exec fails with says nothing about the image: a container that has stopped, a limit of processes, a lost shim.
 */
const MISSING_SHELL: readonly RegExp[] = [
  // runc, youki, Docker
  /exec: "(?:\/[^"]*\/)?sh": (?:executable file not found|(?:stat \S+: )?no such file or directory|permission denied)/i,
  /exec (?:\/\S*\/)?sh: (?:no such file or directory|permission denied|exec format error)/i,
  // crun
  /executable file [`']?(?:\/\S*\/)?sh[`']? not found/i,
  // gVisor
  /error finding executable "(?:\/[^"]*\/)?sh" in PATH/i,
];

export function lacksShell(words: string): boolean {
  return MISSING_SHELL.some((pattern) => pattern.test(words));
}
