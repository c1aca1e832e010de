// The jest reporter of this repository: a plain line for every test file, the reason of every skip, and one last line
// `N passed, N failed, N skipped`. Plain JavaScript, because jest loads reporters without the transform.
// scripts/test.ts runs jest several times and says at the very end what failed, for a log may keep its tail only. It
// reads that from the file that DRYDOCK_COUNTS_FILE names, as
// `{ passed, skipped, failures: [{ title, message }], files: [{ name, seconds }] }`.
const { writeFileSync } = require('node:fs');
const { relative } = require('node:path');

const heartbeatMs = 30_000;
// A file that waits for what never comes, or a handle that stays open, would hold everything until somebody looks.
const fileLimitMs = Number(process.env.DRYDOCK_FILE_LIMIT_MS ?? 15 * 60_000);
const exitLimitMs = Number(process.env.DRYDOCK_EXIT_LIMIT_MS ?? 60_000);
const reasonInTitle = /\[cannot run here: (.*)\]/s;

class PlainReporter {
  /** @param {import('@jest/types').Config.GlobalConfig} globalConfig */
  constructor(globalConfig) {
    this.rootDir = globalConfig.rootDir;
    // With a pattern on the command line jest marks what does not match as pending: left out on purpose, not skipped.
    this.isPartialRun = Boolean(globalConfig.testNamePattern);
    this.passed = 0;
    this.skipped = 0;
    /** @type {{ title: string, message: string }[]} what counts as failed is what is in this list */
    this.failures = [];
    this.files = [];
    this.filesDone = 0;
    this.running = new Map();
  }

  onRunStart(results) {
    this.filesTotal = results.numTotalTestSuites;
    this.heartbeat = setInterval(() => this.sayWhatRuns(), Math.min(heartbeatMs, fileLimitMs));
    this.heartbeat.unref();
  }

  onTestFileStart(test) {
    this.running.set(test.path, Date.now());
  }

  onTestFileResult(test, result) {
    this.running.delete(test.path);
    this.filesDone += 1;
    const of = (status) => result.testResults.filter((one) => one.status === status);
    const passed = of('passed').length;
    const failures = this.failuresOf(test, result);
    const skipped = this.isPartialRun ? [] : [...of('pending'), ...of('todo'), ...of('disabled')];
    this.passed += passed;
    this.failures.push(...failures);

    const seconds = (result.perfStats.end - result.perfStats.start) / 1000;
    this.files.push({ name: this.name(test.path), seconds });
    const parts = [
      `${passed} passed`,
      failures.length && `${failures.length} failed`,
      skipped.length && `${skipped.length} skipped`,
    ];
    this.say(
      `[${this.filesDone}/${this.filesTotal}] ${this.name(test.path)}  ${parts.filter(Boolean).join(', ')}, ${seconds.toFixed(1)} s`,
    );
    for (const skip of skipped) {
      this.countSkip(test.path, skip.fullName);
    }
    if (failures.length > 0) {
      for (const entry of result.console ?? []) {
        this.say(entry.message);
      }
      this.say(result.failureMessage ?? '');
    }
  }

  failuresOf(test, result) {
    const file = this.name(test.path);
    const failed = result.testResults
      .filter(({ status }) => status === 'failed')
      .map((one) => ({ title: `${file} > ${one.fullName}`, message: one.failureMessages.join('\n') }));
    // A file that does not load, or holds no test, has no failing test of its own and is a failure all the same.
    return failed.length === 0 && result.failureMessage
      ? [{ title: file, message: result.failureMessage }]
      : failed;
  }

  /** A skip that does not say why is a failure; with CI=true every skip is. */
  countSkip(path, fullName) {
    const reason = reasonInTitle.exec(fullName)?.[1];
    const isFailure = reason === undefined || process.env.CI === 'true';
    const title = `${this.name(path)} > ${fullName.replace(reasonInTitle, '').trim()}`;
    const why = reason ?? 'no reason given: say it with needs() of test/support/needs.ts';
    if (isFailure) {
      this.failures.push({ title, message: `skipped: ${why}` });
    } else {
      this.skipped += 1;
    }
    this.say(`  ${isFailure ? 'FAILED, because skipped' : 'skipped'}: ${title}`);
    this.say(`    ${why}`);
  }

  onRunComplete(_contexts, results) {
    clearInterval(this.heartbeat);
    if (results.runExecError || results.wasInterrupted) {
      const title = results.runExecError?.message ?? 'the run was interrupted';
      this.failures.push({ title, message: results.runExecError?.stack ?? '' });
      this.say(title);
    }
    this.tellCounts();
    // Does not keep the process alive by itself, so it comes only where something else does.
    const kinds = () => [...new Set(process.getActiveResourcesInfo())].join(', ');
    setTimeout(
      () => this.giveUp(`jest does not end, something is still open: ${kinds()}`),
      exitLimitMs,
    ).unref();
  }

  tellCounts() {
    const { passed, skipped, failures, files } = this;
    if (process.env.DRYDOCK_COUNTS_FILE) {
      // scripts/test.ts adds its own checks and then prints the last line itself.
      writeFileSync(process.env.DRYDOCK_COUNTS_FILE, JSON.stringify({ passed, skipped, failures, files }));
    } else {
      this.say(`${passed} passed, ${failures.length} failed, ${skipped} skipped`);
    }
  }

  /** Ends the run as failed; clusters and servers end with the process that started them. */
  giveUp(why) {
    this.failures.push({ title: why, message: '' });
    this.say(`FAILED: ${why}`);
    this.tellCounts();
    process.exit(1);
  }

  /** jest fails the run when a reporter has an error: what counts as failed here fails there. */
  getLastError() {
    return this.failures.length > 0 ? new Error(`${this.failures.length} failed`) : undefined;
  }

  sayWhatRuns() {
    for (const [path, since] of this.running) {
      const elapsed = Date.now() - since;
      this.say(`  still running after ${Math.round(elapsed / 1000)} s: ${this.name(path)}`);
      if (elapsed >= fileLimitMs) this.giveUp(`${this.name(path)} does not end`);
    }
  }

  name(path) {
    return relative(this.rootDir, path);
  }

  say(line) {
    process.stdout.write(`${line}\n`);
  }
}

module.exports = PlainReporter;
