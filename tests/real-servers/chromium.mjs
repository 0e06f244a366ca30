// A Chromium that a test drives: requests and answers are lines of JSON.
//
// A request `{id, act, tab, args}` names an act below, and is answered with `{id, value}` or
// `{id, problem}`. Nothing here knows what is tested, and nothing sleeps: an act waits for what it needs,
// and fails after thirty seconds. It ends with its standard input.

import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

const settings = JSON.parse(process.argv[2]);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
// A page that nobody has touched may open no popup.
const ignoreDefaultArgs = ['--disable-popup-blocking'];
const launch = { executablePath: settings.program, args: settings.args, ignoreDefaultArgs };
const browser = await chromium.launch(launch);

// Only a profile can refuse cookies, all but the provider's, and only a browser of its own has one.
const profiles = new Map();
const refusingCookies = async (locale) => {
  const profile = mkdtempSync(join(tmpdir(), 'fncy-chromium-'));
  const cookies = { '127.0.0.1,*': { setting: 1 } };
  const preferences = {
    profile: {
      default_content_setting_values: { cookies: 2 },
      content_settings: { exceptions: { cookies } },
    },
  };
  mkdirSync(join(profile, 'Default'));
  writeFileSync(join(profile, 'Default', 'Preferences'), JSON.stringify(preferences));
  const context = await chromium.launchPersistentContext(profile, { ...launch, locale });
  profiles.set(context, profile);
  return context;
};

const close = async (context) => {
  await context.close();
  const profile = profiles.get(context);
  if (profile) rmSync(profile, { recursive: true, force: true, maxRetries: 9 });
};

const tabs = [];
const opened = async (context) => {
  context.setDefaultTimeout(30_000);
  return known(await context.newPage());
};
const known = (page) => {
  const tab = { page, requested: [] };
  page.on('request', (request) => tab.requested.push(request.url()));
  return tabs.push(tab) - 1;
};

const acts = {
  // A browser that keeps nothing of another one's, and its first tab.
  open: async (_, locale) => opened(await browser.newContext({ locale })),
  openWithoutCookies: async (_, locale) => opened(await refusingCookies(locale)),
  // A browser with copies of all cookies that this one has for an address, and with nothing else of it.
  copy: async ({ page }, url, locale) => {
    const context = await browser.newContext({ locale });
    await context.addCookies(await page.context().cookies(url));
    return opened(context);
  },
  another: ({ page }) => opened(page.context()),
  // The tab or popup that a page of this browser has opened.
  newTab: async ({ page }) => {
    const isNew = (other) => !tabs.some((tab) => tab.page === other);
    const found = page.context().pages().find(isNew);
    return known(found ?? (await page.context().waitForEvent('page', isNew)));
  },
  // Waits until a page has closed its tab.
  closes: async ({ page }) => {
    if (!page.isClosed()) await page.waitForEvent('close');
  },
  fill: ({ page }, label, text) => page.getByLabel(label).fill(text),
  // The last tab takes its browser with it.
  close: async ({ page }) => {
    await page.close();
    const isEmpty = page.context().pages().every((other) => other.url() === 'about:blank');
    if (isEmpty) await close(page.context());
  },

  visit: async ({ page }, url) => {
    await page.goto(url);
  },
  back: async ({ page }) => {
    await page.goBack();
  },
  reload: async ({ page }) => {
    await page.reload();
  },
  press: ({ page }, name) => page.getByRole('button', { name }).click(),
  follow: ({ page }, name) => page.getByRole('link', { name }).click(),
  followInFrame: ({ page }, name) =>
    page.frameLocator('iframe').getByRole('link', { name }).click(),
  // A form of the page in the tab, which a person has filled in and sends.
  post: ({ page }, action) =>
    page.evaluate((action) => {
      const form = Object.assign(document.createElement('form'), { method: 'post', action });
      document.body.append(form);
      form.submit();
    }, action),
  // So many of a script's requests at once: the status and the text of each answer.
  fetch: ({ page }, url, count) =>
    page.evaluate(
      ([url, count]) =>
        Promise.all(
          Array.from({ length: count }, async () => {
            const response = await fetch(url);
            return [response.status, await response.text()];
          }),
        ),
      [url, count],
    ),

  // Waits until the tab shows a page with this heading at this address, which may be a pattern.
  shows: async ({ page }, url, heading) => {
    try {
      await page.waitForURL(url);
      await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor();
    } catch {
      const headings = await page.locator('h1').allInnerTexts();
      throw new Error(`no "${heading}" at ${url}, but "${headings}" at ${page.url()}`);
    }
  },
  frameShows: ({ page }, name) =>
    page
      .frameLocator('iframe')
      .getByRole('heading', { level: 1, name, exact: true })
      .waitFor(),
  text: ({ page }) => page.locator('body').innerText(),
  requested: async ({ requested }, start) => requested.findLast((url) => url.startsWith(start)),
  // As `Set-Cookie` has them, and as the browser kept them.
  cookies: async ({ page }, url) =>
    (await page.context().cookies(url)).map(({ name, secure, httpOnly, sameSite }) =>
      [name, secure && 'Secure', httpOnly && 'HttpOnly', `SameSite=${sameSite}`]
        .filter(Boolean)
        .join('; '),
    ),

  // As if the browser had dropped the cookies whose names have this part.
  drop: async ({ page }, part) => {
    await page.context().clearCookies({ name: new RegExp(part) });
  },

  // What another site's page at this address is.
  serve: async ({ page }, url, body) => {
    await page.context().route(url, (route) => route.fulfill({ contentType: 'text/html', body }));
  },
  // Whatever leads to this address stays where it is: so do browsers with an answer that has no content.
  hold: async ({ page }, url) => {
    await page.context().route(url, (route) => route.fulfill({ status: 204 }));
  },
  // From now on each answer below this address has one more header.
  addHeader: async ({ page }, start, name, value) => {
    await page.context().route(`${start}/**`, async (route) => {
      const response = await route.fetch({ maxRedirects: 0 });
      await route.fulfill({ response, headers: { ...response.headers(), [name]: value } });
    });
  },
  look: async ({ page }, width, height, colorScheme) => {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme });
  },
  violations: async ({ page }) => {
    // In each frame, so that the page's own can ask those of its frames.
    await Promise.all(page.frames().map((frame) => frame.evaluate(axe)));
    const { violations } = await page.evaluate(() => globalThis.axe.run());
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target)}`);
  },
};

const lines = createInterface({ input: process.stdin });
lines.on('line', async (line) => {
  const { id, act, tab, args } = JSON.parse(line);
  const answer = await acts[act](tabs[tab], ...args).then(
    (value) => ({ id, value: value ?? null }),
    ({ message }) => ({ id, problem: message }),
  );
  console.log(JSON.stringify(answer));
});
lines.on('close', async () => {
  await Promise.all(tabs.map(({ page }) => close(page.context())));
  await browser.close();
});
