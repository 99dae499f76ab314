import { useEffect, useRef } from 'react';

/**
 * For the element around parts of which one is shown: where the focus goes with one part, the
 * heading of the next one gets it. Nothing has it otherwise, and the keyboard starts at the top.
 */
export function useKeptFocus<Around extends HTMLElement>(part: string) {
  const ref = useRef<Around>(null);
  const shown = useRef(part);
  const isInside = useRef(false);
  useEffect(() => {
    if (shown.current === part) return;
    shown.current = part;
    if (isInside.current && isNowhere()) ref.current?.querySelector('h1')?.focus();
  }, [part]);
  return {
    ref,
    onFocus: () => {
      isInside.current = true;
    },
    // React tells of no blur when it removes an element; and a tab that is left keeps its focus.
    onBlur: () => {
      isInside.current = !isNowhere();
    },
  };
}

function isNowhere(): boolean {
  return document.activeElement === document.body;
}
