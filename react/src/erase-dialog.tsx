import { useAuthStore, useTexts } from './context.ts';
import { WordDialog } from './word-dialog.tsx';

/** Asks for a word before everything is gone. */
export function EraseDialog({ onCancel }: { onCancel: () => void }) {
  const store = useAuthStore();
  const { texts } = useTexts();
  return (
    <WordDialog
      question={texts.eraseQuestion}
      warning={texts.eraseWarning}
      word={texts.eraseWord}
      confirm={texts.eraseForGood}
      onConfirm={() => store.erase()}
      onCancel={onCancel}
    />
  );
}
