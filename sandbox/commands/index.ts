export { type CommandEvent, type CommandEvents, CommandHandle } from './command-handle';
export { type Commands, SupervisedCommands } from './commands';
export { DirectCommands, type OpenExec } from './direct-commands';
export type { RunOptions, StartOptions } from './options';
export { Output } from './output';
export { CommandResult, type Outcome } from './result';
