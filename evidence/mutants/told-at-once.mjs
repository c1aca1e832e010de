// Says of each change that lived that it did, as soon as it is known: it can be read while the others are tried.
import { relative } from 'node:path';

class ToldAtOnce {
  onMutantTested({ status, fileName, location, replacement, mutatorName }) {
    if (status !== 'Survived' && status !== 'Timeout') return;
    const place = `${relative(process.cwd(), fileName)}:${location.start.line}:${location.start.column}`;
    process.stderr.write(`${status} ${place} ${mutatorName} -> ${JSON.stringify(replacement)}\n`);
  }
}

export const strykerPlugins = [{ kind: 'Reporter', name: 'told-at-once', injectableClass: ToldAtOnce }];
