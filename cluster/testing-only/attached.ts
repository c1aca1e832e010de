import { runAttached } from '../command';

/** Runs its arguments as `drydock cluster exec` does, for tests that send it signals. */
const [file, ...args] = process.argv.slice(2);
runAttached(file!, args, {}).then((code) => {
  process.exitCode = code;
});
