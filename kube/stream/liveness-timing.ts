/** When a silent connection counts as dead. */
export interface LivenessTiming {
  /** How often a ping is sent. @default 5000 */
  readonly pingMs: number;
  /** Silence longer than this, pings unanswered, is a dead connection. @default 30000 */
  readonly silenceMs: number;
  /**
   * The same while input is under way: a server that waits for a slow command to read does not answer pings, and is
   * not dead. @default 600000
   */
  readonly inputStallMs: number;
}
