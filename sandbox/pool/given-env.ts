import type { EnvVar, Job } from '../../imports/k8s';
import type { Commands, RunOptions, StartOptions } from '../commands';

/** Variables as commands are given them: `undefined` removes one. */
export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * What a claim's environment has that its member's has not, and the other way round: the container of a member runs
 * already, so each command is given the difference. `undefined` where only a kubelet could say what a variable comes to.
 */
export function variablesBetween(member: Job, planned: Job): Variables | undefined {
  const [now, then] = [envOf(member), envOf(planned)];
  const variables: Record<string, string | undefined> = {};
  for (const name of now.keys()) if (!then.has(name)) variables[name] = undefined;
  for (const [name, value] of then) {
    const read = value === undefined ? undefined : asWritten(value);
    if (read === undefined) return undefined;
    if (now.get(name) !== value) variables[name] = read;
  }
  return variables;
}

function envOf({ spec }: Job): Map<string, string | undefined> {
  const env: readonly EnvVar[] = spec?.template.spec?.containers[0]?.env ?? [];
  return new Map(env.map(({ name, value, valueFrom }) => [name, valueFrom ? undefined : (value ?? '')]));
}

/** A kubelet makes `$` of `$$`, and a variable's value of `$(NAME)`. */
function asWritten(value: string): string | undefined {
  const literal = value.split('$$');
  return literal.some((part) => /\$\(/.test(part)) ? undefined : literal.join('$');
}

/** Commands that all get these variables, and those of their own call on top. */
export function withVariables(commands: Commands, variables: Variables): Commands {
  if (Object.keys(variables).length === 0) return commands;
  const and = <Options extends RunOptions | StartOptions>(options: Options | undefined): Options =>
    ({ ...options, env: { ...variables, ...options?.env } }) as Options;
  return {
    run: (argv, options) => commands.run(argv, and(options)),
    shell: (text, options) => commands.shell(text, and(options)),
    start: ((argv: readonly string[], options?: StartOptions) =>
      commands.start(argv, and(options))) as Commands['start'],
    // What runs has its variables, and those that are listed too.
    attach: (id, options) => commands.attach(id, options),
    list: () => commands.list(),
  };
}
