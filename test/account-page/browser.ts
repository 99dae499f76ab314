import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import type { Test } from 'tap';

const candidates = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser'];
const executablePath = candidates.find((path) => path && existsSync(path));

/** For `skip`: why there is no browser here, or false. */
export const noBrowser = executablePath ? false : 'there is no Chromium here (CHROMIUM_PATH)';

export interface Browser {
  readonly context: BrowserContext;
  /** The tab that it begins with. */
  readonly page: Page;
  /** Every address asked for so far. */
  readonly requests: string[];
  /** Errors of the pages and of their console so far. */
  readonly faults: string[];
}

/** A browser of this test's own, with nothing in it. */
export async function startBrowser(t: Test, options: object = {}): Promise<Browser> {
  const folder = mkdtempSync(join(tmpdir(), 'browser-'));
  const context = await chromium.launchPersistentContext(folder, {
    ...(executablePath && { executablePath }),
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
    viewport: { width: 1280, height: 900 },
    ...options,
  });
  t.teardown(async () => {
    await context.close();
    rmSync(folder, { recursive: true, force: true });
  });
  context.setDefaultTimeout(60_000);
  const requests: string[] = [];
  const faults: string[] = [];
  const watch = (page: Page) => {
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text());
    });
    page.on('pageerror', (error) => faults.push(String(error)));
  };
  context.on('page', watch);
  context.on('request', (request) => requests.push(request.url()));
  for (const page of context.pages()) watch(page);
  const page = context.pages()[0] ?? (await context.newPage());
  return { context, page, requests, faults };
}
