import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';

interface DialogProps {
  readonly title: string;
  readonly onCancel: () => void;
  /** What was confirmed is under way: it can't be called off, so the dialog stays. */
  readonly isUnderWay?: boolean;
  readonly children: ReactNode;
}

/** The browser's own modal dialog: keeps the focus inside and closes with Escape. */
export function Dialog({ title, onCancel, isUnderWay = false, children }: DialogProps) {
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
      onCancel={(event) => {
        if (isUnderWay) event.preventDefault();
      }}
      // Also where the browser doesn't ask first. Strict mode closes and opens again at once.
      onClose={({ currentTarget }) => {
        if (currentTarget.open || !currentTarget.isConnected) return;
        if (isUnderWay) currentTarget.showModal();
        else onCancel();
      }}
    >
      <h2 id={titleId}>{title}</h2>
      {children}
    </dialog>
  );
}
