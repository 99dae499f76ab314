import { type KeyboardEvent, useId, useState } from 'react';
import { useTexts } from './context.ts';
import { type Crop, findMostZoom, movePicture, readZoom, takeMiddle, zoomTo } from './crop.ts';
import { CropArea } from './crop-area.tsx';
import { Dialog } from './dialog.tsx';

interface CropDialogProps {
  readonly picture: ImageBitmap;
  readonly onAccept: (crop: Crop) => void;
  readonly onCancel: () => void;
}

/** Of the square that is shown, for one press of an arrow key. */
const keyStep = 0.05;
const zoomStep = 1.1;
const arrows: Readonly<Record<string, readonly [right: number, down: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Lets the person choose which square of their picture is shown. */
export function CropDialog({ picture, onAccept, onCancel }: CropDialogProps) {
  const { texts } = useTexts();
  const [crop, setCrop] = useState(() => takeMiddle(picture));
  const id = useId();
  const zoom = readZoom(crop, picture);
  const mostZoom = findMostZoom(picture);
  const move = (right: number, down: number) =>
    setCrop((crop) => movePicture(crop, picture, right, down));

  function press(event: KeyboardEvent<HTMLFormElement>): void {
    const { key, target } = event;
    const arrow = arrows[key];
    const isSlider = target instanceof HTMLInputElement;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (key === 'Enter') {
      // A button that has the focus does what it says.
      if (target instanceof HTMLButtonElement) return;
      onAccept(crop);
    } else if (arrow && !isSlider) {
      move(arrow[0] * keyStep * crop.side, arrow[1] * keyStep * crop.side);
    } else if (key === '+' || key === '=') setCrop(zoomTo(crop, picture, zoom * zoomStep));
    else if (key === '-') setCrop(zoomTo(crop, picture, zoom / zoomStep));
    else return;
    event.preventDefault();
  }

  return (
    <Dialog title={texts.picture.crop} onCancel={onCancel}>
      <form
        onKeyDown={press}
        onSubmit={(event) => {
          event.preventDefault();
          onAccept(crop);
        }}
      >
        <CropArea picture={picture} crop={crop} describedBy={`${id}-hint`} onMove={move} />
        <p id={`${id}-hint`} className="up-hint">
          {texts.picture.cropHint}
        </p>
        {mostZoom > 1 && (
          <div className="up-field">
            <label htmlFor={id}>{texts.picture.zoom}</label>
            <input
              id={id}
              type="range"
              min={100}
              max={Math.round(mostZoom * 100)}
              value={Math.round(zoom * 100)}
              aria-valuetext={`${Math.round(zoom * 100)} %`}
              onChange={({ target }) => setCrop(zoomTo(crop, picture, Number(target.value) / 100))}
            />
          </div>
        )}
        <div className="up-actions">
          <button type="submit" className="up-button up-primary">
            {texts.picture.take}
          </button>
          <button type="button" className="up-button" onClick={onCancel}>
            {texts.picture.cancel}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
