import { z } from 'zod';
import { oneLine } from '../shared/text';
import { TREE_LIMITS } from './tree';

const word = z
  .string()
  .max(2000)
  .regex(/^[^\0\p{Cs}]*$/u, 'text');
const content = z.union([z.string(), z.strictObject({ base64: z.base64() })]);

/** What somebody wants fixed: a repository, the image that it is built in, and the command that has to succeed. */
export const FixRequest = z.strictObject({
  source: z.union([
    z.strictObject({
      /** Files by path; a file that is no text as base64. */
      files: z
        .record(z.string().min(1).max(300), content)
        .refine(
          (files) => Object.keys(files).length <= TREE_LIMITS.files,
          `at most ${TREE_LIMITS.files} files`,
        ),
    }),
    z.strictObject({
      git: z.strictObject({
        url: z.url().max(500),
        ref: z
          .string()
          .max(100)
          .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]*$/, 'the name of a branch or tag')
          .optional(),
      }),
    }),
  ]),
  image: z
    .string()
    .min(1)
    .max(300)
    .regex(/^[\x21-\x7e]+$/, 'the name of an image'),
  /** Program and arguments: no shell reads them. */
  command: z.array(word).min(1, 'a program').max(50),
  /** How long the command may take each time. */
  timeoutSeconds: z.int().min(1).max(900).default(120),
  /** How many fixes are tried. */
  rounds: z.int().min(1).max(10).default(3),
  /** What people see of it in lists. */
  title: z.string().max(200).regex(oneLine, 'text on one line').default(''),
});
export type FixRequest = z.infer<typeof FixRequest>;
