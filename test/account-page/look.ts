import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import type { Test } from 'tap';

/** Set it to keep pictures of the page as it looks at every step. */
const pictures = process.env.ACCOUNT_PAGE_PICTURES;

/** In a row without any: a colour's way may begin in a later frame than its cause. */
const quietFrames = 5;

/** Waits until no colour is on its way to another: between two themes none has the contrast of either. */
async function settle(page: Page): Promise<void> {
  await page.evaluate('globalThis.quiet = 0');
  await page.waitForFunction(
    `(quiet = document.getAnimations().some((one) => one.playState === 'running')
      ? 0 : quiet + 1) >= ${quietFrames}`,
  );
}

/** Fails where axe finds something that keeps somebody from using the page. */
export async function findNothing(t: Test, page: Page, name: string): Promise<void> {
  await settle(page);
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<AxeResults>('axe.run()');
  const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`);
  t.same(told, [], `axe finds nothing on ${name}`);
}

export async function takePictures(page: Page, name: string): Promise<void> {
  if (!pictures) return;
  mkdirSync(pictures, { recursive: true });
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: width === 390 ? 844 : 900 });
      const path = join(pictures, `${name}-${width}-${colorScheme}.png`);
      await page.screenshot({ path, fullPage: true });
    }
  }
  await page.emulateMedia({ colorScheme: null });
}
