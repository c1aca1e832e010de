import { z } from 'zod';
import { lines } from './text';

/** What is asked in the chat: of the backend, and by it of the agent. */
export const ChatRequest = z.strictObject({
  messages: z
    .array(
      z.strictObject({
        role: z.enum(['user', 'assistant']),
        content: z.string().min(1, 'a text').max(4000, 'at most 4000 characters').regex(lines, 'text'),
      }),
    )
    .min(1, 'a message')
    .max(50, 'at most 50 messages'),
});
