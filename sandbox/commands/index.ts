export { type CommandEvents, CommandHandle } from './command-handle';
export { type Commands, SupervisedCommands } from './commands';
export type { CommandEvent } from './event-queue';
export type { RunOptions, StartOptions } from './options';
export { Output } from './output';
export { CommandResult, type Outcome } from './result';
