// Drives one page in Debian's chromium. Reads one step of JSON per line from standard input and answers each
// with a line: {"ok": true, "value": ...} or {"ok": false, "error": ..., "page": what the page showed}.
// It ends, and the browser with it, when standard input does.
//
//   {"do": "open", "url": "http://127.0.0.1:8080"}          go there
//   {"do": "fill", "at": "#message", "text": "hello"}       put text into a field
//   {"do": "press", "at": "#message", "key": "Enter"}       press a key there
//   {"do": "type", "text": "hello", "key": "Enter"}         type where the focus is, then press a key if one is named
//   {"do": "click", "at": "text=Send"}                      click
//   {"do": "menu", "at": ".message"}                        click with the right button
//   {"do": "save", "at": "a.file"}                          click, and take the file it saves: {"name", "text"}
//   {"do": "wait_for_text", "at": "#log", "text": "hi"}     until it contains the text; the value is all of its text
//   {"do": "wait_until_gone", "at": ".spinner"}             until there is none any more
//   {"do": "text", "at": "#log"}                            its text now
//   {"do": "count", "at": ".message"}                       how many there are now
//   {"do": "attribute", "at": "a", "name": "href"}          an attribute of the first
//   {"do": "size", "width": 390, "height": 844}             the size of the window
//   {"do": "screenshot", "path": "page.png"}                what it looks like
//   {"do": "complaints"}                                    errors in the console, exceptions, failed requests so far

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const { DEN_TEST_NODE: modules, DEN_TEST_CHROMIUM: executablePath } = process.env;
const { chromium } = createRequire(`${modules}/`)('playwright-core');

const browser = await chromium.launch({
  executablePath,
  headless: true,
  // No sandbox: tests run as root in containers, and only ever open a loopback page of our own.
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
page.setDefaultTimeout(20_000);

const complaints = [];
page.on('console', message => message.type() === 'error' && complaints.push(`console: ${message.text()}`));
page.on('pageerror', error => complaints.push(`exception: ${error.message}`));
page.on('requestfailed', request => complaints.push(`request: ${request.url()} ${request.failure()?.errorText}`));

const steps = {
  open: ({ url }) => page.goto(url).then(() => null),
  fill: ({ at, text }) => page.locator(at).fill(text),
  press: ({ at, key }) => page.locator(at).press(key),
  async type({ text, key }) {
    await page.keyboard.type(text);
    if (key) await page.keyboard.press(key);
  },
  click: ({ at }) => page.locator(at).click(),
  menu: ({ at }) => page.locator(at).click({ button: 'right' }),
  async save({ at }) {
    const [download] = await Promise.all([page.waitForEvent('download'), page.locator(at).click()]);
    return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
  },
  async wait_for_text({ at, text }) {
    const found = page.locator(at).filter({ hasText: text }).first();
    await found.waitFor();
    return found.innerText();
  },
  async wait_until_gone({ at }) {
    await page.waitForFunction(selector => !document.querySelector(selector), at);
  },
  text: ({ at }) => page.locator(at).first().innerText(),
  count: ({ at }) => page.locator(at).count(),
  attribute: ({ at, name }) => page.locator(at).first().getAttribute(name),
  size: size => page.setViewportSize(size),
  screenshot: ({ path }) => page.screenshot({ path }).then(() => null),
  complaints: () => complaints,
};

for await (const line of createInterface({ input: process.stdin })) {
  const step = JSON.parse(line);
  let answer;
  try {
    const run = steps[step.do];
    if (!run) throw new Error(`no step is called ${step.do}`);
    answer = { ok: true, value: (await run(step)) ?? null };
  } catch (error) {
    const shown = await page.locator('body').innerText({ timeout: 1_000 }).catch(() => '');
    answer = { ok: false, error: error.message, page: shown };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await browser.close();
