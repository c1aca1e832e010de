import { check } from './check';
import { readObjects } from './read';
import { readWaivers } from './waivers';

/** What cdk8s hands to a validation plug-in, as far as this one looks. */
interface ValidationContext {
  readonly manifests: readonly string[];
  readonly report: {
    addViolation(violation: {
      readonly ruleName: string;
      readonly recommendation: string;
      readonly fix: string;
      readonly violatingResources: readonly {
        readonly resourceName: string;
        readonly locations: readonly string[];
        readonly manifestPath: string;
      }[];
    }): void;
    submit(status: 'success' | 'failure'): void;
  };
}

/** Properties in `cdk8s.yaml`. */
export interface DrydockValidationProps {
  /**
   * The level of Pod Security that the pods have to meet.
   * @default 'restricted'
   */
  readonly level?: 'privileged' | 'baseline' | 'restricted';
  /**
   * A JSON file of waivers.
   * @default - none
   */
  readonly waivers?: string;
  /**
   * Files and folders of what others install, such as `dist/secrets`, where `drydock synth` writes which Secrets the pods
   * need.
   * @default - none
   */
  readonly provided?: readonly string[];
}

/**
 * The rules of `drydock check` as a validation plug-in of cdk8s: list it in `cdk8s.yaml` under `validations`, with
 * `package: cdk8s-drydock` and `class: DrydockValidation`.
 *
 * @example
 * // What cdk8s makes of `properties` beside the class in cdk8s.yaml.
 * new DrydockValidation({ level: 'restricted', waivers: 'waivers.json' });
 */
export class DrydockValidation {
  constructor(private readonly props: DrydockValidationProps = {}) {}

  async validate({ manifests, report }: ValidationContext): Promise<void> {
    const sources = new Map<string, string>();
    const objects = manifests.flatMap((file) =>
      readObjects(file).map((object) => {
        sources.set(`${object.kind}/${object.metadata?.name}`, file);
        return object;
      }),
    );
    const { level, waivers, provided = [] } = this.props;
    const findings = check(objects, {
      level,
      waivers: waivers === undefined ? [] : readWaivers(waivers),
      provided: provided.flatMap((source) => readObjects(source)),
    });
    for (const { rule, object, field, why, fix } of findings) {
      const manifestPath = sources.get(object) ?? '';
      report.addViolation({
        ruleName: rule,
        recommendation: why,
        fix,
        violatingResources: [{ resourceName: object, locations: [field], manifestPath }],
      });
    }
    report.submit(findings.length > 0 ? 'failure' : 'success');
  }
}
