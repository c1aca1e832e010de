export { type CommandEvent, type CommandEvents, CommandHandle } from './command-handle';
export { type Commands, SupervisedCommands } from './commands';
export { DetachedCommand, type DetachedSummary } from './detached-command';
export { DirectCommands, type OpenExec } from './direct-commands';
export type { AttachCommandOptions, RunOptions, StartOptions } from './options';
export { Output } from './output';
export { CommandResult, type CommandUsage, type Outcome } from './result';
export type { TerminalSize } from './terminal-size';
