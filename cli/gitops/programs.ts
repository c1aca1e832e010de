import { readFileSync } from 'node:fs';
import { UsageError } from '../command';

export const programOptions = {
  'program-template': { type: 'string' },
  'program-namespace': { type: 'string' },
} as const;

export const PROGRAM_HELP = `      --program-template FILE   run programs of repositories in sandboxes of this template (template.json of SandboxTemplate)
      --program-namespace NAME  the namespace of these sandboxes
`;

/** Where programs of repositories run; undefined where none is to be run. */
export function programsOf(
  file: string | undefined,
  namespace: string | undefined,
  helpAt: string,
): { readonly template: string; readonly namespace: string } | undefined {
  if (file === undefined && namespace === undefined) return undefined;
  if (file === undefined || namespace === undefined)
    throw new UsageError('--program-template and --program-namespace go together', helpAt);
  try {
    return { template: readFileSync(file, 'utf8'), namespace };
  } catch (error) {
    const { code = 'an error' } = error as { readonly code?: string };
    throw new UsageError(`--program-template ${file} cannot be read: ${code}`, helpAt);
  }
}
