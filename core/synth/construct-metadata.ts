/** The file that the CLI of cdk8s asks for when validations are on; kubectl cannot read it. */
export const METADATA_FILE = 'construct-metadata.json';

/** Which construct each object comes from, by the object's name, as stock writes it. */
export function constructMetadata(constructs: ReadonlyMap<string, string>): string {
  const resources = Object.fromEntries([...constructs].map(([name, path]) => [name, { path }]));
  return JSON.stringify({ version: '1.0.0', resources });
}
