/**
 * The commands that bring objects into a cluster. In the package this file is one with all that it loads
 * (scripts/bundle-deploy-commands.ts): a person waits for their start.
 */
export { applyCommand } from './apply';
export { deleteCommand } from './delete';
export { diffCommand } from './diff';
export { historyCommand } from './history';
export { rollbackCommand } from './rollback';
export { statusCommand } from './status';
