import { text } from './schema';

/** The name of an object. */
export const DNS_NAME = '^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$';

/** A time as Kubernetes writes it, within bounds. */
export const duration = (doc: string, given: string, least: string, most: string) =>
  text(doc, {
    ...{ maxLength: 20, pattern: '^([0-9]+(ms|s|m|h))+$', default: given },
    rules: [
      {
        rule: `duration(self) >= duration('${least}') && duration(self) <= duration('${most}')`,
        message: `give a time from ${least} to ${most}, such as \`${given}\``,
      },
    ],
  });
