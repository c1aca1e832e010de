// biome-ignore-all lint/style/useNodejsImportProtocol: an old Node does not know the protocol and must still get a sentence
// Runs before anything is installed, on whatever Node there is: plain JavaScript that old versions can read too.
// Checks the version of Node, then installs with `npm ci`, but only when node_modules is not what the lock asks for.
// With --workloads also what the programs in workloads/ need, which tests run and `make synth` does not.

var fs = require('fs');
var path = require('path');
var spawnSync = require('child_process').spawnSync;

var root = path.join(__dirname, '..');

/** The version of Node that package.json asks for, as numbers. */
function wantedNode() {
  var engines = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')).engines;
  return engines.node.replace('>=', '').split('.').map(Number);
}

function isOlder(version, wanted) {
  var parts = version.replace('v', '').split('.').map(Number);
  return parts[0] < wanted[0] || (parts[0] === wanted[0] && parts[1] < wanted[1]);
}

/** npm keeps in node_modules a copy of the lock that it installed; it is the stamp that is compared. */
function isInstalled(folder) {
  var installed;
  try {
    installed = JSON.parse(
      fs.readFileSync(path.join(folder, 'node_modules', '.package-lock.json'), 'utf8'),
    ).packages;
  } catch (_missing) {
    return false;
  }
  var wanted = JSON.parse(fs.readFileSync(path.join(folder, 'package-lock.json'), 'utf8')).packages;
  return Object.keys(wanted).every((place) => {
    // The project itself, and the members of a workspace, which npm links and does not install.
    if (place.indexOf('node_modules/') === -1 || wanted[place].link) return true;
    // A binary for another platform is in the lock and never installed.
    if (!installed[place]) return wanted[place].optional === true || wanted[place].devOptional === true;
    return installed[place].version === wanted[place].version;
  });
}

function main() {
  var wanted = wantedNode();
  if (isOlder(process.version, wanted)) {
    console.error(
      'This needs Node ' +
        wanted.join('.') +
        ' or newer, found ' +
        process.version +
        ': install a newer one from nodejs.org, then try again.',
    );
    return 1;
  }
  var folders = process.argv.indexOf('--workloads') === -1 ? [root] : [root, path.join(root, 'workloads')];
  return folders.every(install) ? 0 : 1;
}

/** Whether the folder has what its lock names, after an install where it had not. */
function install(folder) {
  if (isInstalled(folder)) return true;
  var lock = path.relative(root, path.join(folder, 'package-lock.json'));
  console.log('npm ci: installing what ' + lock + ' names (about half a minute on a first run)');
  var started = Date.now();
  var run = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    stdio: 'inherit',
  });
  if (run.error || run.status !== 0) {
    console.error(
      run.error
        ? 'npm was not found on the PATH: it comes with Node, install it and try again.'
        : 'npm ci failed; its own words are above. It needs the npm registry to be reachable.',
    );
    return false;
  }
  console.log('npm ci: done after ' + Math.round((Date.now() - started) / 1000) + ' s');
  return true;
}

process.exitCode = main();
