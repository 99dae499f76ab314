import { type DragEvent, useEffect, useId, useRef, useState } from 'react';
import type { Profile, ProfileSchema } from 'user-profile-client';
import { Avatar } from './avatar.tsx';
import { useTexts } from './context.ts';
import type { Crop } from './crop.ts';
import { CropDialog } from './crop-dialog.tsx';
import { findPicture, isPublic } from './fields.ts';
import { describePerson } from './identity.tsx';
import { labelOf } from './label.ts';
import { Message } from './message.tsx';
import { cutOut, openPicture } from './picture-file.ts';
import { usePicture } from './use-picture.ts';

interface ProfilePictureProps {
  readonly profile: Profile;
  readonly schema: ProfileSchema;
}

/** Chooses, cuts out, uploads and removes the person's picture, where the service takes uploads. */
export function ProfilePicture({ profile, schema }: ProfilePictureProps) {
  const field = findPicture(schema);
  if (field === undefined) return null;
  return <PictureField profile={profile} schema={schema} field={field} />;
}

function PictureField({ profile, schema, field }: ProfilePictureProps & { field: string }) {
  const { texts } = useTexts();
  const { address, said, isBusy, fail, upload, remove, undo } = usePicture(profile, field);
  const [chosen, setChosen] = useState<ImageBitmap>();
  const [isOver, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const title = schema.properties[field]?.title ?? field;
  const hasPicture = typeof address === 'string';

  async function open(file: File | undefined): Promise<void> {
    if (!file || isBusy || chosen) return;
    // A dialog that is left gives the focus back to what had it.
    if (document.activeElement === document.body) button.current?.focus();
    try {
      setChosen(await openPicture(file));
    } catch (error) {
      fail(error);
    }
  }

  function close(picture: ImageBitmap): void {
    setChosen(undefined);
    picture.close();
  }

  async function accept(picture: ImageBitmap, crop: Crop): Promise<void> {
    // At once: the dialog's button may be pressed again, and its answer can't be taken back.
    setChosen(undefined);
    try {
      const square = await cutOut(picture, crop).finally(() => picture.close());
      await upload(square);
    } catch (error) {
      fail(error);
    }
  }

  /** These buttons go with what they do, and the focus must not go with them. */
  function act(action: () => Promise<void>): void {
    if (isBusy) return;
    button.current?.focus();
    void action();
  }

  // Wherever the focus is: nobody clicks into the picture's frame before they paste.
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      if (event.defaultPrevented || isTakenBy(event.target)) return;
      const files = [...(event.clipboardData?.files ?? [])];
      void open(files.find(({ type }) => type.startsWith('image/')));
    };
    document.addEventListener('paste', paste);
    return () => document.removeEventListener('paste', paste);
  });

  const over = (event: DragEvent) => {
    if (!event.dataTransfer.types.includes('Files')) return;
    event.preventDefault();
    setOver(true);
  };

  return (
    <fieldset
      className={isOver ? 'up-picture up-over' : 'up-picture'}
      aria-describedby={`${id}-hint`}
      onDragEnter={over}
      onDragOver={over}
      onDragLeave={({ currentTarget, relatedTarget }) => {
        if (!currentTarget.contains(relatedTarget as Node | null)) setOver(false);
      }}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void open(event.dataTransfer.files[0]);
      }}
    >
      <legend>{labelOf({ name: field, title }, texts.labels)}</legend>
      <div className="up-picture-row">
        <Avatar
          key={String(address)}
          url={hasPicture ? address : undefined}
          name={describePerson(profile, schema).name || profile.email || '?'}
        />
        <div className="up-actions">
          <button
            ref={button}
            type="button"
            className="up-button"
            aria-disabled={isBusy}
            onClick={() => !isBusy && input.current?.click()}
          >
            {texts.picture.choose}
          </button>
          {hasPicture && (
            <button
              type="button"
              className="up-button"
              aria-disabled={isBusy}
              onClick={() => act(remove)}
            >
              {texts.picture.remove}
            </button>
          )}
          {undo && (
            <button
              type="button"
              className="up-button"
              aria-disabled={isBusy}
              onClick={() => act(undo)}
            >
              {texts.picture.undo}
            </button>
          )}
        </div>
      </div>
      <input
        ref={input}
        type="file"
        accept="image/*"
        hidden
        onChange={({ target }) => {
          // The same file may be chosen once more.
          void open(target.files?.[0]).finally(() => {
            target.value = '';
          });
        }}
      />
      <p id={`${id}-hint`} className="up-hint">
        {texts.picture.hint}
        {isPublic(schema.properties[field]) && ` ${texts.everyoneSees}`}
      </p>
      {isBusy && <progress className="up-progress" aria-label={texts.picture.changing} />}
      <Message said={isBusy ? { say: (texts) => texts.picture.changing } : said} />
      {chosen && (
        <CropDialog
          picture={chosen}
          onAccept={(crop) => void accept(chosen, crop)}
          onCancel={() => close(chosen)}
        />
      )}
    </fieldset>
  );
}

/** Whether what is pasted is for a text, or while a dialog asks something else. */
function isTakenBy(target: EventTarget | null): boolean {
  const takers = 'input:not([type=checkbox]), textarea, [contenteditable], dialog';
  return target instanceof Element && target.closest(takers) !== null;
}
