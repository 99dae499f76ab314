import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';

interface DialogProps {
  readonly title: string;
  readonly onCancel: () => void;
  readonly children: ReactNode;
}

/** The browser's own modal dialog: keeps the focus inside and closes with Escape. */
export function Dialog({ title, onCancel, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  // A layout effect: only a dialog that is closed before it leaves the page gives the focus back.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className="up-dialog"
      aria-labelledby={titleId}
      // Also where the browser doesn't ask first. Strict mode closes and opens again at once.
      onClose={({ currentTarget }) => {
        if (!currentTarget.open) onCancel();
      }}
    >
      <h2 id={titleId}>{title}</h2>
      {children}
    </dialog>
  );
}
