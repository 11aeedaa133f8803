// A picture that has more bytes than are taken, made smaller in the browser before it is sent.

/** The longest side that is tried, in pixels, one after the other. */
const SIDES = [512, 400, 320, 256, 192, 128, 96];
/** Both keep what is transparent. A browser that cannot write WebP answers with a PNG. */
const KINDS = ['image/png', 'image/webp'];

/** The same picture with so many bytes at most; nothing where the browser cannot read it. */
export async function smaller(file: File, most: number): Promise<File | null> {
  let picture: ImageBitmap;
  try {
    picture = await createImageBitmap(file);
  } catch {
    return null;
  }
  try {
    const longest = Math.max(picture.width, picture.height);
    for (const side of SIDES) {
      const scale = Math.min(1, side / longest);
      for (const kind of KINDS) {
        const blob = await drawn(picture, scale, kind);
        if (blob && blob.size <= most) return new File([blob], file.name, { type: blob.type });
      }
    }
    return null;
  } finally {
    picture.close();
  }
}

function drawn(picture: ImageBitmap, scale: number, kind: string): Promise<Blob | null> {
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const pen = canvas.getContext('2d');
  if (!pen) return Promise.resolve(null);
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((ready) => canvas.toBlob(ready, kind, 0.9));
}
