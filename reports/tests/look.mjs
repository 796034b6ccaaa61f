// SPDX-License-Identifier: Apache-2.0
// look.mjs MODULES CHROMIUM PAGE...: has each page judged by axe (WCAG 2.2 A and AA) in a real
// browser, light and dark, wide and on a phone, with everything unfolded; and by html-validate.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [modules, chromium, ...pages] = process.argv.slice(2);
const require = createRequire(path.resolve(modules, "x.js"));
const puppeteer = require("puppeteer-core");
const axe = fs.readFileSync(path.join(modules, "axe-core", "axe.min.js"), "utf8");
const { HtmlValidate } = require("html-validate");
let wrong = 0;

function say(...words) {
	wrong++;
	console.log("WRONG:", ...words);
}

// Ids are the scenarios' own, which HTML allows and this tool's taste does not.
const judge = new HtmlValidate({
	extends: ["html-validate:standard"],
	rules: { "valid-id": "off", "long-title": "off", "no-inline-style": "off", "prefer-native-element": "off" },
});
for (const page of pages) {
	const report = await judge.validateFile(page);
	for (const message of report.results.flatMap((r) => r.messages).slice(0, 5))
		say(path.basename(page), "html-validate", message.line, message.message);
}

const profile = fs.mkdtempSync(path.join(os.tmpdir(), "look-"));
const browser = await puppeteer.launch({
	executablePath: chromium, headless: true, userDataDir: profile,
	args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
});

async function look(page, scheme, width) {
	const tab = await browser.newPage();
	const asked = [];
	await tab.setBypassCSP(true);
	await tab.setViewport({ width, height: 900 });
	await tab.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
	tab.on("request", (r) => asked.push(r.url()));
	tab.on("dialog", (d) => { say(page, "a dialog: script ran"); d.dismiss(); });
	await tab.goto(pathToFileURL(page).href);
	await tab.evaluate(() => document.querySelectorAll("details").forEach((d) => { d.open = true; }));
	const sideways = await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth);
	await tab.evaluate(axe);
	const found = await tab.evaluate(() => axe.run({
		runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
	}));
	const where = [path.basename(page), scheme, width];
	for (const v of found.violations)
		say(...where, v.id, v.nodes.length, v.nodes[0].html.slice(0, 200));
	if (sideways > 0)
		say(...where, "scrolls sideways by", sideways);
	if (asked.length !== 1)
		say(...where, "asked for", asked);
	await tab.close();
}

for (const page of pages)
	for (const scheme of ["light", "dark"])
		for (const width of [1440, 800, 390])
			await look(page, scheme, width);
await browser.close();
fs.rmSync(profile, { recursive: true, force: true });
console.log(`${pages.length} pages looked at, ${wrong} faults`);
process.exit(wrong ? 1 : 0);
