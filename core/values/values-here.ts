/**
 * In a message, the prefix of the values of the chart that says it: nothing for a chart that is installed itself, `frontend.`
 * for one that is the subchart `frontend` of another. A chart is the same in both places, so it is known late.
 */
export const VALUES_HERE = '{values of this chart}.';

/** A message with the place of the values, by the keys that lead to the chart from the one that is installed. */
export function messageAt(message: string, keys: readonly string[]): string {
  return message.replaceAll(VALUES_HERE, keys.map((key) => `${key}.`).join(''));
}
