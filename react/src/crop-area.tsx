import { type PointerEvent, useLayoutEffect, useRef } from 'react';
import { useTexts } from './context.ts';
import type { Crop } from './crop.ts';
import { drawCrop } from './picture-file.ts';

interface CropAreaProps {
  readonly picture: ImageBitmap;
  readonly crop: Crop;
  readonly describedBy: string;
  /** In pixels of the picture. */
  readonly onMove: (right: number, down: number) => void;
}

/** Pixels of the canvas; the styles say how large it is on the page. */
const drawnSide = 640;

/** The square as it will be, moved by mouse, finger or pen; its keys are the dialog's. */
export function CropArea({ picture, crop, describedBy, onMove }: CropAreaProps) {
  const { texts } = useTexts();
  const canvas = useRef<HTMLCanvasElement>(null);
  const last = useRef<{ readonly x: number; readonly y: number }>(undefined);

  useLayoutEffect(() => {
    if (canvas.current) drawCrop(canvas.current, picture, crop);
  }, [picture, crop]);

  function grab({ currentTarget, pointerId, clientX, clientY, isPrimary }: PointerEvent): void {
    if (!isPrimary) return;
    currentTarget.setPointerCapture(pointerId);
    last.current = { x: clientX, y: clientY };
  }

  function drag({ currentTarget, clientX, clientY, isPrimary }: PointerEvent): void {
    if (!last.current || !isPrimary) return;
    const scale = crop.side / currentTarget.clientWidth;
    onMove((clientX - last.current.x) * scale, (clientY - last.current.y) * scale);
    last.current = { x: clientX, y: clientY };
  }

  function release(): void {
    last.current = undefined;
  }

  return (
    <div className="up-crop">
      {/* biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: an application takes keys */}
      <canvas
        ref={canvas}
        width={drawnSide}
        height={drawnSide}
        role="application"
        tabIndex={0}
        aria-label={texts.picture.cropArea}
        aria-describedby={describedBy}
        onPointerDown={grab}
        onPointerMove={drag}
        onPointerUp={release}
        onPointerCancel={release}
      />
    </div>
  );
}
