import type {
  AttachCommandOptions,
  CommandHandle,
  CommandResult,
  Commands,
  DetachedCommand,
  DetachedSummary,
  RunOptions,
  StartOptions,
} from '../commands';
import type { Metrics } from './metrics';

/** Commands whose times are counted, from the start to the outcome. */
export class TimedCommands implements Commands {
  constructor(
    private readonly commands: Commands,
    private readonly metrics: Metrics,
    private readonly sandbox: string,
  ) {}

  run(argv: readonly string[], options?: RunOptions): Promise<CommandResult> {
    return this.#timed(programOf(argv), () => this.commands.run(argv, options));
  }

  shell(text: string, options?: RunOptions): Promise<CommandResult> {
    return this.#timed('sh', () => this.commands.shell(text, options));
  }

  /** Its end is whenever its caller asks for it, so it is not counted. */
  start(
    argv: readonly string[],
    options: StartOptions & { readonly detached: true },
  ): Promise<DetachedCommand>;
  start(argv: readonly string[], options?: StartOptions): Promise<CommandHandle>;
  start(argv: readonly string[], options?: StartOptions): Promise<CommandHandle> {
    return this.commands.start(argv, options);
  }

  attach(commandId: string, options?: AttachCommandOptions): Promise<DetachedCommand> {
    return this.commands.attach(commandId, options);
  }

  list(): Promise<DetachedSummary[]> {
    return this.commands.list();
  }

  async #timed(program: string, run: () => Promise<CommandResult>): Promise<CommandResult> {
    const operation = { name: 'command', facts: { sandbox: this.sandbox, program } } as const;
    const result = await this.metrics.within(operation, run, ({ outcome, exitCode }) => ({
      kinds: { outcome },
      facts: { ...(exitCode !== undefined && { exitCode }) },
    }));
    this.metrics.commandTook(result.durationMs);
    return result;
  }
}

/** Without its folder and its arguments, in which there may be secrets; what is no command is refused later. */
function programOf(argv: readonly string[]): string {
  return String((argv as unknown as readonly unknown[] | undefined)?.[0] ?? '')
    .split('/')
    .at(-1)!;
}
