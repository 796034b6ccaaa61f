// SPDX-License-Identifier: Apache-2.0
// Starts idp-sim for a test and speaks its control API.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

export const TENANT = '11111111-2222-3333-4444-555555555555';

export class Simulator {
  static async start(program, ...options) {
    const child = spawn(program, ['serve', '--port', '0', '--control-port', '0', '--tls', '--tls-port', '0',
      '--ready', 'json', '--exit-on-stdin-close', ...options], { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout });
    const first = await new Promise((resolve, reject) => {
      lines.once('line', resolve);
      child.once('exit', (code) => reject(new Error(`idp-sim ended with ${code}`)));
    });
    return Object.assign(new Simulator(), { child, ready: JSON.parse(first) });
  }

  stop() {
    this.child.removeAllListeners('exit');
    return new Promise((resolve) => {
      this.child.once('exit', resolve);
      this.child.stdin.end();
    });
  }

  async call(method, path, body) {
    const answer = await fetch(this.ready.control + path, {
      method, body: body && JSON.stringify(body), headers: { 'Content-Type': 'application/json' },
    });
    return answer.json();
  }

  fail(code, scope = {}) {
    return this.call('POST', '/_sim/troubles', { error: code, ...scope });
  }

  // Approves or denies once a device code was polled, or so often.
  async afterPoll(act, polls = 1) {
    await this.call('GET', `/_sim/journal?wait=30&n=${polls}&grant=device_code`);
    return act();
  }
}

// Packages live where install.sh put them, not beside the tests.
export async function load(name) {
  const require = createRequire(`${process.env.CLIENTS}/package.json`);
  return import(pathToFileURL(require.resolve(name)).href);
}
