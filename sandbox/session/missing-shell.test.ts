import { lacksShell } from './missing-shell';

const exec = 'OCI runtime exec failed: exec failed: unable to start container process: ';

test.each([
  `${exec}exec: "sh": executable file not found in $PATH: unknown`,
  `${exec}exec: "/bin/sh": stat /bin/sh: no such file or directory: unknown`,
  `${exec}exec: "sh": permission denied: unknown`,
  `${exec}exec /bin/sh: no such file or directory`,
  `${exec}exec /bin/sh: exec format error`,
  'error executing command in container: executable file `sh` not found in $PATH: No such file or directory',
  'starting container: error finding executable "sh" in PATH [/bin]: no such file or directory',
])('an image without a shell: %s', (words) => {
  expect(lacksShell(words)).toBe(true);
});

test.each([
  `${exec}error executing setns process: exit status 1: unknown`,
  `${exec}read init-p: connection reset by peer: unknown`,
  'OCI runtime exec failed: exec failed: cannot exec in a stopped container: unknown',
  'OCI runtime exec failed: exec failed: open /run/runc/x/state.json: no such file or directory',
  `${exec}chdir to cwd ("/workspace") set in config.json failed: permission denied: unknown`,
  'failed to exec in container: failed to load task: no running task found',
  `${exec}exec: "bash": executable file not found in $PATH: unknown`,
  '',
])('says nothing about a shell: %s', (words) => {
  expect(lacksShell(words)).toBe(false);
});
