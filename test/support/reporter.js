// The jest reporter of this repository: a plain line for every test file, the reason of every skip, and one last line
// `N passed, N failed, N skipped`. Plain JavaScript, because jest loads reporters without the transform.
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
    this.counts = { passed: 0, failed: 0, skipped: 0 };
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
    // A file that does not load, or holds no test, has no failing test of its own and is a failure all the same.
    const failed = of('failed').length || (result.failureMessage ? 1 : 0);
    const skipped = this.isPartialRun ? [] : [...of('pending'), ...of('todo'), ...of('disabled')];
    this.counts.passed += passed;
    this.counts.failed += failed;

    const seconds = ((result.perfStats.end - result.perfStats.start) / 1000).toFixed(1);
    const parts = [
      `${passed} passed`,
      failed && `${failed} failed`,
      skipped.length && `${skipped.length} skipped`,
    ];
    this.say(
      `[${this.filesDone}/${this.filesTotal}] ${this.name(test.path)}  ${parts.filter(Boolean).join(', ')}, ${seconds} s`,
    );
    for (const skip of skipped) {
      this.countSkip(test.path, skip.fullName);
    }
    if (failed > 0) {
      for (const entry of result.console ?? []) {
        this.say(entry.message);
      }
      this.say(result.failureMessage ?? '');
    }
  }

  /** A skip that does not say why is a failure; with CI=true every skip is. */
  countSkip(path, fullName) {
    const reason = reasonInTitle.exec(fullName)?.[1];
    const isFailure = reason === undefined || process.env.CI === 'true';
    this.counts[isFailure ? 'failed' : 'skipped'] += 1;
    this.say(
      `  ${isFailure ? 'FAILED, because skipped' : 'skipped'}: ${this.name(path)} > ${fullName.replace(reasonInTitle, '').trim()}`,
    );
    this.say(`    ${reason ?? 'no reason given: say it with needs() of test/support/needs.ts'}`);
  }

  onRunComplete(_contexts, results) {
    clearInterval(this.heartbeat);
    if (results.runExecError || results.wasInterrupted) {
      this.counts.failed += 1;
      this.say(results.runExecError?.message ?? 'the run was interrupted');
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
    const { passed, failed, skipped } = this.counts;
    if (process.env.DRYDOCK_COUNTS_FILE) {
      // scripts/test.ts adds its own checks and then prints the last line itself.
      writeFileSync(process.env.DRYDOCK_COUNTS_FILE, JSON.stringify(this.counts));
    } else {
      this.say(`${passed} passed, ${failed} failed, ${skipped} skipped`);
    }
  }

  /** Ends the run as failed; clusters and servers end with the process that started them. */
  giveUp(why) {
    this.counts.failed += 1;
    this.say(`FAILED: ${why}`);
    this.tellCounts();
    process.exit(1);
  }

  /** jest fails the run when a reporter has an error: what counts as failed here fails there. */
  getLastError() {
    return this.counts.failed > 0 ? new Error(`${this.counts.failed} failed`) : undefined;
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
