import { count, object, text, type ValueOf } from './schema';

export const rolledBack = object('What was tried last, did not become healthy, and was taken back.', {
  required: {
    tree: text('The id of the folder.', { maxLength: 128 }),
    generation: count('The generation of the Application by which it was tried.'),
    message: text('What was not well.', { maxLength: 1024 }),
  },
  optional: {},
});

export type RolledBack = ValueOf<typeof rolledBack>;
