import type { IConstruct } from 'constructs';

/** Asks every construct once whether it is valid; all complaints together, in the words of stock cdk8s. */
export function validate(constructs: readonly IConstruct[]): void {
  const errors = constructs.flatMap((construct) =>
    construct.node.validate().map((error) => `[${construct.node.path}] ${error}`),
  );
  if (errors.length > 0) {
    throw new Error(`Validation failed with the following errors:\n  ${errors.join('\n  ')}`);
  }
}
