import type { Page } from 'playwright-core';

/** Run in the page: what somebody who can't see it hears, and whether the others see where it is. */
const describeFocus = `(() => {
  const element = document.activeElement;
  const text = element?.labels?.[0]?.textContent ?? element?.textContent ?? '';
  return { text: text.replace(/\\s+/g, ' ').trim(), visible: element?.matches(':focus-visible') };
})()`;

/** Goes on with Tab until the control of this label or text has the focus. */
export async function tabTo(page: Page, name: string): Promise<void> {
  for (let steps = 0; steps < 60; steps++) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate<{ text: string; visible: boolean }>(describeFocus);
    if (!focused.text.startsWith(name)) continue;
    if (!focused.visible) throw new Error(`nobody can see that "${name}" has the focus`);
    return;
  }
  throw new Error(`"${name}" is not reached by keyboard on ${page.url()}`);
}

/** Types into the field of this label, in place of what is there. */
export async function fill(page: Page, label: string, text: string): Promise<void> {
  await tabTo(page, label);
  await page.keyboard.press('Control+A');
  if (text === '') await page.keyboard.press('Delete');
  else await page.keyboard.type(text);
}

export async function push(page: Page, button: string): Promise<void> {
  await tabTo(page, button);
  await page.keyboard.press('Enter');
}
