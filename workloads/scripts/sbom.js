// Writes what a program's image has of npm, as CycloneDX JSON, from package-lock.json alone:
//
//     node scripts/sbom.js todo-backend >todo-backend.cdx.json
//
// ci-fixer and jujutsu-gitops-controller have lock files of their own, and the library beside what those name.
//
// `npm sbom --workspace` is not it: npm 11.19.1 leaves out what pg and the SDK of the Model Context Protocol need.
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const workloads = join(__dirname, '..');
const readJson = (...path) => JSON.parse(readFileSync(join(...path), 'utf8'));
const program = process.argv[2] ?? '';
const ALONE = ['ci-fixer', 'jujutsu-gitops-controller'];
const packages = ALONE.includes(program) ? lockedAlone() : readJson(workloads, 'package-lock.json').packages;

/** The program is the root of its lock file. The library's peers are for charts, which it makes none of. */
function lockedAlone() {
  const { packages } = readJson(workloads, program, 'package-lock.json');
  const { name, version, license, dependencies } = readJson(workloads, '..', 'package.json');
  const root = packages[''];
  return {
    ...packages,
    '': { ...root, dependencies: { ...root.dependencies, [name]: version } },
    [`node_modules/${name}`]: { version, license, dependencies },
  };
}

/** What the program needs while it runs: for each place in the lock file the places of what that one needs. */
function reached(program) {
  const found = new Map();
  const visit = (place) => {
    if (found.has(place)) return;
    const {
      dependencies,
      peerDependencies = {},
      peerDependenciesMeta = {},
      optionalDependencies = {},
    } = packages[place];
    found.set(place, []);
    // npm installs a peer too, unless it is optional.
    const peers = Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta[name]?.optional);
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies }).concat(peers)) {
      const needed = placeOf(place, name);
      if (needed !== undefined) {
        found.get(place).push(needed);
        visit(needed);
      } else if (!(name in optionalDependencies)) {
        throw new Error(`package-lock.json lacks ${name}, which ${place} needs: run \`npm install\``);
      }
    }
  };
  visit(program);
  return found;
}

/** Where Node finds a package that is asked for from a place: beside it, or further up. */
function placeOf(from, name) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(folder.lastIndexOf('/node_modules/'), 0))) {
    const place = `${folder && `${folder}/`}node_modules/${name}`;
    if (packages[place]) return packages[place].link ? packages[place].resolved : place;
    if (folder === '') return undefined;
  }
}

const isOfNpm = (place) => place.includes('node_modules/');
const nameOf = (place) => packages[place].name ?? place.split('node_modules/').at(-1);
const refOf = (place) => {
  const ref = `${nameOf(place)}@${packages[place].version}`;
  return isOfNpm(place) ? `pkg:npm/${ref.replace(/^@/, '%40')}` : ref;
};

function componentOf(place) {
  const { version, license, integrity } = packages[place];
  const name = nameOf(place);
  const [group, short] = name.startsWith('@') ? name.split('/') : [undefined, name];
  return {
    type: isOfNpm(place) ? 'library' : 'application',
    'bom-ref': refOf(place),
    group,
    name: short,
    version,
    hashes: integrity?.split(' ').map(hashOf),
    licenses: license && [{ expression: license }],
    purl: isOfNpm(place) ? refOf(place) : undefined,
  };
}

/** `sha512-<base64>` as CycloneDX has it. */
function hashOf(integrity) {
  const [, bits, content] = /^sha(\d+)-(.+)$/.exec(integrity);
  return { alg: `SHA-${bits}`, content: Buffer.from(content, 'base64').toString('hex') };
}

/** The same lock file gives the same bytes: the number is made of what is said, and no time is. */
function billOf(program) {
  const found = reached(program);
  const needs = new Map();
  for (const [place, needed] of found) {
    needs.set(refOf(place), [...new Set([...(needs.get(refOf(place)) ?? []), ...needed.map(refOf)])].sort());
  }
  // One that lies at two places is one.
  const components = new Map([...found.keys()].map((place) => [refOf(place), componentOf(place)]));
  const subject = components.get(refOf(program));
  components.delete(refOf(program));
  const said = {
    metadata: { component: subject },
    components: [...components.keys()].sort().map((ref) => components.get(ref)),
    dependencies: [...needs.keys()].sort().map((ref) => ({ ref, dependsOn: needs.get(ref) })),
  };
  const digest = createHash('sha256').update(JSON.stringify(said)).digest('hex');
  const serial = /^(.{8})(.{4}).(.{3}).(.{3})(.{12})/.exec(digest);
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    serialNumber: `urn:uuid:${serial[1]}-${serial[2]}-8${serial[3]}-8${serial[4]}-${serial[5]}`,
    version: 1,
    ...said,
  };
}

try {
  const programs = packages[''].workspaces ?? [];
  if (!ALONE.includes(program) && !programs.includes(program))
    throw new Error(`No program is called "${program}": there are ${[...programs, ...ALONE].join(', ')}.`);
  console.log(JSON.stringify(billOf(ALONE.includes(program) ? '' : program), null, 2));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
